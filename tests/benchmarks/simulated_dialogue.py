"""The real engine in virtual time, over simulated services, with users who pause: what became of each turn.

Users say what they have to say whatever the bot does, and then wait for its answer. Several turns make one
conversation, so that the engine can learn from them as it does in earnest.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import simulated_services as model
from outcomes import Outcome, missing
from simulated_services import Services, TurnServices
from spoken_turns import SpokenSegment, SpokenTurn
from turn_models import TurnModel

import voicebot
from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.events import BotTurnEnded, TurnTimed, UserTurnEnded
from voicebot.testing import ScriptedUser, ScriptedVoiceActivity, VirtualClockLoop

EndOfTurnDetector: TypeAlias = voicebot.TurnDetector[Any] | TurnModel
TURNS_IN_A_DIALOGUE = 10
_FRAME = 0.02
_FRAME_BYTES = 640
_SILENT_FRAME = bytes(_FRAME_BYTES)
_UNANSWERED = 15.0
_THINKS = 0.5


@dataclass(slots=True)
class _Request:
    at: float
    messages: tuple[voicebot.Message, ...]
    written: int = 0


@dataclass(slots=True)
class _Turn:
    """What happens in one turn, as it happens; times are the loop's."""

    said: SpokenTurn
    services: TurnServices
    next_question: str
    spoke_at: float = 0.0
    sounds: list[float] = field(default_factory=list)
    reported: list[tuple[float, int, str]] = field(default_factory=list)
    """When a word was reported as the last of a transcript, its number, and the word."""
    requests: list[_Request] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    voiced: list[tuple[float, float]] = field(default_factory=list)
    """When the voice was asked for something, and when its first sound came."""


class _World:
    """What the simulated parts of a dialogue know in common: whose turn it is."""

    turn: _Turn


class _Recognizer(voicebot.Recognizer[voicebot.Options]):
    input_format = voicebot.AudioFormat(16_000)

    def __init__(self, world: _World) -> None:
        super().__init__(voicebot.Options())
        self._world = world

    @asynccontextmanager
    async def listen(self, hints: voicebot.Hints) -> AsyncGenerator[voicebot.Recognition, None]:
        yield _Recognition(self._world)


class _Recognition(voicebot.Recognition):
    """Reports each word some time after its end, and a segment's final some time after that.

    If speech goes on before the final is due, it comes with the next word.
    """

    def __init__(self, world: _World) -> None:
        self._world = world
        self._loop = asyncio.get_running_loop()
        self._words: list[str] = []
        self._segment = 0
        self._last = 0
        self._events: deque[tuple[float, int, voicebot.RecognitionEvent]] = deque()
        self._news = asyncio.Event()

    async def write(self, audio: bytes) -> None:
        for start in range(0, len(audio), _FRAME_BYTES):
            if not audio[start]:
                continue
            if reported := audio[start + 1 : start + _FRAME_BYTES].rstrip(b"\0").decode():
                segment, number, word = reported.split(" ")
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
                self._world.turn.reported.append((at, number, _plain(text)[-1]))
            yield event


class _ChatModel(voicebot.ChatModel[voicebot.Options]):
    def __init__(self, world: _World) -> None:
        super().__init__(voicebot.Options())
        self._world = world

    async def reply(self, request: voicebot.ChatRequest) -> AsyncGenerator[voicebot.ChatEvent, None]:
        turn = self._world.turn
        log = _Request(asyncio.get_running_loop().time(), request.messages)
        turn.requests.append(log)
        await asyncio.sleep(turn.services.first_token())
        for word in model.answer(turn.said.number, turn.next_question).split():
            text = f" {word}" if log.written else word
            log.written += len(text)
            yield voicebot.TextDelta(text)
            await asyncio.sleep(model.TOKEN_SECONDS)
        yield voicebot.ReplyEnded()


class _Synthesizer(voicebot.Synthesizer[voicebot.Options]):
    output_format = voicebot.AudioFormat(24_000)
    _CHUNK = 0.1

    def __init__(self, world: _World) -> None:
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


class _Detector(voicebot.TurnDetector[voicebot.Options]):
    """Asks the turn detector under test, and records its answer."""

    def __init__(self, world: _World, turn_detector: EndOfTurnDetector) -> None:
        super().__init__(voicebot.Options())
        self._world = world
        self._detector = turn_detector

    async def wait(self, turn: voicebot.TurnSoFar) -> float:
        now = self._world.turn
        if isinstance(self._detector, TurnModel):
            number = now.reported[-1][1] if now.reported else 0
            wait = self._detector.wait(now.said, now.services, number, soon=turn.earliest, late=turn.latest)
        else:
            wait = await self._detector.wait(turn)
        now.waits.append(min(max(wait, turn.earliest), turn.latest))
        return wait


class _User(ScriptedUser):
    """A user whose frames carry each word at its end."""

    def __init__(self, world: _World) -> None:
        super().__init__()
        self._world = world
        self._sound: deque[bytes] = deque()

    def speaks(self, turn: SpokenTurn) -> None:
        """Say all of a turn, with its pauses."""
        number = 0
        for index, segment in enumerate(turn.segments):
            self._sound.extend(_frames(segment, index, number))
            self._sound.extend([_SILENT_FRAME] * round(segment.pause / _FRAME))
            number += len(segment.words)

    async def falls_silent(self) -> None:
        """Wait until all is said."""
        await asyncio.sleep(len(self._sound) * _FRAME + _FRAME)

    async def __aiter__(self) -> AsyncIterator[voicebot.DeviceEvent]:
        due = self._loop.time()
        while not self._hung_up:
            due += _FRAME
            await asyncio.sleep(due - self._loop.time())
            frame = self._sound.popleft() if self._sound else _SILENT_FRAME
            if frame[0]:
                self._world.turn.spoke_at = self._loop.time()
            yield frame

    async def write(self, audio: bytes) -> None:
        if not self.hears_the_bot:
            self._world.turn.sounds.append(self._loop.time())
        await super().write(audio)


class _Device(voicebot.AudioDevice[voicebot.Options]):
    """Stands in for a device: a dialogue creates its own user."""

    def open(self) -> voicebot.AudioStream:  # type: ignore[override]
        raise voicebot.DeviceError("simulated users open their own streams")


def simulate(
    turns: Sequence[SpokenTurn],
    services: Services,
    settings: Settings,
    turn_detector: EndOfTurnDetector,
) -> list[Outcome]:
    """Run all turns, a few to a conversation; return what became of each."""
    outcomes: list[Outcome] = []
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        for start in range(0, len(turns), TURNS_IN_A_DIALOGUE):
            dialogue = _dialogue(
                turns[start : start + TURNS_IN_A_DIALOGUE], services, settings, turn_detector
            )
            outcomes += runner.run(dialogue)
    return outcomes


async def _dialogue(
    turns: Sequence[SpokenTurn],
    services: Services,
    settings: Settings,
    turn_detector: EndOfTurnDetector,
) -> list[Outcome]:
    world = _World()
    world.turn = _Turn(turns[0], services.of(turns[0].number), turns[0].asked)
    bot = Bot(
        recognizer=_Recognizer(world),
        chat=_ChatModel(world),
        synthesizer=_Synthesizer(world),
        device=_Device(voicebot.Options()),
        voice_activity=ScriptedVoiceActivity(),
        turn_detector=_Detector(world, turn_detector),
        settings=settings.model_copy(update={"greeting": turns[0].asked, "system": model.SYSTEM}),
    )
    outcomes = []
    async with bot, asyncio.TaskGroup() as tasks:
        user = _User(world)
        user.joins(conversation := Conversation(bot, user))
        events = conversation.events()
        running = tasks.create_task(conversation.run(), name="conversation")
        watching = tasks.create_task(_watch(events, user), name="watch")
        await user.is_answered()
        for index, said in enumerate(turns):
            await asyncio.sleep(_THINKS)
            following = turns[index + 1].asked if index + 1 < len(turns) else "Is there anything else?"
            turn = world.turn = _Turn(said, services.of(said.number), following)
            seen = len(user.events)
            history = len(conversation.history.messages)
            user.speaks(said)
            await user.falls_silent()
            await _answered(user, seen)
            offset = asyncio.get_running_loop().time() - conversation.clock.now()
            timed = [event for event in user.events[seen:] if isinstance(event, TurnTimed)]
            outcomes.append(_outcome(turn, timed, offset, history))
        user.hangs_up()
        await running
        watching.cancel()
    return outcomes


async def _watch(events: AsyncIterator[object], user: _User) -> None:
    async for event in events:
        user.events.append(event)  # type: ignore[arg-type]


async def _answered(user: _User, seen: int) -> None:
    """Wait until the bot has spoken to the end and has nothing more to say."""
    waited = 0.0
    while waited < _UNANSWERED or user.hears_the_bot:
        await asyncio.sleep(0.1)
        waited += 0.1
        latest = [e for e in user.events[seen:] if isinstance(e, BotTurnEnded | UserTurnEnded)]
        if latest and isinstance(latest[-1], BotTurnEnded) and not latest[-1].interrupted:
            since = user.conversation.clock.now() - latest[-1].at
            if since >= 1.0 and not user.hears_the_bot:
                return


def _outcome(turn: _Turn, timed: Sequence[TurnTimed], offset: float, history: int) -> Outcome:
    end = turn.spoke_at
    stayed = [t for t in timed if t.first_sound is not None and not t.interrupted]
    gap = bound = None
    if stayed and stayed[-1].first_sound is not None:
        gap = stayed[-1].first_sound + offset - end
        last = turn.requests[-1]
        known = _known_at(turn, last)
        ready = next((ready for asked_at, ready in turn.voiced if asked_at >= last.at), None)
        if ready is not None and turn.waits:
            bound = max(turn.waits[-1], known - end + ready - last.at)
    said = [word.casefold() for word in turn.said.words]
    lost, wrong = len(said), 0
    if turn.requests:
        understood = [
            word
            for message in turn.requests[-1].messages[history:]
            if message.role == "user"
            for word in _plain(message.content)
        ]
        lost, wrong = missing(said, understood)
    asked = [sum(len(message.content) for message in request.messages) for request in turn.requests]
    whole = len(model.answer(turn.said.number, turn.next_question))
    return Outcome(
        sounds=tuple(at - end for at in turn.sounds),
        gap=gap,
        bound=bound,
        tokens=sum(model.tokens(a + r.written) for a, r in zip(asked, turn.requests, strict=True)),
        ideal=model.tokens(asked[-1] + whole) if asked else 0.0,
        wasted=max(0, len(turn.requests) - len([t for t in timed if t.first_sound is not None])),
        lost=lost,
        wrong=wrong,
    )


def _known_at(turn: _Turn, request: _Request) -> float:
    """Return when the last word of a request was first reported in this form."""
    last = _plain(request.messages[-1].content)[-1]
    number = max(
        (n for at, n, word in turn.reported if word == last and at <= request.at + 1e-6), default=None
    )
    return next((at for at, n, word in turn.reported if (n, word) == (number, last)), request.at)


def _plain(text: str) -> list[str]:
    """Return the words of a text, without the engine's note before them."""
    text = text.rpartition("]\n")[2]
    return [word.strip(".,?!").casefold() for word in text.split()]


def _frames(segment: SpokenSegment, index: int, number: int) -> list[bytes]:
    count = max(len(segment.words), round(segment.seconds / _FRAME))
    frames = [b"\1".ljust(_FRAME_BYTES, b"\0")] * count
    for place, word in enumerate(segment.words):
        at = (place + 1) * count // len(segment.words) - 1
        frames[at] = f"\1{index} {number + place} {word}".encode().ljust(_FRAME_BYTES, b"\0")
    return frames
