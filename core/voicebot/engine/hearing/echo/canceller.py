"""Taking the bot's own voice out of what the microphone hears, with WebRTC's audio processing."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from functools import cache
from typing import Any

from voicebot.audio import AudioFormat
from voicebot.errors import ProviderError
from voicebot.plugin.packages import OURS, install_command

BLOCK = 0.01
"""Seconds of sound that are processed at a time."""
_CALL_BEGINS, _LATEST_CALL = 0.05, 2.0
"""Seconds in which the library's last call of Python begins, and ends."""


def load() -> None:
    """Import what cancels echo; takes a quarter of a second, once.

    Raises:
        ProviderError: it is not there, or does not run on this machine.
    """
    try:
        _library()
    except (ImportError, OSError) as error:
        raise ProviderError(
            f"echo: cancel cannot be had: {error}; {install_command(f'{OURS}[aec]')}, or use `echo: mute`"
        ) from error


def _library() -> Any:
    from livekit import rtc

    _prepare_end()
    return rtc


@cache
def _prepare_end() -> None:
    # The first to be registered is the last to be called: when the library has been disposed of.
    atexit.register(_wait_for_foreign_threads)


def _wait_for_foreign_threads() -> None:
    """Wait until no thread that the library started is on its way through Python.

    It tells Python of its start and its end from such threads. One that the end of the interpreter meets
    there is ended by it, in the midst of Rust code, which aborts the process.
    """
    ends = time.monotonic() + _LATEST_CALL
    quiet = time.monotonic() + _CALL_BEGINS
    while time.monotonic() < (ends if _foreign_threads() else min(quiet, ends)):
        time.sleep(0.001)


def _foreign_threads() -> set[int]:
    """Return the threads that are in Python, or about to enter it, and were not started by Python."""
    own = {thread.ident for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}
    return sys._current_exceptions().keys() - own


class EchoCanceller:
    """Learns what the room makes of what is played, and takes that away.

    It finds by itself how late the echo is, within half a second of speech.

    Args:
        microphone: format of what is heard.
        speaker: format of what is played.
    """

    def __init__(self, microphone: AudioFormat, speaker: AudioFormat) -> None:
        rtc = _library()
        self._microphone = microphone
        self._speaker = speaker
        self._frame = rtc.AudioFrame
        self._processing = rtc.AudioProcessingModule(
            echo_cancellation=True, noise_suppression=True, high_pass_filter=True
        )

    def hear(self, heard: bytes, played: bytes) -> bytes:
        """Return what is heard without the echo of what was played; both hold as many blocks of 10 ms."""
        cleaned = []
        for index in range(len(heard) // self._microphone.bytes_in(BLOCK)):
            self._processing.process_reverse_stream(self._block(played, index, self._speaker))
            block = self._block(heard, index, self._microphone)
            self._processing.process_stream(block)
            cleaned.append(bytes(block.data))
        return b"".join(cleaned)

    def _block(self, audio: bytes, index: int, sound: AudioFormat) -> Any:
        size = sound.rate // 100
        return self._frame(audio[2 * index * size : 2 * (index + 1) * size], sound.rate, 1, size)
