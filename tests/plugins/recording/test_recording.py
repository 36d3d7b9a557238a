"""A recording holds what observers saw, what providers answered, and the sound of both sides."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy
import pytest

from voicebot import (
    BotTurnEnded,
    ChatRequest,
    ConversationDetail,
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    ProviderAnswered,
    ProviderAsked,
    TextDelta,
    ToolEnded,
    ToolStarted,
    UnitSpoken,
    UserSpeechStarted,
)
from voicebot.testing import VirtualClockLoop, simulated
from voicebot.testing.scripted import MICROPHONE, speech_frames
from voicebot_recording.format import decoded, encoded
from voicebot_recording.observer import Recorder

from .talks import only, options, talk


def samples(pieces: Iterable[bytes]) -> numpy.ndarray:
    return numpy.frombuffer(b"".join(pieces), "<i2")


@simulated
async def test_all_events_are_in_it_and_each_request_with_all_its_messages(tmp_path: Path) -> None:
    user = await talk(tmp_path)
    recording = only(tmp_path)

    events = list(recording.events())
    seen = [event for event in events if not isinstance(event, ConversationDetail)]
    assert seen == [decoded(encoded(event)) for event in user.events]
    assert recording.warnings == ()
    assert (recording.name, recording.header["left_out"]) == ("Polly", [])
    requests = [
        event.question
        for event in events
        if isinstance(event, ProviderAsked) and isinstance(event.question, ChatRequest)
    ]
    assert [[each.role for each in request.messages] for request in requests] == [
        ["system", "user"],
        ["system", "user", "assistant", "user"],
        ["system", "user", "assistant", "user", "assistant", "tool"],
    ]
    assert requests[2].messages[3].content == "what do you see"
    assert requests[2].tools[0].name == "look"
    first = next(each for each in events if isinstance(each, ProviderAsked) and each.kind == "chat")
    answers = [
        each for each in events if isinstance(each, ProviderAnswered) and each.request == first.request
    ]
    texts = [each.answer.text for each in answers if isinstance(each.answer, TextDelta)]
    assert "".join(texts) == "It is noon, captain."


@simulated
async def test_the_sound_has_both_sides_where_they_were(tmp_path: Path) -> None:
    user = await talk(tmp_path)
    recording = only(tmp_path)
    sound = recording.sound

    assert sound is not None
    assert sound.rate == MICROPHONE.rate
    said, played = samples(sound.user()), samples(sound.bot())
    assert len(said) == len(played) == sound.samples
    assert sound.seconds == pytest.approx(user.events[-1].at, abs=0.1)
    begins = [event.at for event in user.events if isinstance(event, UserSpeechStarted)]
    frames = b"".join(speech_frames("what is the time", 1.0))
    assert said[: len(frames) // 2].tobytes() == frames  # bit by bit
    assert len(begins) == 2
    assert not played[: sound.rate].any()
    audible = next(event.at for event in user.events if isinstance(event, UnitSpoken))
    assert int(numpy.flatnonzero(abs(played) > 500)[0]) / sound.rate == pytest.approx(audible, abs=0.03)


@simulated
async def test_the_users_sound_can_be_read_as_it_came(tmp_path: Path) -> None:
    await talk(tmp_path)
    sound = only(tmp_path).sound
    assert sound is not None

    heard = list(sound.heard())
    assert [piece.at for piece in heard[:3]] == pytest.approx([0.02, 0.04, 0.06])
    assert {len(piece.audio) for piece in heard} == {MICROPHONE.bytes_in(0.02)}
    assert b"".join(piece.audio for piece in heard) == b"".join(sound.user())[: len(heard) * 640]


@simulated
async def test_parts_can_be_left_out_one_by_one(tmp_path: Path) -> None:
    for part in ("sound", "text", "tools"):
        await talk(tmp_path / part, **{part: False})

    without_sound, without_text, without_tools = (
        only(tmp_path / each) for each in ("sound", "text", "tools")
    )
    assert without_sound.sound is None
    assert without_sound.warnings == (f"{without_sound.folder}: recorded without sound",)
    log = (without_text.folder / "events.jsonl").read_text()
    assert "noon" not in log
    assert "parrot" not in log
    assert "Tortuga" in log
    assert without_text.sound is not None
    log = (without_tools.folder / "events.jsonl").read_text()
    assert "noon" in log
    assert "Tortuga" not in log
    assert "land ahoy" not in log
    tools = [event for event in without_tools.events() if isinstance(event, ToolStarted | ToolEnded)]
    assert [each.name for each in tools] == ["look", "look"]


def modes(folder: Path) -> list[tuple[int, set[int]]]:
    """Return the permissions of each recording and of its files."""
    mode = lambda path: stat.S_IMODE(path.stat().st_mode)  # noqa: E731
    return [(mode(path), {mode(each) for each in path.iterdir()}) for path in folder.iterdir()]


@simulated
async def test_only_the_owner_can_read_it_and_no_two_share_a_folder(tmp_path: Path) -> None:
    await talk(tmp_path)
    await talk(tmp_path)

    assert modes(tmp_path) == [(0o700, {0o600})] * 2


class BusyLoop(VirtualClockLoop):
    """A loop on a busy machine: work for a thread begins ten seconds later, unless it is given up before."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        done = self.create_future()
        self.call_later(10.0, lambda: done.cancelled() or done.set_result(func(*args)))
        return done


def test_what_waits_for_a_thread_as_the_conversation_ends_is_written_too(tmp_path: Path) -> None:
    events = [BotTurnEnded(1.0, "Aye."), ConversationEnded(1.5)]

    async def happen() -> AsyncIterator[ConversationEvent]:
        for event in events:
            yield event
            await asyncio.sleep(0.5)

    async def record() -> None:
        info = ConversationInfo("1", "Polly", "en-US", datetime(2026, 11, 29, tzinfo=UTC))
        await Recorder(options(tmp_path)).observe(info, happen())

    with asyncio.Runner(loop_factory=BusyLoop) as runner:
        runner.run(record())
    assert list(only(tmp_path).events()) == events
