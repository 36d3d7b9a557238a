"""A page of a recording in real browsers (see `tests/browsers.py`), opened from disk."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.browsers import Browser

from voicebot import load_prices
from voicebot.testing import VirtualClockLoop
from voicebot_recording.reading import open_recording
from voicebot_recording.report.page import page as page_of

from ..talks import only, talk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
NARROW, WIDE = 360, 1400
AUDIO = "document.querySelector('audio')"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page about two recordings, the second without sound."""
    found = []
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        for sound in (True, False):
            folder = tmp_path_factory.mktemp("recordings")
            runner.run(talk(folder, sound=sound))
            found.append(open_recording(only(folder).folder))
    output = tmp_path_factory.mktemp("page") / "report.html"
    output.write_text(page_of(found, lambda _: load_prices()), encoding="utf-8")
    return output


@contextmanager
def opened(browser: Browser, report: Path, **options: Any) -> Iterator[Any]:
    """Open a page from disk; fail if it reports an error or asks for anything."""
    errors: list[str] = []
    asked: list[str] = []
    with browser.page(**options) as page:
        page.on("console", lambda line: errors.append(line.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(report.as_uri())
        yield page
    assert errors == []
    assert {url for url in asked if not url.startswith(("data:", "blob:"))} <= {report.as_uri()}


def position(page: Any) -> float:
    return float(page.evaluate(f"{AUDIO}.currentTime"))


def until(page: Any, condition: str) -> None:
    """Wait until an expression is true; the page's policy forbids that it waits itself."""
    while not page.evaluate(condition):
        page.wait_for_timeout(20)


def playing(page: Any) -> None:
    """Wait until the sound plays."""
    until(page, f"!{AUDIO}.paused && {AUDIO}.currentTime > {position(page) + 0.1}")


def test_it_is_played_by_keys_and_by_clicks(browser: Browser, report: Path) -> None:
    with opened(browser, report, viewport={"width": WIDE, "height": 800}) as page:
        slider = page.get_by_role("slider", name="Position in the call")
        seconds = float(slider.get_attribute("aria-valuemax"))
        assert page.evaluate(f"{AUDIO}.controls") is False
        page.keyboard.press("Space")
        playing(page)
        page.keyboard.press("Space")
        until(page, f"{AUDIO}.paused")

        page.keyboard.press("Shift+ArrowRight")
        playing(page)
        begins = float(page.locator(".turn svg.waveform").nth(1).get_attribute("data-from"))
        assert position(page) >= begins
        assert page.locator(".turn.now h3").inner_text() == "Turn 2"

        word = page.locator(".turn span[data-at]").last
        word.click()
        at = float(word.get_attribute("data-at"))
        playing(page)
        assert at <= position(page) < at + 2
        page.keyboard.press("Space")

        waveform = page.locator(".turn svg.waveform").first
        since, end = (float(waveform.get_attribute(f"data-{name}")) for name in ("from", "to"))
        waveform.click()
        playing(page)
        assert (since + end) / 2 - 0.1 <= position(page) < (since + end) / 2 + 2
        page.keyboard.press("Space")
        until(page, f"{AUDIO}.paused")

        slider.focus()
        page.keyboard.press("Home")
        assert slider.get_attribute("aria-valuetext") == "0:00.0"
        page.keyboard.press("ArrowRight")
        until(page, f"{AUDIO}.currentTime === {min(2, seconds)}")
        page.get_by_role("button", name="Play from 0:").first.press("Enter")
        playing(page)


def test_the_browser_hears_the_bot_when_the_words_say_so(browser: Browser, report: Path) -> None:
    """What the browser decodes begins where the recording does, to some milliseconds."""
    decode = """async quiet => {
        const encoded = document.querySelector("audio").src.split(",")[1];
        const bytes = Uint8Array.from(atob(encoded), c => c.charCodeAt(0));
        const sound = await new OfflineAudioContext(2, 1, 16000).decodeAudioData(bytes.buffer);
        const bot = sound.getChannelData(1).findIndex((x, at) => at > quiet * 16000 && Math.abs(x) > 0.015);
        return { seconds: sound.duration, bot: bot / 16000 };
    }"""
    with opened(browser, report) as page:
        said = page.locator("p.bot span[data-at]").first.get_attribute("data-at")
        found = page.evaluate(decode, float(said) - 0.5)
        seconds = float(page.get_by_role("slider").get_attribute("aria-valuemax"))
        assert found["seconds"] == pytest.approx(seconds, abs=0.1)
        assert found["bot"] == pytest.approx(float(said), abs=0.05)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_read(browser: Browser, report: Path, width: int, scheme: str) -> None:
    options = {
        "viewport": {"width": width, "height": 740},
        "color_scheme": scheme,
        "reduced_motion": "reduce",
    }
    with opened(browser, report, **options) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (max(map(int, background[4:-1].split(","))) < 64) == (scheme == "dark")
        assert page.get_by_role("heading", name="Turn 2").count() == 2


def test_without_a_script_it_can_be_read_and_heard(browser: Browser, report: Path) -> None:
    with opened(browser, report, java_script_enabled=False) as page:
        assert page.locator("audio[controls]").count() == 1
        assert page.get_by_role("button", name="Play", exact=True).count() == 0
        assert page.locator(".answered").count() == 4
