"""The output of detector and recogniser for a clip, recorded with its times, to replay it quickly.

It does not depend on when the bot answers: the recogniser is asked for a final at every pause
that the detector finds. So each clip is heard once, in real time, and every policy gets the same events.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from voicebot import (
    AudioFormat,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    RecognitionEvent,
    Recognizer,
    VoiceActivity,
    VoiceActivityDetector,
    VoiceActivityOptions,
)


@dataclass
class Heard:
    """What was heard of one clip.

    `probabilities` are the voice activity detector's, frame by frame; `words` are (seconds since the first
    sound, whether settled, text), in order.
    """

    probabilities: list[float] = field(default_factory=list)
    words: list[tuple[float, bool, str]] = field(default_factory=list)

    @property
    def finals(self) -> str:
        """The turn's words as the recogniser settled them."""
        return " ".join(text for _, settled, text in self.words if settled and text)


class Beginning:
    """The moment at which a microphone gives its first sound; recorded times count from there."""

    def __init__(self) -> None:
        self._come = asyncio.Event()
        self._at = 0.0

    def come(self) -> None:
        """Set the moment to now."""
        self._at = asyncio.get_running_loop().time()
        self._come.set()

    async def wait(self) -> float:
        """Wait for it; return the event loop's time."""
        await self._come.wait()
        return self._at

    def since(self) -> float:
        """Return the seconds since then."""
        return asyncio.get_running_loop().time() - self._at


class RecordingRecognizer(Recognizer[Options]):
    """Records the events of another recogniser, with their times."""

    def __init__(self, inner: Recognizer[Any], heard: Heard, beginning: Beginning) -> None:
        super().__init__(Options())
        self.input_format = inner.input_format
        self._inner, self._heard, self._beginning = inner, heard, beginning

    async def start(self) -> None:
        await self._inner.start()

    async def aclose(self) -> None:
        await self._inner.aclose()

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with self._inner.listen(hints) as recognition:
            yield _Recording(recognition, self._heard, self._beginning)


class _Recording(Recognition):
    def __init__(self, inner: Recognition, heard: Heard, beginning: Beginning) -> None:
        self._inner, self._heard, self._beginning = inner, heard, beginning

    async def write(self, audio: bytes) -> None:
        await self._inner.write(audio)

    async def commit(self) -> None:
        await self._inner.commit()

    async def finish(self) -> None:
        await self._inner.finish()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        async for event in self._inner:
            if isinstance(event, PartialTranscript | FinalTranscript):
                settled = isinstance(event, FinalTranscript)
                self._heard.words.append((round(self._beginning.since(), 4), settled, event.text))
            yield event


class RecordingVoiceActivity(VoiceActivityDetector[VoiceActivityOptions]):
    """Records another detector's probabilities."""

    def __init__(self, inner: VoiceActivityDetector[Any], heard: Heard) -> None:
        super().__init__(inner.options)
        self.input_format, self.frame_bytes = inner.input_format, inner.frame_bytes
        self._inner, self._heard = inner, heard

    async def start(self) -> None:
        await self._inner.start()

    def detect(self) -> VoiceActivity:
        return _RecordedActivity(self._inner.detect(), self._heard.probabilities)


class _RecordedActivity(VoiceActivity):
    def __init__(self, inner: VoiceActivity, probabilities: list[float]) -> None:
        self._inner, self._probabilities = inner, probabilities

    def probability(self, frame: bytes) -> float:
        self._probabilities.append(round(self._inner.probability(frame), 4))
        return self._probabilities[-1]


class ReplayedRecognizer(Recognizer[Options]):
    """Replays recorded events, each at its time."""

    input_format = AudioFormat(16_000)

    def __init__(self, heard: Heard, beginning: Beginning) -> None:
        super().__init__(Options())
        self._heard, self._beginning = heard, beginning

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        yield _ReplayedRecognition(self._heard, self._beginning)


class _ReplayedRecognition(Recognition):
    def __init__(self, heard: Heard, beginning: Beginning) -> None:
        self._heard, self._beginning = heard, beginning
        self._finished = asyncio.Event()

    async def write(self, audio: bytes) -> None:
        """Do nothing: the sound is known."""

    async def commit(self) -> None:
        """Do nothing: the answer and its time are known."""

    async def finish(self) -> None:
        self._finished.set()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        began, loop = await self._beginning.wait(), asyncio.get_running_loop()
        for at, settled, text in self._heard.words:
            await asyncio.sleep(began + at - loop.time())
            yield FinalTranscript(text) if settled else PartialTranscript(text)
        await self._finished.wait()


class ReplayedVoiceActivity(VoiceActivityDetector[VoiceActivityOptions]):
    """Gives the recorded probabilities, and hears nothing after them."""

    def __init__(self, like: VoiceActivityDetector[Any], heard: Heard) -> None:
        super().__init__(like.options)
        self.input_format, self.frame_bytes = like.input_format, like.frame_bytes
        self._heard = heard

    def detect(self) -> VoiceActivity:
        return _ReplayedActivity(self._heard.probabilities)


class _ReplayedActivity(VoiceActivity):
    def __init__(self, probabilities: list[float]) -> None:
        self._left = iter(probabilities)

    def probability(self, frame: bytes) -> float:
        return next(self._left, 0.0)


def save(path: Path, voice_activity: VoiceActivityOptions, heard: dict[str, Heard]) -> None:
    """Keep what was heard of clips, by name."""
    content = {
        "voice_activity": voice_activity.model_dump(),
        "clips": {name: asdict(each) for name, each in heard.items()},
    }
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def load(path: Path, voice_activity: VoiceActivityOptions) -> dict[str, Heard]:
    """Return the recordings; the detector decides when words are final, so its options must be the same."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        clips = {name: Heard(**each) for name, each in content["clips"].items()}
        kept = content["voice_activity"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SystemExit(f"{path}: not a file that this benchmark wrote ({error}); delete it") from error
    if kept != voice_activity.model_dump():
        raise SystemExit(f"{path} was recorded with other options of the detector, {kept}; delete it")
    return clips
