"""Sound made for the audio plugin's tests."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    """Return a function that speaks a text: int16 samples at 16 kHz, silent before and after."""
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed (apt-get install flite)")
    import soundfile

    folder: Path = tmp_path_factory.mktemp("speech")

    def speak(text: str) -> Any:
        path = folder / "speech.wav"
        subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", str(path)], check=True, timeout=60)
        samples, rate = soundfile.read(path, dtype="int16")
        assert rate == 16_000
        return samples

    return speak
