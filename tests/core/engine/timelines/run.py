"""Running a timeline in virtual time, and the record of what happened."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import dataclass, field
from typing import assert_never

from voicebot import (
    Bot,
    Conversation,
    ConversationEvent,
    Message,
    Settings,
    TypedLine,
    VoiceActivity,
    VoiceActivityDetector,
    VoiceActivityOptions,
)
from voicebot.config.schema import GoodbyeOptions, IdleOptions, ReplyOptions, TurnOptions
from voicebot.events import BotTurnEnded, ConversationEnded, UnitSpoken, UserTurnEnded
from voicebot.testing import VirtualClockLoop

from .codedsound import SOUND, Piece, decoded
from .device import Telephone, Telephones
from .mind import Mind
from .recogniser import Scribe, Told
from .timeline import Act, DeviceGoes, RecogniserFails, Repeats, Says, Setting, Timeline, Types
from .userframes import is_speech, silence, speech
from .vocabulary import meant
from .voice import CodedVoice

SAFE_LINE = "Perivi."
GOODBYE = "Sivety."
FAREWELL = "goodbye"
ASSENT = "mhm"
PROMPTS = ("Vizery.", "Zytevi.")
GREETING = "Tiripe severi viteza."
_LINES = {meant(word) for line in (SAFE_LINE, GOODBYE, *PROMPTS) for word in line.split()}
"""Words that the bot says again and again."""
CHAT_TIMEOUT, SPEECH_TIMEOUT = 3.0, 2.0
_LONGEST_CUE = 6.0
_LONGEST_TAIL = 45.0
"""Seconds of silence in which everything that was said must have been answered."""
_CALM = 1.5
_LONGEST_END = 60.0
_LONGEST_BREAK = 5.0
_LONGEST_RECORDING = 300.0


@dataclass(frozen=True, slots=True)
class Said:
    """A word that the user said or typed: when it began, when it could be heard, and how it came."""

    word: str
    began: float
    at: float
    typed: bool = False


@dataclass(slots=True)
class Record:
    """What happened; times are those of the conversation's clock."""

    timeline: Timeline
    said: list[Said] = field(default_factory=list)
    sounds: list[tuple[float, float]] = field(default_factory=list)
    """When the user made a sound, words or not."""
    events: list[ConversationEvent] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    """When each event came: a recording's own time is another."""
    messages: tuple[Message, ...] = ()
    given: dict[str, float] = field(default_factory=dict)
    """When the engine was given each word that was said or typed."""
    told: list[Told] = field(default_factory=list)
    """What the recogniser told."""
    absences: list[tuple[float, float]] = field(default_factory=list)
    """When the device was not there."""
    heard: list[Piece] = field(default_factory=list)
    outcome: str = "ended"
    ended_by_user: float = float("inf")
    """When the user hung up, or the conversation was cancelled."""
    over: float = float("inf")
    left: list[str] = field(default_factory=list)
    """What was still at work when all was over."""
    voice: CodedVoice = field(init=False)
    mind: Mind = field(init=False)
    scribe: Scribe = field(init=False)
    phone: Telephone = field(init=False)


class _Detector(VoiceActivityDetector[VoiceActivityOptions]):
    """Knows speech from silence."""

    input_format = SOUND

    def __init__(self, frame: float) -> None:
        super().__init__(VoiceActivityOptions())
        self.frame_bytes = SOUND.bytes_in(frame)

    def detect(self) -> VoiceActivity:
        return _Activity()


class _Activity(VoiceActivity):
    def probability(self, frame: bytes) -> float:
        return float(is_speech(frame))


def settings(setting: Setting) -> Settings:
    """Return what the bot's config says."""
    return Settings(
        greeting=setting.greeting,
        on_error=SAFE_LINE,
        echo="mute" if setting.mute else "none",
        listening_tone=setting.tone,
        start_timeout=3.0,
        turns=TurnOptions(
            patience=setting.patience,
            prepare=setting.prepare,
            interruptible=setting.interruptible,
            interruption=setting.interruption,
        ),
        reply=ReplyOptions(
            first_unit="short" if setting.short_first else "sentence",
            chat_timeout=CHAT_TIMEOUT,
            speech_timeout=SPEECH_TIMEOUT,
        ),
        idle=IdleOptions(after=setting.idle, prompts=PROMPTS),
        goodbye=GoodbyeOptions(phrases=(FAREWELL,) if setting.goodbye else (), line=GOODBYE),
    )


def run(timeline: Timeline) -> Record:
    """Return what happens in a timeline."""
    record = Record(timeline)
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(_World(record).turns())
    return record


class _World:
    """The user, and all that befalls a conversation."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._timeline = record.timeline

    async def turns(self) -> None:
        """Hold the conversation of the timeline."""
        record, setting = self._record, self._timeline.setting
        record.voice, record.mind = CodedVoice(setting), Mind(setting)
        record.scribe, record.phone = Scribe(setting), Telephone(setting)
        bot = Bot(
            recognizer=record.scribe,
            chat=record.mind,
            synthesizer=record.voice,
            device=Telephones(VoiceActivityOptions()),
            voice_activity=_Detector(setting.frame) if setting.detector else None,
            settings=settings(setting),
        )
        async with bot:
            await asyncio.sleep(1)  # the safe line is made
            self._began = self._time()
            conversation = Conversation(bot, record.phone)
            news = asyncio.create_task(self._observe(conversation))
            self._run = asyncio.create_task(conversation.run())
            self._act = asyncio.create_task(self._acts())
            await asyncio.wait([self._run, self._act], return_when=asyncio.FIRST_COMPLETED)
            self._act.cancel()
            await self._end()
            await asyncio.wait([news], timeout=1)
            record.messages = conversation.history.messages
        await asyncio.sleep(0.5)  # what was closed has had its time
        self._look_for_what_is_left({asyncio.current_task(), news, self._run})
        record.phone.clear()
        record.given = {word: at - self._began for word, at in record.phone.delivered.items()}
        record.told = [Told(told.at - self._began, told.event) for told in record.scribe.told]
        record.absences = [(gone - self._began, back - self._began) for gone, back in record.phone.absences]
        for at, sound in _joined(record.phone.heard):
            record.heard += decoded(at - self._began, sound, record.voice.used)

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    def _now(self) -> float:
        return self._time() - self._began

    async def _observe(self, conversation: Conversation) -> None:
        async for event in conversation.events():
            self._record.events.append(event)
            self._record.seen.append(self._now())

    async def _acts(self) -> None:
        if not self._timeline.setting.live:
            self._record_all()
            await asyncio.wait([self._run], timeout=_LONGEST_RECORDING)
            return
        for step in self._timeline.steps:
            await self._cue(step.cue)
            await asyncio.sleep(step.gap)
            await self._do(step.act)
        if self._timeline.tail is not None:
            await asyncio.sleep(self._timeline.tail)
        else:
            await self._calm()

    def _record_all(self) -> None:
        """Put all that is said into the recording."""
        phone, at = self._record.phone, 0.0
        frame = self._timeline.setting.frame
        for step in self._timeline.steps:
            if isinstance(step.act, Says):
                phone.hears([silence(frame)] * round(step.gap / frame))
                phone.hears(speech(step.act.words, step.act.seconds, frame))
                at += step.gap
                self._note(step.act.words, at, step.act.seconds)
                at += step.act.seconds

    def _note(self, words: tuple[str, ...], began: float, seconds: float) -> None:
        self._record.sounds.append((began, began + seconds))
        for number, word in enumerate(words):
            if word not in (ASSENT, FAREWELL):
                start = began + seconds * number / len(words)
                self._record.said.append(Said(word, start, began + seconds * (number + 1) / len(words)))

    async def _cue(self, cue: str) -> None:
        """Wait for the bot to speak, or to fall silent, within reason."""
        if not cue:
            return
        until = self._time() + _LONGEST_CUE
        while self._time() < until and self._record.phone.is_audible != (cue == "while the bot speaks"):
            await asyncio.sleep(0.05)

    async def _do(self, act: Act) -> None:
        record = self._record
        match act:
            case Says(words, seconds):
                record.phone.hears(speech(words, seconds, self._timeline.setting.frame))
                self._note(words, self._now(), seconds)
                await asyncio.sleep(seconds)
            case Repeats(seconds):
                spoken = [word for e in record.events if isinstance(e, UnitSpoken) for word in e.text.split()]
                word = meant(spoken[-1]) if spoken else ""
                new = word not in {said.word for said in record.said} and word not in _LINES
                await self._do(Says((word,) if word and new else (), seconds))
            case Types(words):
                record.phone.sends(TypedLine(" ".join(words)))
                now = self._now()
                record.said += [Said(word, now, now, typed=True) for word in words]
            case DeviceGoes(seconds):
                record.phone.goes(seconds)
            case RecogniserFails(how, times):
                record.scribe.fail(how, times)
            case _:
                assert_never(act)

    async def _calm(self) -> None:
        """Wait until nothing is left to come, or until it should have come long ago."""
        until = self._time() + _LONGEST_TAIL
        calm_since = self._time()
        while self._time() < until and self._time() < calm_since + _CALM:
            await asyncio.sleep(0.1)
            if not self._is_calm():
                calm_since = self._time()

    def _is_calm(self) -> bool:
        record = self._record
        if record.phone.is_audible or not record.phone.at_rest or record.phone.is_lost:
            return False
        if not record.scribe.at_rest or record.mind.open:
            return False
        turns = [each for each in record.events if isinstance(each, UserTurnEnded | BotTurnEnded)]
        if turns and isinstance(turns[-1], UserTurnEnded):
            return False
        answered = {
            meant(word) for turn in turns if isinstance(turn, UserTurnEnded) for word in turn.text.split()
        }
        return answered.issuperset(set(record.phone.delivered) - {ASSENT, FAREWELL})

    async def _end(self) -> None:
        record, timeline = self._record, self._timeline
        if not self._run.done():
            record.ended_by_user = self._now()
            match timeline.end:
                case "hangs up":
                    record.phone.hung_up.set()
                case "is cancelled":
                    self._run.cancel()
                case "loses its device for good":
                    record.phone.broken = True
            limit = _LONGEST_END if timeline.end == "hangs up" else _LONGEST_BREAK
            await asyncio.wait([self._run], timeout=limit)
        if not self._run.done():
            record.outcome = "stuck"
            for _ in range(5):
                self._run.cancel()
                await asyncio.wait([self._run], timeout=5)
        elif self._run.cancelled():
            record.outcome = "cancelled"
        elif error := self._run.exception():
            record.outcome = f"failed: {error!r}"
        ended = [each.at for each in record.events if isinstance(each, ConversationEnded)]
        record.over = ended[0] if ended else self._now()

    def _look_for_what_is_left(self, known: set[asyncio.Task[None] | None]) -> None:
        record = self._record
        gc.collect(0)
        tasks = [task.get_name() for task in asyncio.all_tasks() - known if task not in known]
        record.left = [f"task {name!r}" for name in tasks]
        for what, count in (
            ("session of the recogniser", record.scribe.open),
            ("reply of the chat model", record.mind.open),
            ("utterance of the voice", record.voice.open),
        ):
            if count:
                record.left.append(what)


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
