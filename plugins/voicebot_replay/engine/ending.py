"""How a recording ends, and so how its replay does: a recording may break off anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeVar

from voicebot import (
    BotTurnEnded,
    ConversationDetail,
    ConversationEnded,
    ConversationEvent,
    ProviderAnswered,
    ProviderAsked,
    ProviderClosed,
    ProviderGiven,
    StreamedUtterance,
    TurnTimed,
    UnitSpoken,
    UserTurnEnded,
)
from voicebot_recording.reading import Recording
from voicebot_replay.exchanges import known_until

EventT = TypeVar("EventT", bound=ConversationEvent | ConversationDetail)
_GRACE = 1.0
"""Seconds after the end of the recorded conversation in which the bot may end it."""
_HELD = 1.0
"""Seconds of sound that may be missing at the end of a recording that breaks off. If sound ended sooner, the
device sent none, such as while nobody holds a key."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How the replay of a recording ends.

    `at` is when the program ends the conversation at the latest; None if it does not. If the recording
    `breaks_off`, nothing is known of what came after `at`, and there is nothing to compare with. `hangs_up`
    is the second from which on the user's input is over, as soon as it has all come; None if it never is.
    """

    at: float | None
    breaks_off: bool = False
    hangs_up: float | None = None

    @property
    def until(self) -> float:
        """The second up to which a replay can be compared with the recording; infinite if it has its end."""
        return self.at if self.at is not None and self.breaks_off else inf


def ending_of(recording: Recording, events: Sequence[ConversationEvent | ConversationDetail]) -> Ending:
    """Return how a recording ends.

    It breaks off without the end of the conversation, where the sound does, where the conversation was
    cancelled or failed, and where the program had the bot say a last line, which nothing brings about again.
    """
    sound, hung_up = recording.sound, _hung_up(events)
    ended = next((each for each in events if isinstance(each, ConversationEnded)), None)
    if ended is None or (sound is not None and not sound.is_whole):
        until = known_until(events)
        if sound is not None and (heard := sound.heard_until) is not None:
            is_missing = hung_up is None and until - heard <= _HELD
            until = min(until, heard) if is_missing or not sound.is_whole else until
        return Ending(min(until, _all_text_until(events)), True, hung_up)
    line = _last_line(events) if ended.by in ("program", "failure") else None
    match ended.by:
        case "input" if hung_up is not None and not _was_broken_off(events):
            return Ending(None, hangs_up=hung_up)
        case "program" if line is None:
            return Ending(ended.at, hangs_up=hung_up)
        case "input" | "program" | "failure":
            return Ending(ended.at if line is None else line, True, hung_up)
        case _:
            return Ending(ended.at + _GRACE, hangs_up=hung_up)  # the bot hung up, and may do so again


def before(events: Sequence[EventT], until: float) -> Iterator[EventT]:
    """Yield the events that were published up to a second; units may become audible later."""
    for event in events:
        if event.at > until and not isinstance(event, UnitSpoken):
            return
        yield event


def _hung_up(events: Sequence[ConversationEvent | ConversationDetail]) -> float | None:
    """Return when the user's input ended, of which the recogniser is told; None if it did not.

    Typed input ended if the conversation did: the bot answers the last line even so.
    """
    session, finished = 0, None
    for event in events:
        match event:
            case ProviderAsked(kind="recognizer"):
                session, finished = event.request, None
            case ProviderGiven(kind="recognizer", control="finish") if event.request == session:
                finished = event.at
            case _:
                pass
    is_typed = not session and any(isinstance(each, ConversationEnded) for each in events)
    return 0.0 if is_typed else finished


def _was_broken_off(events: Sequence[ConversationEvent | ConversationDetail]) -> bool:
    """Return whether the last answer was broken off, but not by the user, as by Ctrl-C.

    The end of such a conversation is called the input's too, but after that the bot finishes what it says.
    """
    broken_off = False
    for event in events:
        if isinstance(event, BotTurnEnded):
            broken_off = event.interrupted
        elif isinstance(event, UserTurnEnded):
            broken_off = False
    return broken_off


def _all_text_until(events: Sequence[ConversationEvent | ConversationDetail]) -> float:
    """Return up to when all text is there: redaction holds some back of replies that are being written."""
    written: dict[int, float] = {}
    for event in events:
        match event:
            case ProviderAsked(kind="chat") | ProviderAsked(question=StreamedUtterance()):
                written[event.request] = event.at
            case ProviderClosed() | ProviderGiven(control="finish"):
                written.pop(event.request, None)
            case ProviderAnswered(kind="chat") | ProviderGiven(control="text"):
                written[event.request] = event.at
            case _:
                pass
    return min(written.values(), default=inf)


def _last_line(events: Sequence[ConversationEvent | ConversationDetail]) -> float | None:
    """Return when the bot began to say its last words, if these were no answer of the chat model."""
    begun, line = None, None
    for event in events:
        match event:
            case UnitSpoken(at):
                begun = at if begun is None else begun
            case BotTurnEnded():
                begun, line = None, begun
            case TurnTimed() | UserTurnEnded():
                line = None
            case _:
                pass
    return line
