"""The sound of a recording: two channels, and when each piece of the user's sound came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicebot_recording.format import Json
from voicebot_recording.reading.errors import RecordingError, reason

_READ = 65_536
"""Frames that are read at once."""
_LEAST = 1024
"""Frames that are read at once where the end is looked for: those before it may be lost."""
_UNKNOWN = 2**62
"""Frames of a file whose head does not say how many there are: it was cut off before the first."""


@dataclass(frozen=True, slots=True)
class HeardSound:
    """A piece of the user's sound, as the device delivered it: mono s16le, which came at `at` (seconds)."""

    at: float
    audio: bytes


class RecordedSound:
    """The sound of both sides; unless its end is damaged, nothing is read before it is asked for.

    If the end cannot be read, the sound is what comes before. Every method raises `RecordingError` where the
    sound is damaged further ahead.

    Args:
        lines: where the pieces of the user's sound are.
    """

    def __init__(self, path: Path, lines: Iterable[Json]) -> None:
        self.path = path
        self._lines = tuple(lines)
        with _opened(path) as file:
            self.rate: int = file.samplerate
            """Samples a second."""
            written = file.frames if file.frames < _UNKNOWN else 0
            self.is_cut_off: bool = not _ends(file, written)
            """Whether its end cannot be read."""
        self.samples: int = _readable(path) if self.is_cut_off else written
        """Samples of each channel."""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.samples / self.rate

    @property
    def heard_until(self) -> float | None:
        """When the last piece of the user's sound came that is there; None if none was ever written."""
        places = list(self._places())
        whole = (at for at, sample, size in places if sample + size <= self.samples)
        return max(whole, default=0.0 if places else None)

    @property
    def is_whole(self) -> bool:
        """Whether all pieces of the user's sound are there; a recording that was cut off lacks the last."""
        return all(sample + size <= self.samples for _, sample, size in self._places())

    def user(self) -> Iterator[bytes]:
        """Yield the user's sound, from the beginning of the conversation on, in pieces of any size."""
        return (frames[:, 0].tobytes() for frames in self._frames())

    def bot(self) -> Iterator[bytes]:
        """Yield the bot's sound, likewise."""
        return (frames[:, 1].tobytes() for frames in self._frames())

    def bot_from(self, since: float, seconds: float) -> bytes:
        """Return so many seconds of the bot's sound, or what there is of them, from one second on."""
        first = min(round(since * self.rate), self.samples)
        with _opened(self.path) as file:
            file.seek(first)
            samples = min(round(seconds * self.rate), self.samples - first)
            sound: bytes = file.read(samples, dtype="int16", always_2d=True)[:, 1].tobytes()
            return sound

    def heard(self) -> Iterator[HeardSound]:
        """Yield the user's sound in the pieces in which it came, as far as it was written."""
        pieces = self.user()
        read, begins = b"", 0
        for at, sample, size in self._places():
            while begins + len(read) // 2 < sample + size:
                piece = next(pieces, None)
                if piece is None:
                    return
                passed = min(sample - begins, len(read) // 2)
                read, begins = read[passed * 2 :] + piece, begins + passed
            start = (sample - begins) * 2
            yield HeardSound(at, read[start : start + size * 2])

    def _places(self) -> Iterator[tuple[float, int, int]]:
        for line in self._lines:
            after, sizes, sample = [0.0, *line["after"]], line["samples"], line["sample"]
            sizes = sizes if isinstance(sizes, list) else [sizes] * len(after)
            for milliseconds, size in zip(after, sizes, strict=True):
                yield line["at"] + milliseconds / 1000, sample, size
                sample += size

    def _frames(self) -> Iterator[Any]:
        with _opened(self.path) as file:
            for read in range(0, self.samples, _READ):
                yield file.read(min(_READ, self.samples - read), dtype="int16", always_2d=True)


def _ends(file: Any, samples: int) -> bool:
    """Return whether the last of the samples of an opened file can be read."""
    import soundfile

    try:
        return not samples or (file.seek(samples - 1) >= 0 and len(file.read(1)) == 1)
    except soundfile.SoundFileError:
        return False


def _readable(path: Path) -> int:
    """Return how many samples can be read from the beginning of a file."""
    import soundfile

    read = 0
    with _opened(path) as file:
        try:
            while size := len(file.read(_LEAST, dtype="int16", always_2d=True)):
                read += size
        except soundfile.SoundFileError:
            pass
    return read


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            yield file
    except (soundfile.SoundFileError, OSError) as error:
        raise RecordingError(f"{path}: its sound cannot be read: {reason(error)}") from error
