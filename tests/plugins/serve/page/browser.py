"""The page in real browsers with a microphone that plays a recording.

A speech synthesiser speaks for the user: `apt-get install flite`.
"""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.browsers import Browser, Microphone

RATE = 48_000


def recording(path: Path, *said: tuple[float, str]) -> Path:
    """Write a recording in which words are said at given times, in seconds."""
    if shutil.which("flite") is None:
        pytest.skip("flite, which speaks for the user, is not installed: apt-get install flite")
    sound = np.zeros(60 * RATE, np.int16)
    for at, words in said:
        spoken = path.with_suffix(".flite.wav")
        subprocess.run(["flite", "-voice", "kal16", "-t", words, str(spoken)], check=True)
        with wave.open(str(spoken)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
            times = np.arange(0, len(samples), file.getframerate() / RATE)
        resampled = np.interp(times, np.arange(len(samples)), samples).astype(np.int16)
        sound[int(at * RATE) :][: len(resampled)] = resampled
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, len(sound), "NONE", ""))
        file.writeframes(sound.tobytes())
    return path


@contextmanager
def page_of(browser: Browser, port: int, microphone: Microphone = "denied", **options: Any) -> Iterator[Any]:
    """Open the page in a browser that plays nothing before it is tapped; yield it."""
    errors: list[str] = []
    with browser.page(microphone=microphone, **options) as page:
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.add_init_script(path=Path(__file__).with_name("tapped.js"))
        page.goto(f"http://127.0.0.1:{port}/")
        yield page
    assert errors == []


def start(page: Any) -> None:
    page.get_by_role("button", name="Start talking").click()


def heard(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("window.heard")
    return found
