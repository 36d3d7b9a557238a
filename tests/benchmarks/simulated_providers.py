"""The simulated services as providers of the real engine, and what they record of each turn."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import simulated_services as model
from simulated_melody import encoded
from simulated_services import TurnServices
from spoken_turns import SpokenSegment, SpokenTurn

import voicebot

FRAME = 0.02
FRAME_BYTES = 640
SILENT_FRAME = bytes(FRAME_BYTES)


@dataclass(slots=True)
class Request:
    """A request to the chat model: when it was made and answered, and how many characters were written."""

    at: float
    messages: tuple[voicebot.Message, ...]
    first_token_at: float | None = None
    written: int = 0


@dataclass(slots=True)
class DialogueTurn:
    """What happens in one turn, as it happens; times are the loop's."""

    said: SpokenTurn
    services: TurnServices
    next_question: str
    spoke_at: float = 0.0
    sounds: list[float] = field(default_factory=list)
    reported: list[tuple[float, int, str]] = field(default_factory=list)
    """When a word was reported as the last of a transcript, its number, and the word."""
    requests: list[Request] = field(default_factory=list)
    asked_about: tuple[str, bool] | None = None
    """What the turn detector was asked last, and whether the words were settled."""
    wait: float | None = None
    """The silence that it then wanted, in seconds."""
    voiced: list[tuple[float, float]] = field(default_factory=list)
    """When the voice was asked for something, and when its first sound came."""


class World:
    """What the simulated parts of a dialogue know in common: whose turn it is."""

    turn: DialogueTurn


class SimulatedRecognizer(voicebot.Recognizer[voicebot.Options]):
    """Recognises the words in the frames of the user."""

    input_format = voicebot.AudioFormat(16_000)

    def __init__(self, world: World) -> None:
        super().__init__(voicebot.Options())
        self._world = world

    @asynccontextmanager
    async def listen(self, hints: voicebot.Hints) -> AsyncGenerator[voicebot.Recognition, None]:
        yield _Recognition(self._world)


class _Recognition(voicebot.Recognition):
    """Reports each word some time after its end, and a segment's final some time after that.

    If speech goes on before the final is due, it comes with the next word.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._loop = asyncio.get_running_loop()
        self._words: list[str] = []
        self._segment = 0
        self._last = 0
        self._events: deque[tuple[float, int, voicebot.RecognitionEvent]] = deque()
        self._news = asyncio.Event()

    async def write(self, audio: bytes) -> None:
        for start in range(0, len(audio), FRAME_BYTES):
            if not audio[start]:
                continue
            if reported := audio[start + 1 : start + FRAME_BYTES].rstrip(b"\0").decode():
                segment, number, word = reported.partition("; ")[0].split(" ")
                self._segment = int(segment)
                self._hear(word, int(number))

    def _hear(self, word: str, number: int) -> None:
        services = self._world.turn.services
        due = self._loop.time() + services.partial(number)
        self._words.append(word)
        self._last = number
        heard = word if services.hears(number) else model.misheard(word)
        text = " ".join((*self._words[:-1], heard))
        if self._events and isinstance(self._events[-1][2], voicebot.FinalTranscript):
            at, last, final = self._events.pop()
            self._events.append((min(at, due), last, final))
        self._put(due, voicebot.PartialTranscript(text))

    async def commit(self) -> None:
        turn, now = self._world.turn, self._loop.time()
        due = turn.spoke_at + turn.services.final(self._segment)
        if (commit := turn.services.services.commit) is not None:
            due = min(due, now + commit)
        self._put(max(due, now), voicebot.FinalTranscript(model.as_written(self._words)))
        self._words = []

    async def finish(self) -> None:
        """The conversation is over."""

    def _put(self, due: float, event: voicebot.RecognitionEvent) -> None:
        if self._events:
            due = max(due, self._events[-1][0])
        self._events.append((due, self._last, event))
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[voicebot.RecognitionEvent]:
        while True:
            wait = self._events[0][0] - self._loop.time() if self._events else None
            if wait is None or wait > 1e-9:
                self._news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._news.wait()
                continue
            at, number, event = self._events.popleft()
            if text := getattr(event, "text", ""):
                self._world.turn.reported.append((at, number, plain_words(text)[-1]))
            yield event


class SimulatedChatModel(voicebot.ChatModel[voicebot.Options]):
    """Writes two sentences, the second of which is what the bot asks next."""

    def __init__(self, world: World) -> None:
        super().__init__(voicebot.Options())
        self._world = world

    async def reply(self, request: voicebot.ChatRequest) -> AsyncGenerator[voicebot.ChatEvent, None]:
        turn = self._world.turn
        log = Request(asyncio.get_running_loop().time(), request.messages)
        turn.requests.append(log)
        await asyncio.sleep(turn.services.first_token())
        log.first_token_at = asyncio.get_running_loop().time()
        for word in model.answer(turn.said.number, turn.next_question).split():
            text = f" {word}" if log.written else word
            log.written += len(text)
            yield voicebot.TextDelta(text)
            await asyncio.sleep(model.TOKEN_SECONDS)
        yield voicebot.ReplyEnded()


class SimulatedSynthesizer(voicebot.Synthesizer[voicebot.Options]):
    """Makes silence of the length of the words, faster than it is played."""

    output_format = voicebot.AudioFormat(24_000)
    _CHUNK = 0.1

    def __init__(self, world: World) -> None:
        super().__init__(voicebot.Options())
        self._world = world

    async def synthesize(
        self, utterance: voicebot.Utterance
    ) -> AsyncGenerator[voicebot.SynthesisEvent, None]:
        turn, asked_at = self._world.turn, asyncio.get_running_loop().time()
        first_byte = turn.services.first_byte()
        turn.voiced.append((asked_at, asked_at + first_byte))
        await asyncio.sleep(first_byte)
        left = model.SECONDS_PER_CHARACTER * len(utterance.text)
        while left > 0:
            seconds = min(left, self._CHUNK)
            left -= seconds
            yield voicebot.AudioChunk(bytes(self.output_format.bytes_in(seconds)))
            await asyncio.sleep(seconds / model.SYNTHESIS_SPEED)


def speech_frames(segment: SpokenSegment, index: int, number: int) -> list[bytes]:
    """Return the sound of a segment: each word in the frame at its end, and the melody in the last frame.

    Args:
        index: the segment's number in the turn; `number` is that of its first word.
    """
    count = max(len(segment.words), round(segment.seconds / FRAME))
    frames = [b"\1".ljust(FRAME_BYTES, b"\0")] * count
    for place, word in enumerate(segment.words, 1):
        melody = f"; {encoded(segment)}" if place == len(segment.words) else ""
        said = f"\1{index} {number + place - 1} {word}{melody}"
        frames[place * count // len(segment.words) - 1] = said.encode().ljust(FRAME_BYTES, b"\0")
    return frames


def plain_words(text: str) -> list[str]:
    """Return the words of a text without punctuation, in lower case, and without the engine's note."""
    text = re.sub(r"^\[.*\]\n", "", text, flags=re.MULTILINE)
    return [word.strip(".,?!").casefold() for word in text.split()]
