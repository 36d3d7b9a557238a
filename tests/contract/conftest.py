"""Emulated services for our providers, and recordings."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from voicebot.testing.contract import Relay, relayed
from voicebot.testing.scripted import speech_frames

WORDS = "Hello there my friend."
RATE = 16_000


@pytest.fixture(scope="session")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Run Azure's emulator behind a relay; it recognises the hum in `clip` as `words`."""
    program = [sys.executable, str(Path(__file__).parent / "emulator.py"), WORDS]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        environment = json.loads(process.stdout.readline())
        relay: Relay
        with relayed("127.0.0.1", int(environment["PORT"])) as relay:
            hum = _hum(tmp_path_factory.mktemp("sound") / "hum.wav")
            yield SimpleNamespace(environment=environment, relay=relay, clip=hum, words=WORDS)
        process.communicate()


@pytest.fixture(scope="session")
def wyoming(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Run a Wyoming server behind a relay; it recognises the hum in `clip` as `words`."""
    program = [sys.executable, str(Path(__file__).parent / "wyoming_server.py"), WORDS]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        relay: Relay
        with relayed("127.0.0.1", int(process.stdout.readline())) as relay:
            hum = _hum(tmp_path_factory.mktemp("sound") / "hum.wav")
            yield SimpleNamespace(relay=relay, clip=hum, words=WORDS)
        process.communicate()


@pytest.fixture(scope="session")
def scripted_speech(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Return a recording that scripted recognisers recognise."""
    words = "there is a parrot on my left shoulder"
    clip = _record(tmp_path_factory.mktemp("sound") / "parrot.wav", b"".join(speech_frames(words, 1.0)))
    return SimpleNamespace(clip=clip, words=words)


def _hum(path: Path) -> Path:
    wave_of_20_ms = struct.pack("<320h", *(round(8_000 * math.sin(math.pi * at / 16)) for at in range(320)))
    return _record(path, bytes(6_400) + wave_of_20_ms * 50 + bytes(12_800))


def _record(path: Path, sound: bytes) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound)
    return path
