"""What a keyboard and a screen reader get of the page, by Chromium's own tree of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.browsers import Chromium

from voicebot.testing import ScriptedChatModel

from .browser import page_of, start
from .in_thread import offline, serving_page, toneful

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
NAMED = {"button", "textbox", "combobox", "radio", "checkbox", "meter", "main", "dialog", "link", "slider"}


def tree(page: Any) -> list[dict[str, Any]]:
    """Return what a screen reader gets: role, name and properties of everything that it can reach."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    found = []
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        if node["ignored"]:
            continue
        properties = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
        name = node.get("name", {}).get("value", "")
        found.append({"role": node["role"]["value"], "name": name, **properties})
    session.detach()
    return found


def names(found: list[dict[str, Any]], *roles: str) -> list[str]:
    return [each["name"] for each in found if each["role"] in roles]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving_page(offline) as found:
        yield found


def test_a_screen_reader_gets_every_control_by_name_and_the_parts_by_their_landmarks(port: int) -> None:
    with page_of(Chromium(), port, "missing") as page:
        before = tree(page)
        assert names(before, "button") == ["Settings", "Start talking", "Send"]
        assert names(before, "heading") == ["Captain Flint", "Talk with Captain Flint"]
        assert names(before, "banner", "main", "contentinfo") == ["", "Conversation", "Controls"]
        assert names(before, "textbox") == ["Type instead of speaking"]
        start(page)
        page.get_by_role("alert").get_by_text("No microphone was found").wait_for()
        page.locator("li.bot:not(.open)").wait_for()
        during = tree(page)
        assert names(during, "button") == ["Settings", "End", "Turn on the microphone", "Stop", "Send"]
        assert "No microphone was found" in names(during, "heading")
        page.get_by_role("button", name="Settings").click()
        settings = tree(page)
        assert names(settings, "dialog") == ["Settings"]
        assert names(settings, "radio", "combobox", "checkbox")
        for found in (before, during, settings):
            assert [each for each in found if each["role"] in NAMED and not each["name"]] == []


def test_lines_are_announced_when_it_is_quiet_problems_at_once_and_the_level_never(port: int) -> None:
    with page_of(Chromium(), port, "missing") as page:
        start(page)
        page.locator("li.bot:not(.open)").wait_for()
        line = page.get_by_label("Type instead of speaking")
        line.fill("where is the treasure")
        line.press("Enter")
        page.locator("li.bot:not(.open)").nth(1).wait_for()
        live = page.locator("[aria-live], [role=alert], [role=status], [role=log], output")
        assert [each.get_attribute("id") for each in live.all()] == ["announcer", "problem"]
        assert page.locator("#announcer").get_attribute("aria-live") == "polite"
        announced = page.locator("#announcer").inner_text()
        assert "Connected." in announced
        said = page.locator("li.bot .words").last.text_content()
        assert said.removeprefix("Captain Flint: ") in announced
        found = tree(page)
        assert {each.get("live") for each in found if each["role"] == "alert"} == {"assertive"}
        (meter,) = [each for each in found if each["role"] == "meter"]
        assert meter["name"] == "Microphone level"
        assert meter.get("live", "off") == "off"


def focused(page: Any) -> str:
    name: str = page.evaluate(
        "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
        " || document.getElementById(document.activeElement.getAttribute('aria-labelledby'))?.innerText || ''"
    )
    return name.strip()


def ring(page: Any) -> str:
    width: str = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    return width


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is() -> None:
    chat = ScriptedChatModel(["long " * 400, "All right."])
    with serving_page(toneful(chat)) as port, page_of(Chromium(), port, "missing") as page:
        order = []
        for _ in range(5):
            page.keyboard.press("Tab")
            order.append(focused(page))
            is_line = order[-1] == "Type instead of speaking"
            assert ring(page) == ("none" if is_line else "solid"), order  # the line has a coloured border
        assert order == ["Settings", "Conversation", "Start talking", "Type instead of speaking", "Send"]
        page.get_by_role("button", name="Start talking").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Turn on the microphone").wait_for()
        line = page.get_by_label("Type instead of speaking")
        line.fill("go on")
        line.press("Enter")
        page.locator("li.bot.open .words > :nth-child(2)", has_text="long").wait_for()  # it was heard
        page.keyboard.press("Escape")
        page.locator("li.bot.cut").wait_for()
        assert focused(page) == "Type instead of speaking"
        page.keyboard.press("Shift+Tab")
        assert focused(page) == "Stop"
        page.keyboard.press("Enter")
        assert focused(page) == "Stop", "a button that does nothing now keeps the focus"
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        assert focused(page) == "End"
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Start talking").wait_for()
        assert focused(page) == "Start talking", "the focus is not lost with what had it"


def test_nothing_moves_where_the_user_wants_no_motion(port: int) -> None:
    with page_of(Chromium(), port, "missing", reduced_motion="reduce") as page:
        page.get_by_label("Type instead of speaking").fill("tell me a joke")
        page.keyboard.press("Enter")
        page.locator("li.bot").first.wait_for()
        assert page.evaluate("document.getAnimations().length") == 0
        page.evaluate("document.getElementById('level').style.setProperty('--level', '1')")
        grown = page.evaluate("getComputedStyle(document.getElementById('level')).transform")
        page.evaluate("document.getElementById('level').style.setProperty('--level', '0')")
        assert page.evaluate("getComputedStyle(document.getElementById('level')).transform") == grown


def test_an_answer_that_was_stopped_before_its_first_word_is_no_line(port: int) -> None:
    show = """async (text) => {
        const { Transcript } = await import(document.scripts[0].src.replace("main.js", "transcript.js"));
        const line = { key: text, role: "bot", text, done: true, cut: true, tools: [], timed: null };
        new Transcript().render({ lines: [line], samples: {} }, false);
    }"""
    with page_of(Chromium(), port, "missing") as page:
        for text, count in (("", 0), ("so far", 1)):
            page.evaluate(show, text)
            assert names(tree(page), "listitem").count("") == count
