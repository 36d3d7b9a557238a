"""A recording holds against itself wherever and however it ends: nothing is known of what came after."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import soundfile
from tests.plugins.replay.talks import LOOK, config, record

from voicebot import ProviderError, Settings, ToolCall
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedToolset,
    ScriptedUser,
)
from voicebot_recording.reading import Recording
from voicebot_scenarios.recordings import check_recording

from .bots import failures

PATIENCE = 0.3
MOMENTS = {
    "Recording",
    "UserSpeechStarted",
    "UserSpeechStopped",
    "UserTurnEnded",
    "ReplyStarted",
    "UnitSpoken",
    "BotTurnEnded",
    "TurnTimed",
    "ToolStarted",
    "ToolEnded",
    "ConversationEnded",
}


async def hurried(user: ScriptedUser) -> None:
    """Be cut off in a pause, go on over the answer, have something looked up, and interrupt."""
    await user.says("i would like", 0.8)
    await user.waits(1.4)
    await user.says("a pizza with mushrooms", 1.2)
    await user.waits(2.4)
    await user.says("what do you see", 0.8)
    await user.waits(3.4)
    await user.says("no stop that please", 0.8)
    await user.waits(2.0)


def recorded(
    folder: Path, talk: Callable[[ScriptedUser], Any] = hurried, *, streams: bool = False, **providers: Any
) -> Recording:
    tools = ScriptedToolset([(LOOK, [Pause(0.4), "land ahoy"])])
    look = ToolCall("1", "look", '{"where": "Tortuga"}')
    chat = ScriptedChatModel(["With cheese, or without any?", "A pizza it is.", [look], "I see land. " * 4])
    voice = ScriptedSynthesizer(streams=streams)
    providers = {"chat": chat, "toolsets": [tools], "synthesizer": voice} | providers
    return record(folder, talk, patience=PATIENCE, **providers)


def cut_after(recording: Recording, folder: Path, is_cut: Callable[[str], bool]) -> Iterator[Path]:
    """Yield a recording as it is after each line of these types; always in the same folder."""
    cut = folder / "cut"
    cut.mkdir()
    os.link(recording.folder / "sound.flac", cut / "sound.flac")
    written = b""
    for line in (recording.folder / "events.jsonl").read_bytes().splitlines(keepends=True):
        written += line
        if is_cut(json.loads(line)["type"]):
            (cut / "events.jsonl").write_bytes(written)
            yield cut


def test_one_that_ends_at_any_moment_holds(tmp_path: Path) -> None:
    recording, bot = recorded(tmp_path), config(tmp_path, PATIENCE)
    results = [check_recording(cut, bot) for cut in cut_after(recording, tmp_path, MOMENTS.__contains__)]

    assert len(results) > 25
    assert [failures(result) for result, _ in results if not result.held] == []
    assert not any("stand-in" in warning for _, warnings in results for warning in warnings)
    assert results[0][1][-1].endswith("the user says nothing in this recording")
    last, _ = results[-1]
    assert [turn.text for turn in last.turns] == [
        "i would like / a pizza with mushrooms",
        "what do you see",
        "no stop that please",
    ]
    assert last.turns[0].answer == "With cheese, A pizza it is."


def without_mushrooms(_: Settings) -> Callable[[str], str]:
    return lambda text: text.replace("mushrooms", "[removed]")


@pytest.mark.slow
@pytest.mark.parametrize(("streams", "redactors"), [(False, ()), (True, (without_mushrooms,))])
def test_one_that_ends_after_any_line_holds(tmp_path: Path, streams: bool, redactors: Any) -> None:
    recording = recorded(tmp_path, streams=streams, redactors=redactors)
    bot = config(tmp_path, PATIENCE)
    for cut in cut_after(recording, tmp_path, bool):
        result, _ = check_recording(cut, bot)
        assert failures(result) == {}, result.seconds


@pytest.mark.parametrize(
    ("patience", "lost", "found"),
    [
        (PATIENCE + 1.0, None, "it answers 0.470 s later"),
        (PATIENCE, '"ToolCall"', 'it calls no tool; then, it called look({"where": "Tortuga"})'),
        (PATIENCE, '"TextDelta"', "it does not answer, and did then"),
    ],
)
def test_what_is_worse_before_it_ends_is_caught(
    tmp_path: Path, patience: float, lost: str | None, found: str
) -> None:
    *_, cut = cut_after(recorded(tmp_path), tmp_path, "BotTurnEnded".__eq__)
    log = cut / "events.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(each for each in lines if lost is None or lost not in each))

    result, _ = check_recording(cut, config(tmp_path, patience))

    assert found in [check.failure for check in result.checks]


def test_what_came_after_the_end_of_the_sound_is_not_compared(tmp_path: Path) -> None:
    recording, bot = recorded(tmp_path), config(tmp_path, PATIENCE)
    sound = recording.folder / "sound.flac"
    samples, rate = soundfile.read(sound, dtype="int16")
    soundfile.write(sound, samples[: int(rate * 2.9)], rate)

    result, (warning,) = check_recording(recording.folder, bot)

    assert failures(result) == {}
    assert [turn.text for turn in result.turns] == ["i would like"]
    assert warning == f"{recording.folder}: its sound ends at 2.9 s, and so does the replay"


async def cancel(_: ScriptedUser) -> None:
    raise asyncio.CancelledError


async def end_with_a_line(user: ScriptedUser) -> None:
    user.conversation.end("That is all for today.", at_once=False)
    await user.waits(3.0)


async def lose_the_recognizer(user: ScriptedUser) -> None:
    recognizer: ScriptedRecognizer = user.conversation.bot.recognizer  # type: ignore[assignment]
    recognizer.break_off(ProviderError("gone"))
    await user.waits(3.0)


SELDOM = [pytest.param(at, marks=pytest.mark.slow) for at in (0.5, 1.3, 2.6, 4.2, 6.3, 7.5)]


@pytest.mark.parametrize("at", [1.9, 6.6, *SELDOM])
@pytest.mark.parametrize("end", [cancel, end_with_a_line, lose_the_recognizer])
def test_one_that_ends_otherwise_than_by_the_user_holds(
    tmp_path: Path, end: Callable[[ScriptedUser], Any], at: float
) -> None:
    async def talk(user: ScriptedUser) -> None:
        speaking = asyncio.ensure_future(hurried(user))
        await user.waits(at)
        try:
            await end(user)
        finally:
            speaking.cancel()

    with suppress(asyncio.CancelledError, ExceptionGroup):
        recorded(tmp_path, talk)
    (folder,) = (tmp_path / "recordings").glob("[0-9]*")
    result, warnings = check_recording(folder, config(tmp_path, PATIENCE))

    assert failures(result) == {}
    assert not any("stand-in" in warning for warning in warnings)
