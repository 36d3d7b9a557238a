"""A config is edited while somebody talks with its bot in a browser, and the conversation is recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from tests.browsers import Browser

from voicebot import config_named
from voicebot_recording.reading import open_recording
from voicebot_recording.report.command import command as report
from voicebot_recording.show import command as show

from .browser import heard, page_of, recording, start
from .in_thread import bot_of, serving_page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
CONFIG = """\
extends: {offline}
name: Flint
greeting: Ahoy!
synthesizer: {{voice: en-us+m5}}
record: {{folder: {folder}, min_free: 0}}
"""


def say(page: Any, text: str) -> None:
    line = page.get_by_label("Type instead of speaking")
    line.fill(text)
    line.press("Enter")


def until(page: Any, is_so: Callable[[], bool]) -> None:
    """Wait until something is so that the page does not show."""
    while not is_so():
        page.wait_for_timeout(50)


def test_a_page_goes_on_through_edits_and_the_recording_has_them(
    browser: Browser, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config, folder = tmp_path / "flint.yaml", tmp_path / "recordings"
    config.write_text(CONFIG.format(offline=config_named(Path("offline")), folder=folder))
    microphone = recording(tmp_path / "microphone.wav", (25.0, "where is the treasure"))

    def edit(old: str, new: str, told: str) -> None:
        text = config.read_text()
        assert old in text
        config.write_text(text.replace(old, new))
        until(page, lambda: any(told in record.getMessage() for record in caplog.records))

    with serving_page(lambda: bot_of(config), watch=True) as port, page_of(browser, port, microphone) as page:
        page.evaluate("window.isSame = true")
        start(page)
        page.locator("li.bot:not(.open)", has_text="Ahoy").wait_for()
        say(page, "my name is Anna")
        page.locator("li.bot:not(.open)", has_text="Anna").wait_for()

        say(page, "tell me a story")
        page.locator("li.bot.open").wait_for()
        edit("en-us+m5", "en-us+f3", "flint was changed: ")
        page.locator("li.bot:not(.open)").nth(2).wait_for()
        edit("voice:", "voise:", "unknown option 'voise'")
        page.locator("li.user", has_text="where is the treasure").wait_for()  # which is spoken
        page.locator("li.bot:not(.open)").nth(3).wait_for()
        say(page, "what is my name")
        page.locator("li.bot:not(.open)", has_text="Ye be Anna").wait_for()

        said = page.locator("li.user .words").all_text_contents()
        found = heard(page)
        assert page.evaluate("window.isSame"), "the page was not loaded again"
        assert page.get_by_role("alert").is_hidden()
        page.get_by_role("button", name="End", exact=True).click()
        page.get_by_text("Start talking").wait_for()

    assert [each.removeprefix("You: ") for each in said] == [
        "my name is Anna",
        "tell me a story",
        "where is the treasure",
        "what is my name",
    ]
    assert len([each for each in found["events"] if each["type"] == "session.created"]) == 1
    assert "error" not in {each["type"] for each in found["events"]}
    for detail in ("voise", "unknown option", "flint.yaml", "en-us+f3", str(tmp_path)):
        assert detail not in str(found["events"]), "the server tells its terminal, and nobody else"
    told = [record.getMessage() for record in caplog.records if record.name == "voicebot_serve.edits"]
    assert told == [
        "flint was changed: synthesizer.voice en-us+m5 -> en-us+f3",
        f"{config}:4:15: unknown option 'voise' of espeak; did you mean 'voice'?; the bot goes on as it was",
    ]

    (recorded,) = folder.iterdir()
    voices = [changed["synthesizer"]["voice"] for _, changed in open_recording(recorded).changed_configs()]
    assert voices == ["en-us+f3"]
    shown = CliRunner().invoke(show, [str(recorded)])
    assert shown.exit_code == 0, shown.output
    lines = click.unstyle(shown.output)
    assert "You: where is the treasure" in lines
    assert "m5 -> en-us+f3" in lines
    output = tmp_path / "report.html"
    assert CliRunner().invoke(report, [str(recorded), "-o", str(output)]).exit_code == 0
    assert "where is the treasure" in re.sub("<[^>]+>", "", output.read_text())  # each word is an element
