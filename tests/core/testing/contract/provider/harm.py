"""Correct providers of every kind that also do some harm whenever they are used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from voicebot import (
    AudioChunk,
    AudioDevice,
    AudioFormat,
    AudioStream,
    ChatEvent,
    ChatModel,
    ChatRequest,
    ConversationEvent,
    ConversationInfo,
    DeviceEvent,
    FinalTranscript,
    Hints,
    Observer,
    PartialTranscript,
    Recognition,
    RecognitionEvent,
    Recognizer,
    ReplyEnded,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Synthesizer,
    TextDelta,
    TurnDetector,
    TurnSoFar,
    Utterance,
    VoiceActivity,
    VoiceActivityDetector,
    VoiceActivityOptions,
)
from voicebot.testing.contract import CONTRACTS

FORMAT = AudioFormat(16_000)
FRAME = 640


class Harm:
    """The harm that is done; none by default."""

    options: ClassVar[type[VoiceActivityOptions]] = VoiceActivityOptions

    def at_once(self, text: str) -> None:
        """Do harm in synchronous code."""

    async def while_used(self, text: str) -> None:
        """Do harm in asynchronous code."""
        self.at_once(text)
        await asyncio.sleep(0)

    def at_closing(self) -> None:
        """Do harm at the end."""


class Harmful:
    """Mixin that makes a provider of any kind harmful."""

    harm: Harm

    async def aclose(self) -> None:
        self.harm.at_closing()


class Voice(Harmful, Synthesizer[Any]):
    output_format = FORMAT

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        for word in utterance.text.split():
            yield AudioChunk(bytes(FORMAT.bytes_in((len(word) + 1) * 0.05)))
            await asyncio.sleep(0)
        await self.harm.while_used(utterance.text)


class StreamingVoice(Voice):
    def stream(self, utterance: StreamedUtterance) -> Any:
        return self.opened()

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[SpeechStream, None]:
        yield Stream(self)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        for word in utterance.text.split():
            yield AudioChunk(bytes(FORMAT.bytes_in((len(word) + 1) * 0.05)))
            await asyncio.sleep(0)


class Stream(SpeechStream):
    def __init__(self, voice: StreamingVoice) -> None:
        self.voice = voice
        self.pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self.text = ""

    async def write(self, text: str) -> None:
        self.pieces.put_nowait(text)

    async def finish(self) -> None:
        self.pieces.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        while (text := await self.pieces.get()) is not None:
            self.text += text
            yield AudioChunk(bytes(FORMAT.bytes_in(len(text) * 0.05)))
        await self.voice.harm.while_used(self.text)


class Model(Harmful, ChatModel[Any]):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        said = request.messages[-1].content if request.messages else ""
        for word in said.split():
            yield TextDelta(f"{word} ")
            await asyncio.sleep(0)
        await self.harm.while_used(said)
        yield ReplyEnded()


class Session(Recognition):
    def __init__(self, recognizer: Reader, hints: Hints) -> None:
        self.recognizer = recognizer
        self.hints = hints
        self.sound = b""
        self.words: list[str] = []
        self.events: asyncio.Queue[RecognitionEvent | None] = asyncio.Queue()

    async def write(self, audio: bytes) -> None:
        await asyncio.sleep(0)
        self.sound += audio
        while len(self.sound) >= FRAME:
            frame, self.sound = self.sound[:FRAME], self.sound[FRAME:]
            if frame[0] and (said := frame[1:].rstrip(b"\0").decode()):
                self.words.append(said)
                self.events.put_nowait(PartialTranscript(" ".join(self.words)))

    async def commit(self) -> None:
        self.events.put_nowait(FinalTranscript(" ".join(self.words)))
        self.words.clear()

    async def finish(self) -> None:
        await self.recognizer.harm.while_used(" ".join(self.hints.phrases))
        if self.words:
            await self.commit()
        self.events.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while (event := await self.events.get()) is not None:
            yield event


class Reader(Harmful, Recognizer[Any]):
    input_format = FORMAT

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        yield Session(self, hints)


class Room(AudioStream):
    microphone = FORMAT
    speaker = FORMAT
    live = False

    def __init__(self, harm: Harm) -> None:
        self.harm = harm
        self.written = 0.0

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        while True:
            yield bytes(FRAME)
            await asyncio.sleep(0.001)

    async def write(self, audio: bytes) -> None:
        await asyncio.sleep(0)
        self.written += FORMAT.seconds_in(len(audio))

    @property
    def played(self) -> float:
        return self.written

    async def drain(self) -> None:
        await self.harm.while_used("")


class Device(Harmful, AudioDevice[Any]):
    @asynccontextmanager
    async def open(self) -> AsyncGenerator[AudioStream, None]:
        yield Room(self.harm)


class Hearing(VoiceActivity):
    def __init__(self, harm: Harm) -> None:
        self.harm = harm
        self.frames = 0

    def probability(self, frame: bytes) -> float:
        if not self.frames % 50:
            self.harm.at_once("")
        self.frames += 1
        return 0.0


class Hears(Harmful, VoiceActivityDetector[Any]):
    input_format = FORMAT
    frame_bytes = FRAME

    def detect(self) -> VoiceActivity:
        return Hearing(self.harm)


class Waits(Harmful, TurnDetector[Any]):
    async def wait(self, turn: TurnSoFar) -> float:
        await self.harm.while_used(turn.text)
        return 0.5


class Watches(Harmful, Observer[Any]):
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        seen = ""
        async for event in events:
            seen = getattr(event, "text", "") or seen
        await self.harm.while_used(seen)


KINDS: dict[str, type[Any]] = {
    "voice": Voice,
    "streaming voice": StreamingVoice,
    "chat model": Model,
    "recogniser": Reader,
    "device": Device,
    "voice activity": Hears,
    "turn detector": Waits,
    "observer": Watches,
}
WITHOUT_TEXT = {"device", "voice activity"}


def contract(kind: str, harm: type[Harm], parrot: tuple[Path, str]) -> Any:
    """Return the contract of a harmful provider of a kind."""
    provider = KINDS[kind]

    def make(_: Any) -> Any:
        made = provider(harm.options())
        made.harm = harm()
        return made

    given: dict[str, Any] = {"make": make, "time_limit": 10.0}
    if kind == "recogniser":
        given["clip"], given["words"] = parrot
    return type("Contract", (CONTRACTS[provider.kind],), given)
