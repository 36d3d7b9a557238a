"""Runs a timeline in virtual time, and records it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from voicebot import Bot, Conversation, Options
from voicebot.events import ConversationEnded
from voicebot.testing import VirtualClockLoop

from .record import Record
from .settings import settings
from .timeline import Setting, Timeline
from .user import User
from .world.chat_model import TimelineChatModel
from .world.coded_sound import SOUND, decoded
from .world.detector import Detector
from .world.device import TimelineDevice, TimelineStream
from .world.recogniser import TimelineRecognizer
from .world.session import Recognized
from .world.synthesizer import CodedSynthesizer
from .world.turn_detector import TimelineTurnDetector

_LONGEST_END = 60.0
"""Seconds within which a conversation ends after the user has hung up and been answered."""
_LONGEST_BREAK = 5.0
"""Seconds within which one ends that was cancelled, or has lost its device."""
_LONGEST_RECORDING = 300.0


@dataclass(frozen=True, slots=True)
class World:
    """The classes of providers and device; tests of the rules replace them with faulty ones."""

    synthesizer: Callable[[Setting], CodedSynthesizer] = CodedSynthesizer
    chat_model: Callable[[Setting], TimelineChatModel] = TimelineChatModel
    recognizer: Callable[[Setting], TimelineRecognizer] = TimelineRecognizer
    stream: Callable[[Setting], TimelineStream] = TimelineStream


def run(timeline: Timeline, world: World = World()) -> Record:
    """Return what happens in a timeline."""
    record = Record(timeline)
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(_Run(record, world).complete())
    return record


class _Run:
    """One conversation, from the start of its bot until nothing may be left running."""

    def __init__(self, record: Record, world: World) -> None:
        setting = record.timeline.setting
        self._record = record
        self._synthesizer, self._chat_model = world.synthesizer(setting), world.chat_model(setting)
        self._recognizer, self._world = world.recognizer(setting), world

    async def complete(self) -> None:
        """Run the conversation of the timeline."""
        record, setting = self._record, self._record.timeline.setting
        self._stream = stream = self._world.stream(setting)
        bot = Bot(
            recognizer=self._recognizer,
            chat=self._chat_model,
            synthesizer=self._synthesizer,
            device=TimelineDevice(Options()),
            voice_activity=Detector(setting.frame) if setting.detector else None,
            turn_detector=TimelineTurnDetector(setting) if setting.second_looks else None,
            settings=settings(setting),
        )
        async with bot:
            await asyncio.sleep(1)  # the safe line is prepared
            self._began = asyncio.get_running_loop().time()
            conversation = Conversation(bot, stream)
            observing = asyncio.create_task(self._observe(conversation))
            self._conversation = asyncio.create_task(conversation.run())
            await self._be_the_user()
            await self._be_over()
            await asyncio.wait([observing], timeout=1)
            record.messages = conversation.history.messages
        await asyncio.sleep(0.5)  # everything has had time to close
        self._look_for_what_is_left({asyncio.current_task(), observing, self._conversation})
        self._take_down()

    def _now(self) -> float:
        return asyncio.get_running_loop().time() - self._began

    async def _observe(self, conversation: Conversation) -> None:
        async for event in conversation.events():
            self._record.events.append(event)
            self._record.seen.append(self._now())

    async def _be_the_user(self) -> None:
        """Do what the timeline says, as long as the conversation goes on."""
        user = User(self._record, self._stream, self._recognizer, self._chat_model, self._now, self._end)
        if not self._record.timeline.setting.live:
            user.record_all()
            await asyncio.wait([self._conversation], timeout=_LONGEST_RECORDING)
            return
        acts = asyncio.create_task(user.acts())
        await asyncio.wait([self._conversation, acts], return_when=asyncio.FIRST_COMPLETED)
        acts.cancel()

    def _end(self) -> None:
        """End the conversation as the timeline says."""
        self._record.ended_by_user = self._now()
        match self._record.timeline.end:
            case "hangs up":
                self._stream.hung_up.set()
            case "is cancelled":
                self._conversation.cancel()
            case "loses its device for good":
                self._stream.broken = True

    async def _be_over(self) -> None:
        """Wait for the end of the conversation, with a time limit."""
        record, conversation = self._record, self._conversation
        limit = _LONGEST_END if record.timeline.end == "hangs up" else _LONGEST_BREAK
        await asyncio.wait([conversation], timeout=limit)
        if not conversation.done():
            record.outcome = "stuck"
            for _ in range(5):
                conversation.cancel()
                await asyncio.wait([conversation], timeout=5)
        elif conversation.cancelled():
            record.outcome = "cancelled"
        elif error := conversation.exception():
            record.outcome = f"failed: {error!r}"
        ended = [event.at for event in record.events if isinstance(event, ConversationEnded)]
        record.over = ended[0] if ended else self._now()

    def _look_for_what_is_left(self, known: set[asyncio.Task[None] | None]) -> None:
        left = [f"the task {task.get_name()!r}" for task in asyncio.all_tasks() if task not in known]
        left += ["a session of the recogniser"] * self._recognizer.open
        left += ["a reply of the chat model"] * self._chat_model.open
        left += ["an utterance of the synthesizer"] * self._synthesizer.open
        self._record.left = left

    def _take_down(self) -> None:
        """Add the recordings of device and providers, which use their own clock."""
        record, stream, began = self._record, self._stream, self._began
        stream.clear()  # what it was still playing counts as played
        for at, sound in _joined(stream.heard):
            record.heard += decoded(at - began, sound, self._synthesizer.used)
        record.given = {word: at - began for word, at in stream.delivered.items()}
        record.recognized = [Recognized(each.at - began, each.event) for each in self._recognizer.log.events]
        record.absences = [(gone - began, back - began) for gone, back in stream.absences]
        record.written = [replace(each, at=each.at - began) for each in self._chat_model.written]
        record.spoken = self._synthesizer.spoken


def _joined(heard: list[tuple[float, bytes]]) -> list[tuple[float, bytes]]:
    """Return sound without a gap in one piece."""
    joined: list[tuple[float, list[bytes]]] = []
    end = -1.0
    for at, sound in heard:
        if abs(at - end) > 1e-6:
            joined.append((at, []))
        joined[-1][1].append(sound)
        end = at + SOUND.seconds_in(len(sound))
    return [(at, b"".join(sounds)) for at, sounds in joined]
