"""What was said in a recording and what happened, in the order in which people would tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from voicebot import (
    BotCorrected,
    BotResumed,
    BotTurnEnded,
    ConfigChanged,
    ConversationDetail,
    ConversationEnded,
    ConversationEvent,
    DeviceChanged,
    EchoIgnored,
    HistoryCompacted,
    InputReceived,
    KeyPressed,
    ProviderFailed,
    ProviderNoticed,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    TypedLine,
    UnitSpoken,
    UserCorrected,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)
from voicebot_recording.reading import Recording
from voicebot_recording.word_times import VoiceTimings, Word, bot_words, user_words

Ending: TypeAlias = Literal["", "interrupted", "cut off", "taken back"]
"""How a bot's turn ended: at its end; by the user; since it had cut the user off; or before anything was
heard, in which case the user's turn goes on. All but the first are told by when the user began to speak."""
Kind: TypeAlias = Literal[
    "tool", "config", "failure", "notice", "device", "summary", "key", "correction", "end"
]
_CUT_OFF = 1.5
"""Seconds after the bot's first sound within which a user who speaks had probably not finished, unless a
whole sentence was heard. The engine goes by the same time: `TurnRules.cut_off`."""
_UNHEARD = 0.3
"""Seconds of sound that count as nothing."""
_SENTENCE = re.compile(r"[.!?\u2026\u3002\uff01\uff1f\u0964\u061f](?:\W|$)")


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said from `at` to `until`, in seconds; its words are empty if they were left out.

    Args:
        ending: how a turn of the bot ended.
        typed: whether the user typed it.
    """

    at: float
    until: float
    side: Literal["user", "bot"]
    words: tuple[Word, ...] = ()
    ending: Ending = ""
    typed: bool = False

    @property
    def text(self) -> str:
        """All words."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Happened:
    """Something else that happened; `text` says what."""

    at: float
    kind: Kind
    text: str


Entry: TypeAlias = Said | Happened | TurnTimed


def dialogue(recording: Recording) -> Iterator[Entry]:
    """Yield what a recording tells: what both sides said, what happened meanwhile, and how long it took."""
    teller = _Teller()
    for event in recording.events():
        yield from teller.entries_for(event)


class _Teller:
    """Turns events into entries, one by one."""

    def __init__(self) -> None:
        self._speech: list[tuple[float, float]] = []
        """When the user spoke in this turn: seconds from and until."""
        self._earlier_speech: list[tuple[float, float]] = []
        """The same of the turn before, which goes on if its answer was taken back."""
        self._speaking_since: float | None = None
        self._typed_at: float | None = None
        self._asked_at: float | None = None
        """When the turn was over that the bot answers; None before that, and for what it says unasked."""
        self._units: list[UnitSpoken] = []
        self._timings = VoiceTimings()
        self._started_ahead: set[str] = set()
        self._read_ahead: list[Happened] = []

    def entries_for(self, event: ConversationEvent | ConversationDetail) -> list[Entry]:
        """Return the entries that an event completes."""
        self._timings.note(event)
        match event:
            case UserSpeechStarted(at):
                self._speaking_since = at
            case UserSpeechStopped(silent_since=since):
                self._end_speech(since)
            case EchoIgnored() | BotResumed():  # it was no turn
                self._speech, self._speaking_since = [], None
            case InputReceived(at, TypedLine()):
                self._typed_at = at
            case UnitSpoken():
                self._units.append(event)
            case ToolStarted(id=call, ahead=True):
                self._started_ahead.add(call)
            case ToolEnded():
                return self._called(event)
            case UserTurnEnded():
                return self._asked(event)
            case BotTurnEnded():
                return self._answered(event)
            case TurnTimed():
                return [event] if event.turn else []
            case _:
                return [happened] if (happened := _happened(event)) is not None else []
        return []

    def _end_speech(self, since: float) -> None:
        if self._speaking_since is not None:
            self._speech.append((self._speaking_since, max(self._speaking_since, since)))
            self._speaking_since = None

    def _asked(self, turn: UserTurnEnded) -> list[Entry]:
        typed = self._typed_at is not None and not self._speech
        self._end_speech(turn.at)  # it goes on, but these words are over
        speech = [(turn.at, turn.at)] if typed or not self._speech else self._speech
        words = user_words(turn.text, speech)
        self._earlier_speech, self._speech = self._speech, []
        self._typed_at, self._asked_at = None, turn.at
        read, self._read_ahead = self._read_ahead, []
        return [Said(speech[0][0], speech[-1][1], "user", words, typed=typed), *read]

    def _answered(self, turn: BotTurnEnded) -> list[Entry]:
        units = [unit for unit in self._units if unit.at <= turn.at]
        ending = self._ending(turn, units[0].at if units else None)
        asked_at, self._asked_at, self._units = self._asked_at, None, []
        if ending == "taken back":
            self._speech = [*self._earlier_speech, *self._speech]
            return [Said(turn.at, turn.at, "bot", ending=ending)] if asked_at is not None else []
        if not turn.heard and not units:
            return []
        begin = units[0].at if units else turn.at
        words = bot_words(turn.heard, units, turn.at, self._timings)
        return [Said(begin, turn.at, "bot", words, ending)]

    def _ending(self, turn: BotTurnEnded, first_sound: float | None) -> Ending:
        if not turn.interrupted:
            return ""
        unheard = not turn.heard and (first_sound is None or turn.at - first_sound < _UNHEARD)
        if unheard and (self._speech or self._speaking_since is not None):
            return "taken back"
        spoke_at = self._speaking_since or (self._speech[-1][0] if self._speech else None)
        soon = spoke_at is not None and first_sound is not None and spoke_at <= first_sound + _CUT_OFF
        cut_off = soon and self._asked_at is not None and self._typed_at is None
        return "cut off" if cut_off and not _SENTENCE.search(turn.heard) else "interrupted"

    def _called(self, ended: ToolEnded) -> list[Entry]:
        """Return the entry of a call; one for a prepared reply comes after the words that it was made for."""
        entry = Happened(ended.at, "tool", f"{ended.name}: {ended.outcome} after {ended.seconds:.2f} s")
        if ended.id in self._started_ahead:
            self._read_ahead.append(entry)
            return []
        return [entry]


def _happened(event: ConversationEvent | ConversationDetail) -> Happened | None:
    match event:
        case ConfigChanged(at, changes):
            return Happened(at, "config", f"changed: {', '.join(changes)}")
        case ProviderFailed(at, kind, message):
            return Happened(at, "failure", f"{kind} failed: {message}")
        case ProviderNoticed(at, kind, message):
            return Happened(at, "notice", f"{kind}: {message}")
        case DeviceChanged(at, _, message):
            return Happened(at, "device", message)
        case HistoryCompacted(at):
            return Happened(at, "summary", "the chat model gets a summary of older turns from now on")
        case KeyPressed(at, key):
            return Happened(at, "key", f"key {key} was pressed")
        case UserCorrected(at, text):
            return Happened(at, "correction", f"recognised later: {text}")
        case BotCorrected(at, heard):
            return Happened(
                at, "correction", f"the user heard only: {heard}" if heard else "nothing was heard"
            )
        case ConversationEnded(at, failure, by):
            return Happened(at, "end", f"ended: {failure or by}")
        case _:
            return None
