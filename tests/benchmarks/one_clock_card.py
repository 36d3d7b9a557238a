"""A virtual sound card whose microphone and speaker are recorded together, sample by sample on one clock."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy

sys.path.append(str(Path(__file__).parents[2]))
from tests.conftest import SoundServer

RATE = 48_000
USER, BOT = 0, 1
"""The channels of a recording."""
_FRAME = RATE // 100
_AT_ONCE = 1 << 16
_PATIENCE = 20.0


class Recording:
    """What the microphone heard (`USER`) and the speaker played (`BOT`).

    Places in it are counted in samples.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._sound = bytearray()
        self._began = float("inf")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def end(self) -> int:
        """Where the recording ends now."""
        return len(self._sound) // 4

    def clock(self, at: int) -> float:
        """Return when a sample was played: seconds on the system's monotonic clock, about 10 ms exact."""
        return self._began + at / RATE

    def channel(self, channel: int, begin: int, end: int | None = None) -> Any:
        """Return the samples of one channel as an array of integers."""
        sound = bytes(self._sound[4 * begin : 4 * (self.end if end is None else end)])
        return numpy.frombuffer(sound, "<i2")[channel::2].astype(numpy.int32)

    def sound(self, channel: int, begin: int, level: int) -> int:
        """Wait for a sample above a level, from a place on; return where it is."""

        def found() -> int | None:
            loud = numpy.flatnonzero(abs(self.channel(channel, begin)) > level)
            return begin + int(loud[0]) if loud.size else None

        return self._wait(found, "sound")

    def silence(self, channel: int, begin: int, seconds: float, level: int) -> int:
        """Wait for some seconds of silence, from a place on; return where they begin."""

        def found() -> int | None:
            sound = self.channel(channel, begin)
            loud = numpy.concatenate(([-1], numpy.flatnonzero(abs(sound) > level), [sound.size]))
            silent = numpy.flatnonzero(numpy.diff(loud) > seconds * RATE)
            return begin + int(loud[silent[0]]) + 1 if silent.size else None

        return self._wait(found, "silence")

    def wait(self, seconds: float) -> None:
        """Wait until the recording is longer by some seconds."""
        end = self.end + round(seconds * RATE)
        self._wait(lambda: self.end if self.end >= end else None, "end")

    def _wait(self, found: Callable[[], int | None], what: str) -> int:
        deadline = time.monotonic() + _PATIENCE
        while (place := found()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {what} in the recording for {_PATIENCE:g} s")
            time.sleep(0.02)
        return place

    def _read(self) -> None:
        while read := os.read(self._pipe, _AT_ONCE):
            self._sound += read
            # The least delayed piece tells when the recording began.
            self._began = min(self._began, time.monotonic() - self.end / RATE)


class OneClockCard(SoundServer):
    """The microphone and the speaker are the two channels of one virtual card."""

    MODULES = (
        "module-null-sink sink_name=card norewinds=1 rate=48000 channels=2 "
        "channel_map=front-left,front-right sink_properties=device.description=Card",
        "module-remap-sink sink_name=wire master=card channels=1 channel_map=mono "
        "master_channel_map=front-left remix=no sink_properties=device.description=Wire",
        "module-remap-sink sink_name=speaker master=card channels=1 channel_map=mono "
        f"master_channel_map=front-right remix=no sink_properties=device.description={SoundServer.SPEAKER}",
        "module-remap-source source_name=microphone master=card.monitor channels=1 channel_map=mono "
        "master_channel_map=front-left remix=no "
        f"source_properties=device.description={SoundServer.MICROPHONE}",
    )

    @contextmanager
    def both(self) -> Iterator[Recording]:
        """Record the microphone and the speaker while the block runs."""
        options = f"--raw --device=card.monitor --rate={RATE} --channels=2 --format=s16le --latency-msec=10"
        with subprocess.Popen(
            ["parec", *options.split()], env=self.environment, stdout=subprocess.PIPE, bufsize=0
        ) as parec:
            assert parec.stdout is not None
            try:
                recording = Recording(parec.stdout.fileno())
                recording.wait(0.1)
                yield recording
            finally:
                parec.terminate()


def end_of_speech(sound: Any, below: float) -> int:
    """Return where speech ends: the last 10 ms that are at most so many decibels below the loudest."""
    frames = sound[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(float)
    power = (frames**2).mean(axis=1)
    return (int(numpy.flatnonzero(power > power.max() * 10 ** (-below / 10))[-1]) + 1) * _FRAME
