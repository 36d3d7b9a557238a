"""Removing the bot's own voice from what the microphone captures, with WebRTC's audio processing."""

from __future__ import annotations

import asyncio
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
_LAST_CALL_BEGINS, _LAST_CALL_ENDS = 0.05, 2.0
"""Seconds within which the library's last call into Python begins, and ends."""


async def start(failures: list[str]) -> None:
    """Load the library in a thread; add what went wrong to `failures`."""
    try:
        await asyncio.to_thread(load)
    except ProviderError as error:
        failures.append(str(error))


def load() -> None:
    """Import the library that cancels echo, which takes a quarter of a second the first time.

    Raises:
        ProviderError: it is not installed, or does not run on this machine.
    """
    try:
        _library()
    except (ImportError, OSError) as error:
        raise ProviderError(
            f"echo: cancel is not available: {error}; {install_command(f'{OURS}[aec]')}, or use `echo: mute`"
        ) from error


def _library() -> Any:
    from livekit import rtc

    _register_exit_handler()
    return rtc


@cache
def _register_exit_handler() -> None:
    # The handler that is registered first is called last: after the library has been disposed of.
    atexit.register(_wait_for_foreign_threads)


def _wait_for_foreign_threads() -> None:
    """Wait until no thread of the library is running Python code.

    The library reports its start and its end to Python from threads of its own. The interpreter ends a
    thread that enters Python during shutdown; in the middle of Rust code, that aborts the process.
    """
    ends = time.monotonic() + _LAST_CALL_ENDS
    quiet = time.monotonic() + _LAST_CALL_BEGINS
    while time.monotonic() < (ends if _foreign_threads() else min(quiet, ends)):
        time.sleep(0.001)


def _foreign_threads() -> set[int]:
    """Return the threads that run Python code, or are about to, and were not started by Python."""
    own = {thread.ident for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)}
    return sys._current_exceptions().keys() - own


class EchoCanceller:
    """Learns how the room changes the sound that is played, and removes that from the captured sound.

    It finds the delay of the echo by itself, within half a second of speech.

    Args:
        microphone: format of the captured sound.
        speaker: format of the sound that is played.
    """

    def __init__(self, microphone: AudioFormat, speaker: AudioFormat) -> None:
        rtc = _library()
        self._microphone = microphone
        self._speaker = speaker
        self._frame = rtc.AudioFrame
        self._processing = rtc.AudioProcessingModule(
            echo_cancellation=True, noise_suppression=True, high_pass_filter=True
        )

    def process(self, captured: bytes, played: bytes) -> bytes:
        """Return the captured sound without the echo of what was played.

        Both hold the same number of blocks of 10 ms.
        """
        cleaned = []
        for index in range(len(captured) // self._microphone.bytes_in(BLOCK)):
            self._processing.process_reverse_stream(self._block(played, index, self._speaker))
            block = self._block(captured, index, self._microphone)
            self._processing.process_stream(block)
            cleaned.append(bytes(block.data))
        return b"".join(cleaned)

    def _block(self, audio: bytes, index: int, audio_format: AudioFormat) -> Any:
        size = audio_format.rate // 100
        return self._frame(audio[2 * index * size : 2 * (index + 1) * size], audio_format.rate, 1, size)
