"""A FLAC file that can be read while it is written, and after its writer was killed.

An encoder writes the number of samples into the head of the file when it is closed. Readers take a file
without it for endless, or refuse it. So this writes how many samples are in the file after each write.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from voicebot_recording.writing import files

_LEVEL = 0.25
"""The best with short blocks (1152 samples): what is not in a block yet is lost if the process is killed."""
_CHANNELS = 2
_BYTES_PER_FRAME = 2 * _CHANNELS
_BLOCK_SIZE_AT, _COUNT_AT = 8, 22
"""Where the head has the size of blocks (2 bytes), and the lower 32 bits of the number of samples."""


class FlacFile:
    """Writes two channels of 16 bit; raises `OSError` if something cannot be written.

    Args:
        rate: samples a second.
    """

    def __init__(self, path: Path, rate: int) -> None:
        import soundfile

        os.close(files.create(path))
        self._error = soundfile.SoundFileError
        self._path = path
        self._written = self._counted = 0
        self._head = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            self._file: Any = soundfile.SoundFile(
                path, "w", rate, _CHANNELS, "PCM_16", format="FLAC", compression_level=_LEVEL
            )
        except self._error as error:
            raise OSError(f"{path}: {error}") from error

    def write(self, frames: bytes) -> None:
        """Add frames: a sample of each channel, s16le."""
        try:
            self._file.buffer_write(frames, dtype="int16")
        except (self._error, AssertionError) as error:  # soundfile asserts that all was written
            raise _failed(self._path, error) from error
        self._written += len(frames) // _BYTES_PER_FRAME

    def count(self) -> None:
        """Note in the head how many samples are in the file."""
        os.lseek(self._head, _BLOCK_SIZE_AT, os.SEEK_SET)
        block = int.from_bytes(os.read(self._head, 2), "big")
        # the encoder looks one sample ahead
        complete = max(0, self._written - 1) // block * block if block else 0
        if complete > self._counted:
            self._counted = complete
            os.lseek(self._head, _COUNT_AT, os.SEEK_SET)
            files.write(self._head, (complete & 0xFFFFFFFF).to_bytes(4, "big"))

    def close(self) -> None:
        """Write the rest."""
        try:
            self._file.close()
        except (self._error, AssertionError) as error:
            raise _failed(self._path, error) from error
        finally:
            os.close(self._head)


def _failed(path: Path, error: Exception) -> OSError:
    """Return the error of the system behind one of the library, which does not say what it was."""
    try:
        files_system = os.statvfs(path)
        if not files_system.f_bavail:
            return OSError(f"{path}: no space left on the disk")
    except (OSError, AttributeError):
        pass
    return OSError(f"{path}: cannot be written ({error})")
