"""Reading and writing of WAV files for the tests of the device `wav`."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import numpy

from voicebot import AudioStream
from voicebot.testing import VirtualClockLoop
from voicebot_audio.wav import WavDevice, WavOptions

T = TypeVar("T")


def device(**options: object) -> WavDevice:
    return WavDevice(WavOptions.model_validate(options))


async def hear(stream: AudioStream) -> list[bytes]:
    frames = []
    async for frame in stream:
        assert isinstance(frame, bytes)
        frames.append(frame)
    return frames


def simulate(work: Coroutine[Any, Any, T]) -> T:
    """Run on the virtual clock: real time without the wait, and exact."""
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(work)


def heard(path: Path, **options: object) -> tuple[int, list[bytes]]:
    async def listen() -> tuple[int, list[bytes]]:
        wav = device(input=path, **options)
        await wav.start()
        async with wav.open() as stream:
            assert stream.microphone is not None
            return stream.microphone.rate, await hear(stream)

    return simulate(listen())


def tone(rate: int, seconds: float = 0.25, frequency: float = 440.0) -> numpy.ndarray:
    return 0.5 * numpy.sin(2 * numpy.pi * frequency * numpy.arange(round(rate * seconds)) / rate)


def samples(frames: list[bytes]) -> numpy.ndarray:
    return numpy.frombuffer(b"".join(frames), "<i2").astype(float) / 32768


def written(path: Path) -> tuple[int, numpy.ndarray]:
    with wave.open(str(path)) as file:  # stricter about headers than soundfile
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getnframes() * 2 + 44 == path.stat().st_size
        return file.getframerate(), numpy.frombuffer(file.readframes(file.getnframes()), "<i2")
