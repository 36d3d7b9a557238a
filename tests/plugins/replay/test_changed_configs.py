"""A replay has the configs that the bot had then, each from when on it had it."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from voicebot import (
    AudioFormat,
    Bot,
    BotConfig,
    BotTurnEnded,
    Hints,
    Recognition,
    RecognitionEvent,
    load_config,
    shipped_configs,
)
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedSynthesizer,
    ScriptedUser,
    VirtualClockLoop,
    converse,
)
from voicebot.testing.scripted import MICROPHONE
from voicebot_recording.observer import Recorder
from voicebot_recording.options import RecordOptions
from voicebot_recording.reading import Recording, open_recording
from voicebot_replay.engine import ReplayedTurn, replay
from voicebot_scenarios.recordings import check_recording
from voicebot_scenarios.user.hearing import ToldRecognizer

CONFIG = """\
recognizer: {provider: RECOGNIZER}
chat: {provider: script, default: [Aye.]}
synthesizer: {provider: espeak}
turn_detector: {provider: silence, seconds: 0.1}
turns: {patience: PATIENCE}
"""


class Asker(ScriptedUser):
    """Asks a recorded question, for a detector that knows speech by its sound."""

    def frames(self, text: str, seconds: float) -> list[bytes]:
        with wave.open(str(shipped_configs()["offline"].parent / "question.wav")) as file:
            sound = file.readframes(file.getnframes())
        size = MICROPHONE.bytes_in(0.02)
        return [sound[at : at + size].ljust(size, b"\0") for at in range(0, len(sound), size)]


def config(folder: Path, patience: float, recognizer: str = "pocketsphinx") -> BotConfig:
    path = folder / "bot.yaml"
    path.write_text(CONFIG.replace("PATIENCE", str(patience)).replace("RECOGNIZER", recognizer))
    return load_config(path, environ={})


class Decided(Recognition):
    """A session that decides itself when words are final."""

    def __init__(self, told: Recognition) -> None:
        self.told = told

    async def write(self, audio: bytes) -> None:
        """Ignore the sound."""

    async def finish(self) -> None:
        await self.told.finish()

    def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        return aiter(self.told)


class DecidingRecognizer(ToldRecognizer):
    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with super().listen(hints) as told:
            self.session = told
            yield Decided(told)


class DeepVoice(ScriptedSynthesizer):
    """Has another sample rate, so that the same text takes longer."""

    output_format = AudioFormat(16_000)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Return a conversation of three turns.

    Its bot is more patient from the second on, and has another voice and another recogniser in the third.
    """
    folder = tmp_path_factory.mktemp("changed")
    quick, patient = config(folder, 0.3), config(folder, 1.2)
    edits = [patient, config(folder, 1.2, "whisper")]
    assert quick.voice_activity is not None
    assert quick.turn_detector is not None
    options = RecordOptions(folder=folder / "recordings", min_free=0)
    told, deciding = ToldRecognizer(), DecidingRecognizer()
    recorder = Recorder(options, quick)
    same: dict[str, Any] = {
        "chat": ScriptedChatModel(["It is fine.", "It rains.", "There is a storm."]),
        "voice_activity": quick.voice_activity.make(),
        "turn_detector": quick.turn_detector.make(),
        "observers": [recorder],
    }
    first = {"recognizer": told, "synthesizer": ScriptedSynthesizer(), **same}
    last = {"recognizer": deciding, "synthesizer": DeepVoice(), **same}

    async def run() -> None:
        async with converse(settings=quick.settings, user=Asker(), **first) as user, AsyncExitStack() as bots:
            device = user.conversation.bot.device
            others = [
                await bots.enter_async_context(Bot(settings=patient.settings, device=device, **each))
                for each in (first, last)
            ]
            for number in (1, 2, 3):
                asking = asyncio.ensure_future(user.says("", 2.0))
                await user.waits(1.2)
                (deciding if number == 3 else told).said(f"weather {number}")
                await asking
                if number == 3:
                    await deciding.session.commit()
                await user.is_answered()
                if others:
                    recorder.renewed(Recorder(options, edits[number - 1]))
                    await user.conversation.apply(others.pop(0))
                await user.waits(0.5)

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(run())
    (path,) = (folder / "recordings").glob("[0-9]*")
    return open_recording(path)


def spoken_seconds(turns: Iterable[ReplayedTurn], events: Iterable[object]) -> list[float]:
    """Return how long each answer was heard."""
    ends = [event.at for event in events if isinstance(event, BotTurnEnded)]
    return [end - (turn.answered or 0.0) for turn, end in zip(turns, ends, strict=True)]


def test_it_follows_the_changes_that_were_made_then(recording: Recording) -> None:
    replayed = replay(recording)

    assert [turn.waited for turn in replayed.recorded] == [
        pytest.approx(0.4, abs=0.1),
        pytest.approx(1.2, abs=0.1),
        pytest.approx(1.2, abs=0.1),
    ]
    for then, now in zip(replayed.recorded, replayed.turns, strict=True):
        assert (now.words, now.heard) == (then.words, then.heard)
        assert now.answered == pytest.approx(then.answered, abs=0.001)
    assert (replayed.warnings, replayed.unrecorded) == ((), {})
    assert spoken_seconds(replayed.turns, replayed.events) == pytest.approx(
        spoken_seconds(replayed.recorded, recording.events()), abs=0.001
    )
    result, _ = check_recording(recording.folder)
    assert result.held


def test_another_config_is_used_throughout_and_that_is_said(recording: Recording, tmp_path: Path) -> None:
    replayed = replay(recording, config(tmp_path, 0.3))

    assert [turn.waited for turn in replayed.turns] == [pytest.approx(0.4, abs=0.1)] * 3
    assert spoken_seconds(replayed.turns, replayed.events) == pytest.approx(
        spoken_seconds(replayed.recorded, recording.events()), abs=0.001
    )
    assert replayed.warnings == (
        f"{recording.folder}: the config was changed before turn 2; the replay has one throughout",
    )
