"""The browsers of this machine, driven by playwright from PyPI: `apt-get install chromium firefox-esr`.

Playwright drives Chromium by its own protocol, and an unchanged Firefox by WebDriver BiDi. Versions of
playwright from 1.65 on ask for a part of BiDi that Firefox 153 lacks: `pip install 'playwright<1.65'`.
"""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest

Microphone = Path | Literal["denied", "missing"]
"""A recording that it plays once it is opened, or why there is none."""
OPENED = "the microphone is open"
"""What a page writes to the console then."""
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
_NO_SOUND = {"PULSE_SERVER": "unix:/nonexistent", "ALSA_CONFIG_PATH": os.devnull}


class Browser(ABC):
    """One that is installed; skips a test if it is not."""

    programs: ClassVar[tuple[str, ...]]
    remarks: ClassVar[tuple[str, ...]] = ()
    """Ends of what it takes for errors of a page, and what are none."""

    def __init__(self) -> None:
        found = [path for name in self.programs if (path := shutil.which(name))]
        if not found:
            pytest.skip(f"not installed: {', '.join(self.programs)}")
        self.path = found[0]

    @contextmanager
    def page(self, *, microphone: Microphone = "denied", **options: Any) -> Iterator[Any]:
        """Yield an empty page of playwright; fail at the end if scripts in it had errors.

        Args:
            options: of playwright's `new_context`.
        """
        playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
        errors: list[str] = []
        with playwright.sync_playwright() as driver, ExitStack() as stack:
            context = self._context(driver, microphone, options, stack)
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            yield page
            context.browser.close()
        wrong = [error for error in errors if not error.endswith(self.remarks)]
        assert not wrong, wrong

    @abstractmethod
    def _context(self, driver: Any, microphone: Microphone, options: dict[str, Any], stack: ExitStack) -> Any:
        """Start it; what has to be ended with it goes to the stack."""


class Chromium(Browser):
    """Has a microphone that plays a file."""

    programs = ("chromium", "chromium-browser", "google-chrome")

    def _context(self, driver: Any, microphone: Microphone, options: dict[str, Any], stack: ExitStack) -> Any:
        arguments = [*QUIET, "--autoplay-policy=user-gesture-required"]
        allowed = "--use-fake-ui-for-media-stream" if microphone != "denied" else "--deny-permission-prompts"
        arguments.append(allowed)
        if microphone != "missing":
            arguments.append("--use-fake-device-for-media-stream")
        if isinstance(microphone, Path):
            arguments.append(f"--use-file-for-fake-audio-capture={microphone}%noloop")
        environment = {**os.environ, **(_NO_SOUND if microphone == "missing" else {})}
        browser = driver.chromium.launch(executable_path=self.path, args=arguments, env=environment)
        return browser.new_context(**options)


class Firefox(Browser):
    """Has the microphone and the speaker of a sound server."""

    programs = ("firefox-esr", "firefox")
    remarks = ("was interrupted while the page was loading.",)  # a connection, when the page is closed
    preferences: ClassVar[dict[tuple[str, object], dict[str, object]]] = {
        ("color_scheme", "light"): {"layout.css.prefers-color-scheme.content-override": 1},
        ("color_scheme", "dark"): {"layout.css.prefers-color-scheme.content-override": 0},
        ("reduced_motion", "reduce"): {"ui.prefersReducedMotion": 1},
        ("java_script_enabled", False): {"javascript.enabled": False},
    }
    """Stand for options of playwright that BiDi lacks."""

    def __init__(self, sound_server: Any) -> None:
        super().__init__()
        self._sound_server = sound_server

    def _context(self, driver: Any, microphone: Microphone, options: dict[str, Any], stack: ExitStack) -> Any:
        preferences: dict[str, object] = {
            "media.navigator.permission.disabled": microphone != "denied",  # allows it
            "permissions.default.microphone": 2 if microphone == "denied" else 0,
        }
        others = dict(options)
        for (name, value), chosen in self.preferences.items():
            if options.get(name) == value:
                preferences |= chosen
                del others[name]
        browser = driver.firefox.launch(
            channel="moz-firefox",
            executable_path=self.path,
            env=self._sound_server.environment | (_NO_SOUND if microphone == "missing" else {}),
            firefox_user_prefs=preferences,
        )
        try:
            context = browser.new_context(**others)
        except Exception as error:
            if "unknown command" not in str(error):
                raise
            pytest.skip(f"this playwright asks more than Firefox {browser.version} knows: {error}")

        def noted(line: Any) -> None:
            if line.text == OPENED and isinstance(microphone, Path):
                stack.enter_context(self._sound_server.playing(microphone))

        context.on("console", noted)
        return context
