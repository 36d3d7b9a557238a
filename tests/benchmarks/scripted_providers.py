"""The scripted work as voicebot providers, and as a plugin like any other."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from typing import Any

from scripted_work import (
    FRAME_BYTES,
    HEARD_RATE,
    QUESTION,
    SPOKEN_RATE,
    Hearing,
    Marks,
    Work,
    speak,
    write_reply,
)
from speaker import Speaker

import voicebot

MARKS: ContextVar[Marks] = ContextVar("marks", default=Marks())  # noqa: B039 - outside all sessions, nobody looks
"""Of the session in whose context a provider, which all sessions share, is called."""


class WorkOptions(voicebot.Options):
    """As `Work`."""

    first_token: float = 0.3
    tokens_per_second: float = 50.0
    first_byte: float = 0.15
    speed: float = 5.0
    sentences: int = 4
    sentence_seconds: float = 1.0
    chunk_seconds: float = 0.02
    instant: bool = False
    audible: bool = False

    def work(self) -> Work:
        """Return the work that these options describe."""
        return Work(**self.model_dump())


class BenchRecognizer(voicebot.Recognizer[WorkOptions]):
    """Reports speech and its words with the very frame that starts and ends it."""

    input_format = voicebot.AudioFormat(HEARD_RATE)

    @asynccontextmanager
    async def listen(self, hints: voicebot.Hints) -> AsyncGenerator[voicebot.Recognition, None]:
        yield BenchRecognition(MARKS.get())


class BenchRecognition(voicebot.Recognition):
    """One session's recognition."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._hearing = Hearing(marks)
        self._events: asyncio.Queue[voicebot.RecognitionEvent] = asyncio.Queue()

    async def write(self, audio: bytes) -> None:
        change = self._hearing.hear(audio)
        if change == "started":
            self._events.put_nowait(voicebot.SpeechStarted())
        elif change == "final":
            self._marks.user_finished()
            self._events.put_nowait(voicebot.FinalTranscript(QUESTION))

    async def finish(self) -> None:
        """Nothing is owed."""

    async def __aiter__(self) -> AsyncIterator[voicebot.RecognitionEvent]:
        while True:
            yield await self._events.get()


class BenchChatModel(voicebot.ChatModel[WorkOptions]):
    """The scripted model."""

    def __init__(self, options: WorkOptions) -> None:
        super().__init__(options)
        self._work = options.work()

    async def reply(self, request: voicebot.ChatRequest) -> AsyncGenerator[voicebot.ChatEvent, None]:
        async with aclosing(write_reply(self._work, MARKS.get())) as tokens:
            async for token in tokens:
                yield voicebot.TextDelta(token)
        yield voicebot.ReplyEnded()


class BenchSynthesizer(voicebot.Synthesizer[WorkOptions]):
    """The scripted voice."""

    output_format = voicebot.AudioFormat(SPOKEN_RATE)

    def __init__(self, options: WorkOptions) -> None:
        super().__init__(options)
        self._work = options.work()

    async def synthesize(
        self, utterance: voicebot.Utterance
    ) -> AsyncGenerator[voicebot.SynthesisEvent, None]:
        async with aclosing(speak(utterance.text, self._work, MARKS.get())) as sounds:
            async for sound in sounds:
                yield voicebot.AudioChunk(sound)


class BenchStream(voicebot.AudioStream):
    """A microphone that is given frames, and one of the two speakers."""

    microphone = voicebot.AudioFormat(HEARD_RATE)
    speaker = voicebot.AudioFormat(SPOKEN_RATE)

    def __init__(self, out: Speaker) -> None:
        self._out = out
        self._frames: deque[bytes] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def push(self, frame: bytes) -> None:
        """Let the microphone give a frame."""
        self._frames.append(frame)
        if self._waiter is not None:
            if not self._waiter.done():
                self._waiter.set_result(None)
            self._waiter = None

    def __aiter__(self) -> AsyncIterator[voicebot.DeviceEvent]:
        return self

    async def __anext__(self) -> voicebot.DeviceEvent:
        while not self._frames:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._frames.popleft()

    async def write(self, audio: bytes) -> None:
        self._out.put(len(audio))
        await self._out.room()

    def clear(self) -> None:
        self._out.clear()

    @property
    def played(self) -> float:
        return (self._out.taken - self._out.queued) / (2 * SPOKEN_RATE)

    async def drain(self) -> None:
        await self._out.drained()


class BenchDevice(voicebot.AudioDevice[voicebot.Options]):
    """Stands in for a device; each session creates its own stream, because it has to push frames."""

    def open(self) -> Any:
        raise voicebot.DeviceError("sessions of the benchmark open their own streams")


class BenchVoiceActivity(voicebot.VoiceActivityDetector[voicebot.VoiceActivityOptions]):
    """Tells scripted speech from silence."""

    input_format = voicebot.AudioFormat(HEARD_RATE)
    frame_bytes = FRAME_BYTES

    def detect(self) -> voicebot.VoiceActivity:
        return _BenchActivity()


class _BenchActivity(voicebot.VoiceActivity):
    """Counts the frames too, for silence goes no further than here."""

    def __init__(self) -> None:
        self._marks = MARKS.get()

    def probability(self, frame: bytes) -> float:
        self._marks.frames += 1
        return 1.0 if frame[0] else 0.0


@voicebot.hookimpl
def voicebot_register(registry: voicebot.Registry) -> None:
    """Offer the scripted providers."""
    registry.add("bench", BenchRecognizer, WorkOptions)
    registry.add("bench", BenchChatModel, WorkOptions)
    registry.add("bench", BenchSynthesizer, WorkOptions)
    registry.add("bench", BenchDevice, voicebot.Options)
    registry.add("bench", BenchVoiceActivity, voicebot.VoiceActivityOptions)
