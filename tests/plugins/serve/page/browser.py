"""A real browser with a microphone that plays a recording.

It needs Chromium, a speech synthesiser for the user (flite), and playwright from PyPI, which drives the
Chromium that is installed: `apt-get install chromium flite`, `pip install playwright`.
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

RATE = 48_000
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Has Chromium ask for nothing but the page."""


def browser_path() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium is installed: apt-get install chromium")


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
def page_of(port: int, microphone: Path | None, **options: Any) -> Iterator[Any]:
    """Open the page in a browser that plays nothing before it is tapped; yield it."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = browser_path()
    fake = ["--use-fake-device-for-media-stream"] if microphone else []
    if microphone:
        fake += ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={microphone}%noloop"]
    errors: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path,
            args=[*fake, *QUIET, "--autoplay-policy=user-gesture-required"],
        )
        page = browser.new_context(**options).new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)
        page.add_init_script(path=Path(__file__).with_name("tapped.js"))
        page.goto(f"http://127.0.0.1:{port}/")
        yield page
        browser.close()
    assert errors == []


def start(page: Any) -> None:
    page.get_by_role("button", name="Start talking").click()


def heard(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("window.heard")
    return found
