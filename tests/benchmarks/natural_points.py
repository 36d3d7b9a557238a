"""Recorded speech in which a turn pauses or is over at known times: a folder of WAV files and labels.json.

labels.json is a list of {"file", "kind", "at", "seconds", "turn_begins", "words_so_far", "source"}, times in
seconds from the beginning of the recording: `at` is where a silence begins, `kind` is "pause" if the speaker
went on after `seconds`, and "end" if the turn was over. An entry may also say the `language`, a BCP 47 tag.
"""

from __future__ import annotations

import json
import math
import reprlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

from labelled_clips import RATE, read_sound

Kind = Literal["pause", "end"]
_SAMPLE_BYTES = 2


@dataclass(frozen=True)
class Point:
    """A silence after speech; times are in seconds from the beginning of its recording.

    `seconds` is how long a pause lasted, None at an end. The silence is over at `quiet_until`: where the
    speaker goes on or, after an end, where the next turn begins or the recording ends.
    """

    file: str
    kind: Kind
    at: float
    seconds: float | None
    turn_begins: float
    words: str
    source: str
    quiet_until: float
    language: str = ""
    """BCP 47 tag of what is said; empty if the entry does not say it."""

    def is_cut_off(self, wait: float) -> bool:
        """Return whether the speaker went on, but later than after `wait` seconds."""
        return self.seconds is not None and self.seconds > wait


@dataclass(frozen=True)
class Recording:
    """16 kHz, mono, s16le, and its points in the order of time."""

    sound: bytes
    points: tuple[Point, ...]

    def pauses_before(self, point: Point, shortest: float) -> tuple[float, ...]:
        """Return the seconds of the earlier pauses that lasted so long at least, the latest last."""
        return tuple(
            earlier.seconds
            for earlier in self.points
            if earlier.seconds is not None and earlier.at < point.at and earlier.seconds >= shortest
        )


def read_recordings(folder: Path) -> list[Recording]:
    """Return the recordings that labels.json names; exit with one line where it is wrong."""
    labels = folder / "labels.json"
    try:
        entries = json.loads(labels.read_text(encoding="utf-8"))
    except OSError as error:
        raise SystemExit(f"{labels}: {error.strerror}; it must list the points of this folder") from error
    except ValueError as error:
        raise SystemExit(f"{labels}: not JSON: {error}") from error
    if not isinstance(entries, list):
        raise SystemExit(f"{labels}: expected a list of points, not {reprlib.repr(entries)}")
    by_file: defaultdict[str, list[_Entry]] = defaultdict(list)
    for number, values in enumerate(entries, 1):
        entry = _Entry(labels, number, values)
        by_file[entry.file].append(entry)
    recordings = [_recording(folder / file, of_file) for file, of_file in by_file.items()]
    kinds = {point.kind for recording in recordings for point in recording.points}
    if kinds != {"pause", "end"}:
        raise SystemExit(f"{labels}: it needs at least one pause and one end")
    return recordings


def _recording(path: Path, entries: list[_Entry]) -> Recording:
    sound = read_sound(path)
    lasts = len(sound) / _SAMPLE_BYTES / RATE
    begins = sorted(entry.turn_begins for entry in entries)
    points = [
        entry.point(lasts, next((begin for begin in begins if begin > entry.at), lasts)) for entry in entries
    ]
    return Recording(sound, tuple(sorted(points, key=lambda point: point.at)))


class _Entry:
    """One entry of labels.json, checked; numbers count from 1."""

    def __init__(self, labels: Path, number: int, values: Any) -> None:
        self._where = f"{labels}: entry {number}"
        if not isinstance(values, dict):
            self._refuse(f"expected an object, not {reprlib.repr(values)}")
        self._values: dict[str, Any] = values
        self.file = self._text("file")
        self._where += f" ({self.file})"
        kind = self._text("kind")
        if kind not in {"pause", "end"}:
            self._refuse(f"kind: expected pause or end, not {kind!r}")
        self.kind = cast("Kind", kind)
        self.at, self.turn_begins = self._seconds("at"), self._seconds("turn_begins")
        if self.turn_begins >= self.at:
            self._refuse(f"turn_begins: {self.turn_begins:g} is not before at, {self.at:g}")
        self.seconds = self._seconds("seconds") if kind == "pause" else None
        if self.seconds == 0:
            self._refuse("seconds: a pause must last longer than 0")
        self.words, self.source = self._text("words_so_far"), self._text("source")
        self.language = self._text("language") if "language" in values else ""

    def point(self, lasts: float, next_turn: float) -> Point:
        """Return the point.

        Args:
            lasts: seconds of the recording.
            next_turn: when the next turn begins in it.
        """
        quiet_until = min(next_turn, lasts) if self.seconds is None else self.at + self.seconds
        if max(self.at, quiet_until) > lasts:
            ends = f"{self.at:g}" if self.seconds is None else f"{self.at:g} and seconds of {self.seconds:g}"
            self._refuse(f"at: {ends} are beyond the recording's end, {lasts:g}")
        return Point(
            self.file,
            self.kind,
            self.at,
            self.seconds,
            self.turn_begins,
            self.words,
            self.source,
            quiet_until,
            self.language,
        )

    def _text(self, key: str) -> str:
        value = self._values.get(key)
        if not isinstance(value, str) or not (value.isprintable() or key == "words_so_far"):
            self._refuse(f"{key}: expected printable text, not {reprlib.repr(value)}")
        return value

    def _seconds(self, key: str) -> float:
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            self._refuse(f"{key}: expected seconds, 0 or more, not {reprlib.repr(value)}")
        return float(value)

    def _refuse(self, why: str) -> NoReturn:
        raise SystemExit(f"{self._where}: {why}")
