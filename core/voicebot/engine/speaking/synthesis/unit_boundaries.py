"""Where in a streamed synthesis each unit of a reply begins: its audio comes in one piece for all units."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from voicebot.audio import AudioFormat
from voicebot.dataclass import dataclass
from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.units.speaking_rate import SpeakingRate, typical_duration
from voicebot.messages import WordTiming

_OVERDUE = 2.0
"""How many times longer than expected a unit may be before word timings are no longer waited for."""


@dataclass(slots=True)
class _Place:
    """A unit whose text begins at character `offset`, and its audio at second `at` once that is known."""

    audio: UnitAudio
    offset: int
    at: float | None = None


class UnitBoundaries:
    """Divides the audio of a stream among its units.

    A unit begins with its first word where the synthesizer reports word timings; elsewhere after as long as
    the unit before should take at the voice's speaking rate.

    Args:
        format: the audio's.
    """

    def __init__(self, format: AudioFormat, speaking_rate: SpeakingRate) -> None:
        self.length = 0
        """Characters of text so far."""
        self.size = 0
        """Bytes of audio so far."""
        self._format = format
        self._speaking_rate = speaking_rate
        self._typical_duration = 0.0
        self._places: deque[_Place] = deque()
        """The unit whose audio is arriving, and those after it."""
        self._unit_start = 0
        """Size of the audio before that unit."""
        self._has_timings = False

    def __len__(self) -> int:
        """Return how many units have not been given all of their audio."""
        return len(self._places)

    def add(self, audio: UnitAudio) -> str:
        """Add a unit; return the text to synthesize."""
        self._places.append(_Place(audio, self.length, at=None if self.length else 0.0))
        text = audio.unit.spoken + " "
        self.length += len(text)
        self._typical_duration += typical_duration(text)
        return text

    def add_timing(self, timing: WordTiming) -> None:
        """Give a word timing to the unit that it belongs to."""
        self._has_timings = True
        place = next((p for p in reversed(self._places) if p.offset <= timing.offset), None)
        if place is None:
            return
        if place.at is None:
            place.at = timing.at
        in_unit = WordTiming(timing.offset - place.offset, timing.length, timing.at - place.at)
        place.audio.unit.timings.append(in_unit)

    def divide(self, audio: bytes) -> Iterator[tuple[UnitAudio, bytes | None]]:
        """Yield the next audio in parts, each with its unit, and each unit once more with None at its end."""
        while audio:
            following, start = self._following()
            part = audio[: max(0, start - self.size)] if following else audio
            audio = audio[len(part) :]
            if part:
                self.size += len(part)
                yield self._places[0].audio, part
            if following and self.size >= start:
                while self._places[0] is not following:
                    yield self._places[0].audio, None
                    self._places.popleft()
                self._unit_start = self.size

    def finish(self) -> list[UnitAudio]:
        """Return the units that have not ended: there is no more audio."""
        unfinished = [place.audio for place in self._places]
        self._places.clear()
        return unfinished

    def learn_rate(self) -> None:
        """Learn the voice's speaking rate from the whole stream, if there were no word timings to go by."""
        if not self._has_timings:
            self._speaking_rate.learn(self._typical_duration, self._format.seconds_in(self.size))

    def _following(self) -> tuple[_Place | None, int]:
        """Return the unit that begins next, if that is known, and the size of the audio before it."""
        for place in islice(self._places, 1, None):
            if place.at is not None:
                return place, self._format.bytes_in(place.at)
        unit = self._places[0].audio.unit
        expected = self._format.bytes_in(self._speaking_rate.duration(unit.spoken))
        is_overdue = self.size - self._unit_start > _OVERDUE * expected  # timings have stopped coming
        if len(self._places) < 2 or (self._has_timings and not is_overdue):
            return None, 0
        return self._places[1], self._unit_start + expected
