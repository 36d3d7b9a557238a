"""A unit of a reply, and how much of it the user has heard after a given number of seconds."""

from __future__ import annotations

from dataclasses import field

from voicebot.dataclass import dataclass
from voicebot.engine.speaking.units.speaking_rate import typical_duration
from voicebot.engine.text.characters import is_unspaced
from voicebot.engine.text.sentences.long_sentences import within_a_character
from voicebot.messages import WordTiming

_ROUNDING = 1e-6


@dataclass(slots=True)
class ReplyUnit:
    """A clause or sentence of a reply.

    Args:
        written: the chat model's text.
        spoken: the text that the synthesizer is given.
        start: second of the reply's audio at which the unit begins.
        seconds: how much audio it has so far.
        complete: whether that is all of its audio.
        retracted_from: index in `written` from which a content filter has retracted it, if it has.
        timings: where its words begin, if the synthesizer reports that.
        separator: white space between this unit and the one before.
        step: how often the chat model had called tools before it wrote this.
        is_part: whether it belongs to the reply; what the bot says while tools run does not.
    """

    written: str
    spoken: str
    start: float = 0.0
    seconds: float = 0.0
    complete: bool = False
    retracted_from: int | None = None
    timings: list[WordTiming] = field(default_factory=list)
    separator: str = " "
    step: int = 0
    is_part: bool = True

    def heard(self, seconds: float) -> str:
        """Return the words heard after `seconds` of the unit, without any that were retracted."""
        heard = self._heard(seconds)
        if self.retracted_from is None or self.retracted_from >= len(heard):
            return heard
        return _whole_words(heard, self.retracted_from)

    def _heard(self, seconds: float) -> str:
        if self.complete and seconds >= self.seconds - _ROUNDING:
            return self.written
        if self.timings:
            return self._heard_by_timings(seconds)
        return self._heard_by_duration(seconds)

    def _heard_by_timings(self, seconds: float) -> str:
        """Count a word as heard once the next one begins."""
        end = 0
        for timing, following in zip(self.timings, self.timings[1:], strict=False):
            if following.at > seconds:
                break
            end = timing.offset + timing.length
        return self.spoken[:end].rstrip()

    def _heard_by_duration(self, seconds: float) -> str:
        """Assume an even speaking rate, and a typical one for audio that has yet to arrive."""
        total = self.seconds if self.complete else max(self.seconds, typical_duration(self.spoken))
        if seconds <= 0 or total <= 0:
            return ""
        return _whole_words(self.spoken, int(len(self.spoken) * min(1.0, seconds / total)))


def _whole_words(text: str, length: int) -> str:
    """Return the words of `text` that end within its first `length` characters."""
    end = min(length, len(text))
    while 0 < end < len(text) and not _may_end_word(text, end):
        end -= 1
    return text[:end].rstrip()


def _may_end_word(text: str, index: int) -> bool:
    """Return whether a word may end before `index`; in scripts without spaces, any whole character may."""
    before, after = text[index - 1 : index], text[index]
    if before.isspace() or after.isspace():
        return True
    return (_is_unspaced(before) or _is_unspaced(after)) and not within_a_character(text, index)


def _is_unspaced(character: str) -> bool:
    """Return whether a character is of a script that puts no spaces between words, or of its punctuation."""
    return is_unspaced(character) or "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff65"
