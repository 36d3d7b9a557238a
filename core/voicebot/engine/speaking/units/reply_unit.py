"""How much of a reply the user has heard, from the seconds played and, where there are some, word timings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from voicebot.engine.speaking.units.speaking_rate import usual_seconds
from voicebot.engine.text.characters import UNSPACED
from voicebot.engine.text.sentences.line_breaks import within_a_character
from voicebot.messages import WordTiming

_WITHOUT_BLANKS = re.compile(f"[{UNSPACED}\u3000-\u303f\uff00-\uff65]")
"""Scripts that put no blanks between words, and their punctuation."""


@dataclass(slots=True)
class SpokenUnit:
    """A unit of a reply on its way to the speaker.

    `written` is the model's text, `spoken` what the voice was given; `start` and `seconds` are its
    place in the sound of the whole reply, in seconds. `stands` is how many characters of it are left where
    a content filter took the rest back; None where it took nothing. `before` is the white space between
    it and the unit before it, if there is any.
    """

    written: str
    spoken: str
    start: float = 0.0
    seconds: float = 0.0
    complete: bool = False
    stands: int | None = None
    timings: list[WordTiming] = field(default_factory=list)
    before: str = " "

    def heard(self, seconds: float) -> str:
        """Return what was heard after `seconds` of this unit: all of it, or the words that were finished.

        What was taken back does not count as heard.
        """
        heard = self._heard(seconds)
        if self.stands is None or self.stands >= len(heard):
            return heard
        return _whole_words(heard, self.stands)

    def _heard(self, seconds: float) -> str:
        if self.complete and seconds >= self.seconds - 1e-6:
            return self.written
        if self.timings:
            return self._by_timings(seconds)
        return self._by_share(seconds)

    def _by_timings(self, seconds: float) -> str:
        """A word was finished when the next one began."""
        end = 0
        for timing, following in zip(self.timings, self.timings[1:], strict=False):
            if following.at > seconds:
                break
            end = timing.offset + timing.length
        return self.spoken[:end].rstrip()

    def _by_share(self, seconds: float) -> str:
        """Take speech to be even, and sound that is not there yet to be as dense as usual speech."""
        whole = self.seconds if self.complete else max(self.seconds, usual_seconds(self.spoken))
        if seconds <= 0 or whole <= 0:
            return ""
        return _whole_words(self.spoken, int(len(self.spoken) * min(1.0, seconds / whole)))


class Heard:
    """The units of one reply, in the order in which they are spoken."""

    def __init__(self) -> None:
        self.latest: SpokenUnit | None = None
        """The unit whose sound is being written."""
        self._units: list[SpokenUnit] = []
        self._written = 0.0

    def begin(self, unit: SpokenUnit) -> None:
        """Take note that the sound of `unit` comes next."""
        self.latest = unit
        unit.start = self._written
        self._units.append(unit)

    def wrote(self, seconds: float) -> None:
        """Take note of sound written for the latest unit."""
        if self.latest is not None:
            self.latest.seconds += seconds
        self._written += seconds

    @property
    def seconds(self) -> float:
        """Seconds of sound written so far."""
        return self._written

    def text(self, played: float) -> str:
        """Return what the user has heard when `played` seconds of the reply have been played."""
        return _joined(
            (unit, unit.heard(min(played - unit.start, unit.seconds)))
            for unit in self._units
            if played > unit.start
        )

    def everything(self) -> str:
        """Return what was heard when all that was written has been played."""
        return _joined((unit, unit.heard(unit.seconds)) for unit in self._units)

    @property
    def withdrawn_from(self) -> float | None:
        """Second of the reply at which the first unit began that was taken back; None if none had begun."""
        return next((unit.start for unit in self._units if unit.stands is not None), None)

    def cut(self, played: float) -> None:
        """Take note that the sound after `played` seconds was thrown away."""
        for unit in self._units:
            if unit.start + unit.seconds > played:
                unit.seconds = max(0.0, played - unit.start)
                unit.complete = False
        self._written = played


def _whole_words(text: str, length: int) -> str:
    """Return the first characters of a text, at most so many, without a word that is cut off."""
    end = min(length, len(text))
    while 0 < end < len(text) and not _may_end(text, end):
        end -= 1
    return text[:end].rstrip()


def _may_end(text: str, index: int) -> bool:
    """Whether a word may end before `index`; where there are no blanks, any character that is whole may."""
    before, after = text[index - 1 : index], text[index]
    if before.isspace() or after.isspace():
        return True
    is_without_blanks = _WITHOUT_BLANKS.match(before) or _WITHOUT_BLANKS.match(after)
    return bool(is_without_blanks) and not within_a_character(text, index)


def _joined(parts: Iterable[tuple[SpokenUnit, str]]) -> str:
    """Return what was heard of units as one text, with what is between them as it was written."""
    text = ""
    for unit, heard in parts:
        if heard:
            text += unit.before + heard if text else heard
    return text
