"""A process that uses the device `sound-card`, and what it played and heard."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy
import pytest

PRELUDE = """
import asyncio, json, os, sys, time
import numpy
from voicebot import DeviceError, DeviceLost, DeviceReopened
from voicebot_audio.sound_card import SoundCardDevice, SoundCardOptions

def tone(seconds, frequency=440):
    wave = numpy.sin(2 * numpy.pi * frequency * numpy.arange(round(24_000 * seconds)) / 24_000)
    return (8_000 * wave).astype("<i2").tobytes()

def tell(**facts):
    print(json.dumps(facts), flush=True)

async def main():
    device = SoundCardDevice(SoundCardOptions.model_validate_json(sys.argv[1]))
    await device.start()
    async with device.open() as stream:
        await converse(device, stream)
    await device.aclose()

def run():
    try:
        asyncio.run(main())
    except DeviceError as error:
        tell(error=str(error))
    except KeyboardInterrupt:
        tell(interrupted=True)
"""


@contextmanager
def running(
    converse: str, environment: Mapping[str, str], *arguments: str, **options: object
) -> Iterator[subprocess.Popen[str]]:
    """Run `async def converse(device, stream)` in a process of its own, which must end by itself."""
    program = PRELUDE + converse + "\nrun()\n"
    command = [sys.executable, "-c", program, json.dumps(options), *arguments]
    with subprocess.Popen(
        command,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        # A process that hangs is ended, so that the reads below end too.
        guard = threading.Timer(60, process.kill)
        guard.start()
        try:
            yield process
            assert process.stderr is not None
            assert process.stderr.read() == ""
            assert process.wait() == 0
        finally:
            guard.cancel()
            process.kill()


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.stderr.read() if process.stderr else ""
    facts: dict[str, Any] = json.loads(line)
    return facts


def loud(sound: bytes, rate: int) -> Any:
    """Return which 5 ms of the sound are loud."""
    samples = numpy.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(float)
    size = rate // 200
    windows = samples[: len(samples) // size * size].reshape(-1, size)
    return numpy.sqrt((windows**2).mean(axis=1)) > 500


def pitches(sound: bytes, rate: int) -> list[float]:
    """Return the strongest frequency of each piece of sound without a gap that is long enough for one.

    A busy machine leaves gaps in what a card plays and records, but what is between them sounds as it should.
    """
    edges = numpy.flatnonzero(numpy.diff(loud(sound, rate).astype(int), prepend=0, append=0)).reshape(-1, 2)
    size = rate // 200
    samples = numpy.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(float)
    pieces = [samples[first * size : last * size] for first, last in edges if last - first >= 10]
    return [
        float(numpy.abs(numpy.fft.rfft(each * numpy.hanning(len(each)))).argmax() * rate / len(each))
        for each in pieces
    ]


def is_tone(frequency: float) -> Any:
    """Return a value that equals a frequency measured over at least 50 ms."""
    return pytest.approx(frequency, abs=25)
