"""Speech for the tests, made on the spot by flite's voice rms."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

Speak = Callable[[str], bytes]


@pytest.fixture(scope="session")
def speak(tmp_path_factory: pytest.TempPathFactory) -> Speak:
    """Return a function that says a text: s16le at 16 kHz with half a second of silence around it."""
    if shutil.which("flite") is None:
        pytest.skip("flite makes the test speech: apt-get install flite")
    folder: Path = tmp_path_factory.mktemp("speech")
    silence = bytes(16_000)

    def say(text: str) -> bytes:
        path = folder / f"{text.replace(' ', '_')[:80]}.wav"
        if not path.exists():
            subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(path)], check=True)
        with wave.open(str(path)) as speech:
            assert (speech.getframerate(), speech.getnchannels(), speech.getsampwidth()) == (16_000, 1, 2)
            return silence + speech.readframes(speech.getnframes()) + silence

    return say
