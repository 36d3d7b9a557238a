"""The real engine in virtual time, over simulated services, with users who pause: what became of each turn.

Users say what they have to say whatever the bot does, and then wait for its answer. Several turns make one
conversation, so that the engine can learn from them as it does in earnest.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any

import simulated_services as model
from outcomes import Outcome, Timing, missing
from simulated_providers import (
    FRAME,
    SILENT_FRAME,
    DialogueTurn,
    Request,
    SimulatedChatModel,
    SimulatedRecognizer,
    SimulatedSynthesizer,
    World,
    plain_words,
    speech_frames,
)
from simulated_services import Services
from spoken_turns import TURNS_IN_A_DIALOGUE, SpokenTurn

import voicebot
from voicebot.config.schema import Settings
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.events import BotTurnEnded, TurnTimed, UserTurnEnded
from voicebot.testing import ScriptedUser, ScriptedVoiceActivity, VirtualClockLoop

_UNANSWERED = 15.0
_THINKS = 0.5


class _Detector(voicebot.TurnDetector[voicebot.Options]):
    """Asks the turn detector under test, which was started, and records its answer."""

    def __init__(self, world: World, detector: voicebot.TurnDetector[Any]) -> None:
        super().__init__(voicebot.Options())
        self.input_format = detector.input_format
        self.audio_seconds = detector.audio_seconds
        self.second_look = detector.second_look
        self._world = world
        self._detector = detector

    async def wait(self, turn: voicebot.TurnSoFar) -> float:
        wait = await self._detector.wait(turn)
        now, about = self._world.turn, (turn.text, turn.settled)
        bounded = min(max(wait, turn.earliest), turn.latest)
        if self.second_look and now.wait is not None and about == now.asked_about:
            bounded = max(bounded, now.wait)  # a second look can only lengthen the wait
        now.asked_about, now.wait = about, bounded
        return wait


class _User(ScriptedUser):
    """A user whose frames carry each word at its end."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world
        self._sound: deque[bytes] = deque()

    def speaks(self, turn: SpokenTurn) -> None:
        """Say all of a turn, with its pauses."""
        number = 0
        for index, segment in enumerate(turn.segments):
            self._sound.extend(speech_frames(segment, index, number))
            self._sound.extend([SILENT_FRAME] * round(segment.pause / FRAME))
            number += len(segment.words)

    async def falls_silent(self) -> None:
        """Wait until all is said."""
        await asyncio.sleep(len(self._sound) * FRAME + FRAME)

    async def __aiter__(self) -> AsyncIterator[voicebot.DeviceEvent]:
        due = self._loop.time()
        while not self._hung_up:
            due += FRAME
            await asyncio.sleep(due - self._loop.time())
            frame = self._sound.popleft() if self._sound else SILENT_FRAME
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
    turn_detector: voicebot.TurnDetector[Any],
) -> list[Outcome]:
    """Run all turns, a few to a conversation; return what became of each."""
    outcomes: list[Outcome] = []
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(turn_detector.start())
        for start in range(0, len(turns), TURNS_IN_A_DIALOGUE):
            dialogue = _dialogue(
                turns[start : start + TURNS_IN_A_DIALOGUE], services, settings, turn_detector
            )
            outcomes += runner.run(dialogue)
        runner.run(turn_detector.aclose())
    return outcomes


async def _dialogue(
    turns: Sequence[SpokenTurn],
    services: Services,
    settings: Settings,
    turn_detector: voicebot.TurnDetector[Any],
) -> list[Outcome]:
    world = World()
    world.turn = DialogueTurn(turns[0], services.of(turns[0].number), turns[0].asked)
    bot = Bot(
        recognizer=SimulatedRecognizer(world),
        chat=SimulatedChatModel(world),
        synthesizer=SimulatedSynthesizer(world),
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
        begins = len(conversation.history.messages)
        for index, said in enumerate(turns):
            await asyncio.sleep(_THINKS)
            following = turns[index + 1].asked if index + 1 < len(turns) else "Is there anything else?"
            turn = world.turn = DialogueTurn(said, services.of(said.number), following)
            seen = len(user.events)
            user.speaks(said)
            await user.falls_silent()
            await _answered(user, seen)
            offset = asyncio.get_running_loop().time() - conversation.clock.now()
            timed = [event for event in user.events[seen:] if isinstance(event, TurnTimed)]
            outcomes.append(_outcome(turn, timed, offset, begins))
            if turn.requests:
                begins = len(turn.requests[-1].messages) + 1  # after the answer
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


def _outcome(turn: DialogueTurn, timed: Sequence[TurnTimed], offset: float, begins: int) -> Outcome:
    """Return what became of a turn.

    Args:
        begins: how many messages of a request are of earlier turns.
    """
    end = turn.spoke_at
    stayed = [t for t in timed if t.first_sound is not None and not t.interrupted]
    gap = decided = timing = None
    if stayed and stayed[-1].first_sound is not None:
        gap = stayed[-1].first_sound + offset - end
        timing = _timing(turn)
    if timed and timed[-1].decided is not None:
        decided = timed[-1].decided + offset - end
    said = [word.casefold() for word in turn.said.words]
    lost, wrong = len(said), 0
    if turn.requests:
        understood = [
            word
            for message in turn.requests[-1].messages[begins:]
            if message.role == "user"
            for word in plain_words(message.content)
        ]
        lost, wrong = missing(said, understood)
    asked = [sum(len(message.content) for message in request.messages) for request in turn.requests]
    whole = len(model.answer(turn.said.number, turn.next_question))
    return Outcome(
        sounds=tuple(at - end for at in turn.sounds),
        gap=gap,
        decided=decided,
        timing=timing,
        tokens=sum(model.tokens(a + r.written) for a, r in zip(asked, turn.requests, strict=True)),
        ideal=model.tokens(asked[-1] + whole) if asked else 0.0,
        wasted=max(0, len(turn.requests) - len([t for t in timed if t.first_sound is not None])),
        lost=lost,
        wrong=wrong,
    )


def _timing(turn: DialogueTurn) -> Timing | None:
    """Return how the last answer came about; None if it was said without a request or a question."""
    end, last = turn.spoke_at, turn.requests[-1]
    voiced = next((each for each in turn.voiced if each[0] >= last.at), None)
    if voiced is None or turn.wait is None or last.first_token_at is None:
        return None
    asked_voice_at, ready = voiced
    return Timing(
        known=_known_at(turn, last) - end,
        reply=ready - last.at,
        writing=asked_voice_at - last.first_token_at,
        wait=turn.wait,
        discarded=len(turn.requests) - 1,
    )


def _known_at(turn: DialogueTurn, request: Request) -> float:
    """Return when the last word of a request was first reported in this form."""
    last = plain_words(request.messages[-1].content)[-1]
    number = max(
        (n for at, n, word in turn.reported if word == last and at <= request.at + 1e-6), default=None
    )
    return next((at for at, n, word in turn.reported if (n, word) == (number, last)), request.at)
