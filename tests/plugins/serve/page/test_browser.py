"""Real browsers with a microphone that plays a recording: they talk with the offline pirate on the page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from tests.browsers import Browser, Microphone

from voicebot.testing import ScriptedChatModel

from .browser import heard, page_of, recording, start
from .in_thread import WORD, Network, in_thread, offline, serving_page, toneful

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
LOUD = 0.01
"""Peak of a sample that can be heard."""
EXACT = 0.05
"""Seconds within which the chat model has to get what was heard; it gets whole words."""
SILENT = 0.1
"""Seconds within which an interrupted bot has to be silent."""


def first(found: list[list[float]], after: float = 0.0) -> float:
    return next(time for time, peak in found if time >= after and peak > LOUD)


def pause_after(found: list[list[float]], at: float, quiet: float = 0.3) -> float:
    """Return when sound ended that was followed by quiet, after a time or just before."""
    last = at
    for time, peak in found:
        if time < at:
            continue
        if time - last > quiet:
            break
        if peak > LOUD:
            last = time
    return last


def test_a_spoken_question_is_answered_in_sound(browser: Browser, tmp_path: Path) -> None:
    microphone = recording(tmp_path / "microphone.wav", (10.0, "where is the treasure"))
    with serving_page() as port, page_of(browser, port, microphone) as page:
        start(page)
        page.locator("li.user", has_text="where is the treasure").wait_for()
        page.locator("li.bot:not(.open)").nth(1).wait_for()
        found = heard(page)
        asked = pause_after(found["microphone"], first(found["microphone"]))
        answered = first(found["speaker"], after=asked)
        print(f"answered {answered - asked:.2f} s after the question")
        page.get_by_text("to the first sound").click()
        assert page.locator("table .bar").count() >= 4


def test_an_interrupted_bot_falls_silent_and_the_model_gets_what_was_heard(
    browser: Browser, tmp_path: Path
) -> None:
    count, every = 6, 6.0
    spoken = [(3.0 + index * every, "stop and tell me more") for index in range(count + 1)]
    microphone = recording(tmp_path / "microphone.wav", *spoken)
    words = [letter * 2 for letter in "bcdefghijklmnopqrstuvw"]
    chat = ScriptedChatModel([" ".join([word] * 400) for word in words])
    with ExitStack() as stack:
        port = stack.enter_context(serving_page(toneful(chat)))
        page = stack.enter_context(page_of(browser, port, microphone))
        start(page)
        page.locator("li.bot").first.wait_for()
        page.wait_for_timeout((spoken[-1][0] + 3) * 1000)  # the recording speaks in real time
        found = heard(page)
    events, block = found["events"], 128 / page_rate(found)
    known = [message.content for message in chat.requests[-1].messages if message.role == "assistant"]
    begun = {each["item_id"]: each["at"] for each in reversed(events) if "output_audio.delta" in each["type"]}
    silences, differences = [], []
    for word in words:
        remembered = sum(text.split().count(word) for text in known)
        item = next((each["item_id"] for each in events if word in each.get("text", "").split()), None)
        if not remembered or item not in begun:
            continue
        until = min((at for at in begun.values() if at > begun[item]), default=float("inf"))
        loud = [time for time, peak in found["speaker"] if peak > LOUD and begun[item] <= time < until]
        clears = [each["at"] for each in events if each["type"] == "output_audio_buffer.cleared"]
        silences.append(loud[-1] - max(at for at in clears if at < until))
        differences.append(remembered * WORD - len(loud) * block)
    assert len(differences) >= 2
    print("silent", *(f"{each * 1000:.0f}" for each in silences), "ms after the server is")
    print("the model gets", *(f"{each * 1000:+.0f}" for each in differences), "ms more than was heard")
    assert median(silences) < SILENT
    assert -WORD - EXACT <= median(differences) <= EXACT


def page_rate(found: dict[str, Any]) -> float:
    """Return the rate of the page's sound, from the times of its blocks of 128 samples."""
    times = [time for time, _ in found["speaker"]]
    return float(128 * (len(times) - 1) / (times[-1] - times[0]))


def test_a_typed_line_is_answered_without_a_microphone(browser: Browser) -> None:
    with serving_page() as port, page_of(browser, port) as page:
        page.get_by_label("Type instead of speaking").fill("tell me a joke")
        page.keyboard.press("Enter")
        page.locator("li.bot:not(.open)").last.wait_for()
        assert first(heard(page)["speaker"]) > 0
        assert page.locator("li").count() == 2  # there is no greeting, which the line would cut off


def test_a_page_whose_sound_cannot_be_loaded_says_so_and_can_be_typed_to(browser: Browser) -> None:
    with serving_page() as port, page_of(browser, port) as page:
        page.evaluate(
            """() => {
                const { addModule } = AudioWorklet.prototype;
                AudioWorklet.prototype.addModule = async function (url) {
                    if (!window.isBroken || !/worklet.js$/.test(url)) return addModule.call(this, url);
                    await window.context.tapping; // which cannot be loaded once the context is closed
                    throw new Error("not loaded");
                };
                window.isBroken = true;
            }"""
        )
        start(page)
        page.get_by_role("alert").get_by_text("The sound cannot be used").wait_for()
        page.locator("li.bot").first.wait_for()
        page.get_by_label("Type instead of speaking").fill("where is the treasure")
        page.keyboard.press("Enter")
        page.locator("li.bot").nth(1).wait_for()
        page.get_by_role("button", name="End", exact=True).click()
        page.evaluate("window.isBroken = false")
        start(page)
        page.get_by_role("alert").get_by_text("The microphone is not allowed").wait_for()


@pytest.mark.parametrize(
    ("microphone", "problem"),
    [("denied", "The microphone is not allowed"), ("missing", "No microphone was found")],
)
def test_without_a_microphone_the_page_says_why_and_one_can_type(
    browser: Browser, microphone: Microphone, problem: str
) -> None:
    with serving_page() as port, page_of(browser, port, microphone) as page:
        start(page)
        page.get_by_role("alert").get_by_text(problem).wait_for()
        page.locator("li.bot").first.wait_for()  # or the line comes before the greeting
        page.get_by_label("Type instead of speaking").fill("where is the treasure")
        page.keyboard.press("Enter")
        page.locator("li.bot").nth(1).wait_for()


def test_push_to_talk_with_the_space_bar(browser: Browser, tmp_path: Path) -> None:
    microphone = recording(
        tmp_path / "microphone.wav", *((float(at), "where is the treasure") for at in range(1, 50, 3))
    )
    with serving_page() as port, page_of(browser, port, microphone) as page:
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Hold to talk").check()
        page.get_by_role("button", name="Done").click()
        start(page)
        page.get_by_role("button", name="Hold to talk").wait_for()
        page.locator("main").focus()
        page.keyboard.down("Space")
        page.locator("li.user.open", has_text="where is the treasure").wait_for()
        page.keyboard.up("Space")
        page.locator("li.user:not(.open)", has_text="where is the treasure").wait_for()
        page.locator("li.bot:not(.open)").last.wait_for()


def test_a_microphone_that_was_muted_is_heard_in_the_next_conversation(
    browser: Browser, tmp_path: Path
) -> None:
    microphone = recording(
        tmp_path / "microphone.wav", *((float(at), "where is the treasure") for at in range(1, 50, 3))
    )
    with serving_page() as port, page_of(browser, port, microphone) as page:
        start(page)
        page.locator("li.bot").first.wait_for()
        page.keyboard.press("m")
        page.get_by_role("button", name="Unmute the microphone").wait_for()
        page.get_by_role("button", name="End", exact=True).click()
        start(page)
        page.get_by_role("button", name="Mute the microphone", exact=True).wait_for()
        page.locator("li.user", has_text="where is the treasure").last.wait_for()


def lost_and_found(page: Any, lose: Callable[[], None], find: Callable[[], object]) -> dict[str, Any]:
    """Talk, lose the server, find it again, and talk on; return how the server found the conversation."""
    line = page.get_by_label("Type instead of speaking")
    page.locator("li.bot:not(.open)", has_text="I be Captain Flint").wait_for()
    line.fill("my name is Anna")
    page.keyboard.press("Enter")
    page.locator("li.bot:not(.open)", has_text="Anna").wait_for()
    lose()
    page.get_by_role("alert").get_by_text("The connection is lost").wait_for()
    find()
    page.get_by_text("Connected again").wait_for()
    page.get_by_role("alert").wait_for(state="hidden")
    line.fill("where is the treasure")
    page.keyboard.press("Enter")
    page.locator("li.note ~ li.user ~ li.bot:not(.open)").first.wait_for()
    page.wait_for_timeout(1000)  # for a greeting, which must not come
    assert page.locator("li.note ~ li.bot").count() == 1
    assert page.locator("li.bot", has_text="I be Captain Flint").count() == 1
    sessions = [each for each in heard(page)["events"] if each["type"] == "session.created"]
    found: dict[str, Any] = sessions[-1]["session"]["voicebot"]
    return found


def told(page: Any) -> list[str]:
    """Return what the page has told the server of what was said."""
    items = [each for each in heard(page)["sent"] if each["type"] == "conversation.item.create"]
    return [each["item"]["content"][0]["text"] for each in items]


def restarted(browser: Browser, recorded: Path, kept: Path | None) -> tuple[dict[str, Any], list[str]]:
    """Restart the server while somebody talks with it; return what it knew, and what it was told."""
    with ExitStack() as second, ExitStack() as first_server:
        port = first_server.enter_context(serving_page(kept=kept))
        page = second.enter_context(page_of(browser, port, recording(recorded)))
        start(page)
        again = serving_page(offline, port, kept)
        return lost_and_found(page, first_server.close, lambda: second.enter_context(again)), told(page)


def test_a_conversation_goes_on_after_a_restart_of_the_server(browser: Browser, tmp_path: Path) -> None:
    knew, was_told = restarted(browser, tmp_path / "microphone.wav", tmp_path / "kept.db")
    assert knew["resumed"]
    assert [each["text"] for each in knew["messages"] if each["role"] == "user"] == ["my name is Anna"]
    assert was_told == ["my name is Anna", "where is the treasure"], "nothing is told twice"


def test_a_server_that_has_forgotten_the_conversation_is_told_it(browser: Browser, tmp_path: Path) -> None:
    knew, was_told = restarted(browser, tmp_path / "microphone.wav", None)
    assert not knew["resumed"]
    assert [each for each in was_told if each == "my name is Anna"] == ["my name is Anna"] * 2
    assert any("I be Captain Flint" in each for each in was_told)


def test_a_conversation_goes_on_after_the_network_was_lost(browser: Browser, tmp_path: Path) -> None:
    microphone = recording(tmp_path / "microphone.wav")
    with ExitStack() as stack:
        network = stack.enter_context(in_thread(Network(stack.enter_context(serving_page())).run))
        page = stack.enter_context(page_of(browser, network.port, microphone))
        start(page)
        assert lost_and_found(page, network.lose, network.come_back)["resumed"]
        assert told(page) == ["my name is Anna", "where is the treasure"]
