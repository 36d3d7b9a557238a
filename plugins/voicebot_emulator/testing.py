"""The emulator for tests, and a user whom it can hear.

`running` runs an emulator in a thread of its own while a test waits for a program or an SDK. In an
asynchronous test, use `Emulator` itself, which is an async context manager.
"""

from __future__ import annotations

import asyncio
import math
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from voicebot.testing import ScriptedUser
from voicebot_emulator.faults import Fault
from voicebot_emulator.server import Emulator

T = TypeVar("T")


class LoudUser(ScriptedUser):
    """A scripted user who hums instead of speaking; the emulator's script says which words that is."""

    def frames(self, text: str, seconds: float) -> list[bytes]:
        """Return a hum whose frames begin with a 1, by which `ScriptedVoiceActivity` knows speech."""
        return [_HUM] * max(1, round(seconds / 0.02))


_HUM = (
    b"\x01"
    + struct.pack(
        "<320h", *(round(8_000 * math.sin(2 * math.pi * 10 * sample / 320)) for sample in range(320))
    )[1:]
)
"""20 ms of 500 Hz at 16 kHz, s16le."""


class RunningEmulator:
    """An emulator in another thread; calls here are passed on to it."""

    def __init__(self, emulator: Emulator, loop: asyncio.AbstractEventLoop) -> None:
        self.emulator = emulator
        self._loop = loop

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make the shipped configs talk to it."""
        return self.emulator.environment

    def set_faults(self, *faults: Fault | str) -> None:
        """Replace the faults that are set."""
        self.call(lambda: self.emulator.set_faults(faults))

    def call(self, function: Callable[[], T]) -> T:
        """Run a function in the emulator's thread, and return its result."""

        async def run() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)


@contextmanager
def running(emulator: Emulator, faults: Iterable[Fault | str] = ()) -> Iterator[RunningEmulator]:
    """Run an emulator until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="emulator", daemon=True)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(emulator.__aenter__(), loop).result(60)
        try:
            running_emulator = RunningEmulator(emulator, loop)
            running_emulator.set_faults(*faults)
            yield running_emulator
        finally:
            asyncio.run_coroutine_threadsafe(emulator.aclose(), loop).result(30)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
