"""Read sound files of every PCM format, and write WAV files in mono s16le."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from voicebot import AudioFormat, DeviceError

# What libsndfile reads and soxr can convert; a header with 3 Hz is broken.
_RATES = range(1_000, 768_001)
_FRAMES_PER_BLOCK = 25
_DESCRIPTORS = Path("/dev/fd")


class Recording:
    """A sound file to listen to, read in blocks so that its length does not matter."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = _open(path)
        self.format = AudioFormat(self._file.samplerate)

    def frames(self) -> Iterator[bytes]:
        """Yield the sound as mono s16le in frames of 20 ms, the last of which may be shorter.

        Raises:
            DeviceError: the file cannot be read to its end.
        """
        size = self.format.bytes_in(0.02)
        while block := self._read(size // 2 * _FRAMES_PER_BLOCK):
            for start in range(0, len(block), size):
                yield block[start : start + size]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self, samples: int) -> bytes:
        import numpy
        import soundfile

        try:
            channels = self._file.read(samples, dtype="float32", always_2d=True)
        except (OSError, soundfile.SoundFileError) as error:
            raise DeviceError(f"{self._path}: cannot be read to its end: {error}") from error
        # Floating-point files may hold anything: NaN becomes silence, and loud sound is clipped where a cast
        # would wrap around.
        mono = numpy.nan_to_num(channels.mean(axis=1) * 32768.0, nan=0.0)
        sound: bytes = mono.round().clip(-32768, 32767).astype("<i2").tobytes()
        return sound


def _open(path: Path) -> Any:
    """Open a sound file.

    Raises:
        DeviceError: it is not a sound file that can be read.
    """
    import soundfile

    try:
        if path.exists() and not path.is_file():
            raise DeviceError(f"{path}: is {'a folder' if path.is_dir() else 'not a file'}, not a recording")
        with path.open("rb") as file:
            if not file.read(1):
                raise DeviceError(f"{path}: is empty")
        sound = soundfile.SoundFile(path)
    except OSError as error:
        raise DeviceError(f"{path}: {error.strerror or error}") from error
    except (soundfile.SoundFileError, TypeError, ValueError) as error:
        # TypeError: files named *.raw, whose format is unknown.
        raise DeviceError(f"{path}: is not a sound file that can be read, such as a WAV") from error
    problem = None
    if sound.frames == 0:
        problem = "has a header but no sound"
    elif sound.samplerate not in _RATES:
        problem = f"claims {sound.samplerate} samples per second, which cannot be right"
    if problem is not None:
        sound.close()
        raise DeviceError(f"{path}: {problem}")
    return sound


def _created(path: Path) -> BinaryIO:
    """Open a file for writing; what a descriptor in /dev/fd refers to is neither reopened nor truncated."""
    if path.parent == _DESCRIPTORS and path.name.isdecimal():
        return open(os.dup(int(path.name)), "wb")
    return path.open("wb")


def _appends(file: BinaryIO) -> bool:
    """Return whether the file is in append mode, as after `>>`."""
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    return bool(fcntl.fcntl(file.fileno(), fcntl.F_GETFL) & os.O_APPEND)


class WavWriter:
    """Writes a WAV file that is valid after every write, whatever stops the process."""

    def __init__(self, path: Path, sound_format: AudioFormat) -> None:
        self._path = path
        self._format = sound_format
        self._size = 0
        is_new = not path.exists()
        try:
            self._file = _created(path)
        except FileNotFoundError as error:
            raise DeviceError(f"{path}: cannot be written: there is no folder {path.parent}") from error
        except OSError as error:
            raise self._failed(error) from error
        try:
            # The header of a pipe cannot be corrected afterwards, so it announces the greatest size.
            self._seekable = self._file.seekable() and not _appends(self._file)
            self._start = self._file.tell() if self._seekable else 0
            self._file.write(self._header(0 if self._seekable else 0x7FFF_FF00))
            self._file.flush()
        except OSError as error:
            self.close()
            if is_new:
                path.unlink(missing_ok=True)
            raise self._failed(error) from error

    def write(self, audio: bytes) -> None:
        """Append sound.

        Raises:
            DeviceError: the disk is full or gone.
        """
        if not audio:
            return
        try:
            self._file.write(audio)
            self._file.flush()
            self._size += len(audio)
            if self._seekable:
                self._file.seek(self._start)
                self._file.write(self._header(self._size))
                self._file.flush()
                self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise self._failed(error) from error

    def close(self) -> None:
        """Close the file; what could be written stays."""
        # After a full disk, Python tries to write the rest once more; that failure was already reported.
        with suppress(OSError):
            self._file.close()

    def _failed(self, error: OSError) -> DeviceError:
        return DeviceError(f"{self._path}: cannot be written: {error.strerror or error}")

    def _header(self, size: int) -> bytes:
        size = min(size, 0xFFFF_FF00)
        rate = self._format.rate
        chunk = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, self._format.bytes_per_second, 2, 16)
        return struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE") + chunk + struct.pack("<4sI", b"data", size)
