"""What the user really said in one go: the turns of a recording, whatever the bot took for their ends."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import inf

from voicebot import (
    BotTurnEnded,
    ConversationDetail,
    ConversationEvent,
    TurnTimed,
    UnitSpoken,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)

CUT_OFF = 0.15
"""Seconds before the user's end from which on sound of the bot is a cut-off; people overlap by less."""
WENT_ON = 1.0
"""Seconds after the first sound of an answer within which the user still goes on with what they were saying;
later, they reply to it or interrupt it."""


@dataclass(frozen=True, slots=True)
class Speech:
    """From when to when the user spoke, in seconds of the conversation."""

    begins: float
    ends: float


def said_turns(events: Iterable[ConversationEvent | ConversationDetail], seconds: float) -> list[Speech]:
    """Return the user's turns in a recording, in order.

    Speech of what the bot took for one turn belongs together. So does speech with words that goes on before
    the answer is heard, or within `WENT_ON` of its first sound.

    Args:
        seconds: when the recording ends.
    """
    speech, words = _speech(events, seconds)
    ends = sorted(each.at for each in events if isinstance(each, UserTurnEnded))
    sounds = _sounds(events)
    turns: list[Speech] = []
    for each, following in zip_longest(speech, speech[1:]):
        until = following.begins if following is not None else inf
        if not any(each.begins <= at < until for at in words):
            continue
        if turns and _goes_on(turns[-1], each, ends, sounds):
            turns[-1] = Speech(turns[-1].begins, max(turns[-1].ends, each.ends))
        else:
            turns.append(each)
    return turns


def cut_off(turns: Sequence[Speech], decided: float, sound: float | None) -> bool:
    """Return whether an answer is a cut-off: it was heard more than 150 ms before the user had finished.

    Args:
        turns: what the user really said.
        decided: when the bot took the turn for over.
        sound: when its answer was first heard; None if it was not.
    """
    if sound is None:
        return False
    number = bisect_right([each.begins for each in turns], decided) - 1
    return number >= 0 and sound < turns[number].ends - CUT_OFF


def _goes_on(before: Speech, speech: Speech, ends: Sequence[float], sounds: Sequence[float]) -> bool:
    """Return whether speech belongs to the turn before it."""
    ended = [at for at in ends if before.begins < at <= speech.begins]
    if not any(at > before.ends - CUT_OFF for at in ended):
        return True
    decided = ended[-1]
    sound = next((at for at in sounds if at >= decided), None)
    return sound is None or speech.begins < sound + WENT_ON


def _sounds(events: Iterable[ConversationEvent | ConversationDetail]) -> list[float]:
    """Return when answers were first heard, in order; the recording may break off before one is over."""
    found: list[float] = []
    awaited = False
    for event in events:
        match event:
            case UserTurnEnded():
                awaited = True
            case UnitSpoken(at) if awaited:
                found.append(at)
                awaited = False
            case BotTurnEnded():
                awaited = False
            case TurnTimed(first_sound=float(at)):
                found.append(at)
            case _:
                pass
    return sorted(found)


def _speech(
    events: Iterable[ConversationEvent | ConversationDetail], seconds: float
) -> tuple[list[Speech], list[float]]:
    """Return when the user spoke, and when words of that were recognised."""
    speech: list[Speech] = []
    words: list[float] = []
    begun: float | None = None
    for event in sorted(events, key=lambda each: each.at):
        match event:
            case UserSpeechStarted(at):
                begun = at if begun is None else begun
            case UserSpeechStopped(_, silent_since) if begun is not None:
                speech.append(Speech(begun, max(begun, silent_since)))
                begun = None
            case UserPartial(at) | UserFinal(at):
                words.append(at)
            case _:
                pass
    if begun is not None:
        speech.append(Speech(begun, seconds))
    return speech, words
