"""When each word was said: as the voice reported it, or by the letters before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from voicebot import (
    ConversationDetail,
    ConversationEvent,
    ProviderAnswered,
    ProviderAsked,
    UnitSpoken,
    Utterance,
    WordTiming,
)

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, and about when it began, in seconds."""

    at: float
    text: str


class VoiceTimings:
    """When words begin in the sound of utterances, as far as the voice reports it."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}
        self._timings: dict[str, list[WordTiming]] = {}

    def note(self, event: ConversationEvent | ConversationDetail) -> None:
        """Keep what an event says about it."""
        match event:
            case ProviderAsked(request=request, question=Utterance(text=text)):
                self._texts[request] = text
                self._timings[text] = []
            case ProviderAnswered(request=request, answer=WordTiming() as timing) if request in self._texts:
                self._timings[self._texts[request]].append(timing)
            case _:
                pass

    def begins(self, text: str) -> list[float]:
        """Return when each word of an utterance begins, in seconds of its sound; nothing if unknown."""
        timings = self._timings.get(text)
        if not timings:
            return []
        return [
            max((timing.at for timing in timings if timing.offset < word.end()), default=0.0)
            for word in _WORD.finditer(text)
        ]


def user_words(text: str, speech: Sequence[tuple[float, float]]) -> tuple[Word, ...]:
    """Return the words of a turn, spread over the seconds in which there was speech.

    Args:
        speech: where each piece of it begins and ends, at least one.
    """
    words = text.split()
    letters = sum(map(len, words)) or 1
    seconds = sum(end - begin for begin, end in speech)
    found, before = [], 0
    for word in words:
        found.append(Word(_place(speech, before / letters * seconds), word))
        before += len(word)
    return tuple(found)


def bot_words(
    heard: str, units: Sequence[UnitSpoken], until: float, timings: VoiceTimings
) -> tuple[Word, ...]:
    """Return the words that were heard; those that the voice did not time are spread over their unit.

    Args:
        units: the units of the reply, which say when each became audible.
        until: when the reply ended.
    """
    times: list[float] = []
    for number, unit in enumerate(units):
        end = units[number + 1].at if number + 1 < len(units) else until
        begins = [unit.at + seconds for seconds in timings.begins(unit.text)]
        times += begins or [word.at for word in user_words(unit.text, [(unit.at, max(unit.at, end))])]
    words = heard.split()
    times += [times[-1] if times else until] * (len(words) - len(times))
    return tuple(Word(at, word) for at, word in zip(times, words, strict=False))


def _place(speech: Sequence[tuple[float, float]], passed: float) -> float:
    """Return when so many seconds of speech had passed."""
    for begin, end in speech:
        if passed < end - begin:
            return begin + passed
        passed -= end - begin
    return speech[-1][1]
