"""Which of the recorded words a recogniser gives when the engine asks at other moments than it did then.

A final transcript that the engine asks for in the same pause as then is the recorded one, after the same
delay. If it was not asked in that pause, the final has the words of the last partial transcript, or of a
recogniser without partials as large a share of the words as of the speech. It comes after the usual delay,
and what was given is not given again.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from voicebot_replay.exchanges import typical
from voicebot_replay.providers.segments import Segment, commit_delays

_DELAY = 0.3
"""Seconds to a final if none was recorded."""
_EARLY = 0.05
"""Seconds before the recorded beginning of a pause in which another detector may already hear it."""


@dataclass(frozen=True, slots=True)
class GivenFinal:
    """A final transcript; it comes `delay` seconds after it was asked for.

    `is_recorded` is false if it was put together. `delay` is None if none came then, and none does now.
    `segment` is the number of the last segment whose words it has.
    """

    segment: int
    words: list[str]
    language: str | None
    delay: float | None
    is_recorded: bool


class ReplayedTranscript:
    """What was given of the recorded words.

    Args:
        found: the segments, in order of time.
        speech_starts: when the user began to speak, each time.
        silences: since when the user was silent, each time: a pause is from then to the next start.
    """

    def __init__(
        self, found: Sequence[Segment], speech_starts: Sequence[float], silences: Sequence[float]
    ) -> None:
        self._segments = found
        self._starts, self._silences = speech_starts, silences
        self._begins = [each.begins for each in found]
        self._delay = typical(commit_delays(found), _DELAY)
        self._has_partials = any(each.partials for each in found)
        self._next = 0
        """The first segment of which not all has been given."""
        self._dropped = 0
        """How many words of it have been given."""
        self._heard: set[int] = set()
        self._awaited: dict[int, int] = {}
        """The segments whose finals are on their way, each with how many of its words were given before."""

    def skip(self, at: float) -> None:
        """Record that the words were given of segments whose finals came by then, as from another session."""
        for number in range(self._next, len(self._segments)):
            final_at = self._segments[number].final_at
            if final_at is None or final_at > at:
                break
            self._given(number + 1, 0)

    def heard(self, at: float) -> None:
        """Record that the recogniser is given the sound of that second."""
        last = max(0, bisect_right(self._begins, at) - 1)
        while last not in self._heard:
            self._heard.add(last)
            if last and self._begins[last - 1] == self._begins[last]:
                last -= 1

    def is_heard(self, number: int) -> bool:
        """Return whether the recogniser was given sound of a segment."""
        return number in self._heard

    def partial(self, number: int, words: Sequence[str]) -> list[str]:
        """Return what a recorded partial transcript of a segment is now, without what was given."""
        if number in self._awaited:  # the recogniser is still at it
            return list(words[self._awaited[number] :])
        if number < self._next or not self.is_heard(number):
            return []
        return [*self._before(number), *self._rest(number, words)]

    def final(self, at: float) -> GivenFinal:
        """Return the final transcript that is asked for at that second."""
        matched = self._committed_in_pause(at)
        if matched is not None:
            segment = self._segments[matched]
            delay = None if segment.final_at is None else segment.final_at - (segment.committed or 0.0)
            words = [*self._before(matched), *self._rest(matched, segment.words)]
            self._awaited[matched] = self._dropped if matched == self._next else 0
            self._given(matched + 1, 0)
            return GivenFinal(matched, words, segment.language, delay, is_recorded=True)
        number = self._segment_at(at)
        if number < self._next:
            return GivenFinal(number, [], None, self._delay, is_recorded=False)
        known = self._known(number, at)
        words = [*self._before(number), *self._rest(number, known)]
        segment = self._segments[number]
        is_whole = (
            segment.final_at is not None and len(known) >= len(segment.words) and at >= self._end(number)
        )
        self._given(number + 1 if is_whole else number, 0 if is_whole else len(known))
        return GivenFinal(number, words, segment.language, self._delay, is_recorded=False)

    def came(self, final: GivenFinal) -> None:
        """Record that a final transcript has come."""
        self._awaited.pop(final.segment, None)

    def rest(self) -> list[str]:
        """Return all words that were not given, at the end of the sound."""
        last = len(self._segments) - 1
        if last < self._next:
            return []
        words = [*self._before(last), *self._rest(last, self._segments[last].all_words)]
        self._given(last + 1, 0)
        return words

    def _committed_in_pause(self, at: float) -> int | None:
        """Return the segment whose final was asked for in the same pause."""
        pause = self._pause(at)
        for number in range(self._next, len(self._segments)):
            committed = self._segments[number].committed
            if committed is None:
                continue
            if self._pause(committed) == pause:
                return number if at >= self._silent_since(committed) - _EARLY else None
            if self._pause(committed) > pause:
                break
        return None

    def _pause(self, at: float) -> int:
        return bisect_right(self._starts, at)

    def _silent_since(self, at: float) -> float:
        """Return since when the user was silent in the pause of that second."""
        number = bisect_right(self._silences, at) - 1
        return self._silences[number] if number >= 0 else 0.0

    def _segment_at(self, at: float) -> int:
        """Return the segment of which the speech at that second is a part."""
        number = max(0, bisect_right(self._begins, at) - 1)
        while number and (self._segments[number - 1].committed or 0.0) > at:
            number -= 1
        return number

    def _end(self, number: int) -> float:
        segment = self._segments[number]
        last = segment.partials[-1].at if segment.partials else segment.begins
        return max(last, segment.committed or 0.0)

    def _known(self, number: int, at: float) -> list[str]:
        segment = self._segments[number]
        if self._has_partials or segment.final_at is None:
            return segment.words_at(at)
        end = self._end(number)
        share = 1.0 if end <= segment.begins else min(1.0, (at - segment.begins) / (end - segment.begins))
        return segment.words[: round(share * len(segment.words))]

    def _before(self, number: int) -> list[str]:
        """Return what has not been given of the segments before one."""
        words: list[str] = []
        for earlier in range(self._next, number):
            if self.is_heard(earlier):
                words += self._rest(earlier, self._segments[earlier].all_words)
        return words

    def _rest(self, number: int, words: Sequence[str]) -> list[str]:
        return list(words[self._dropped :] if number == self._next else words)

    def _given(self, next_segment: int, dropped: int) -> None:
        self._next, self._dropped = next_segment, dropped
