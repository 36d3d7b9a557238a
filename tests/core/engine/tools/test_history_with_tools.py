"""Calls and results in the history: in order, never parted, and valid for every server."""

from __future__ import annotations

import random

import pytest

from voicebot import ChatRequest, Message, ToolCall, ToolResult
from voicebot.engine.history.history import History
from voicebot.engine.tools.records import CallRecord, ToolStep
from voicebot.testing import invalid


def step(*results: str | None, heard: str = "", first: int = 0) -> ToolStep:
    """Return calls with these results; None for one that is still running."""
    records = []
    for number, result in enumerate(results, first):
        record = CallRecord(ToolCall(f"id{number}", "look", "{}"))
        record.result = None if result is None else ToolResult(result)
        records.append(record)
    return ToolStep("not heard", records, heard)


def roles(messages: tuple[Message, ...]) -> str:
    return "".join(
        {"system": "#", "user": "u", "assistant": "a", "tool": "t"}[each.role] for each in messages
    )


def test_calls_and_results_stand_between_what_was_heard() -> None:
    history = History("", 1000)
    history.add_user_turn("hi", 1)
    history.add_tool_step(step("one", "two", heard="Let me look."))
    history.add_bot_turn("Two.")
    calls = (ToolCall("id0", "look", "{}"), ToolCall("id1", "look", "{}"))
    assert history.messages == (
        Message("user", "hi"),
        Message("assistant", "Let me look.", calls),
        Message("tool", "one", answers="id0"),
        Message("tool", "two", answers="id1"),
        Message("assistant", "Two."),
    )


def test_a_result_that_comes_late_is_put_in_its_place() -> None:
    history = History("", 1000)
    history.add_user_turn("hi", 1)
    history.add_tool_step(late := step(None))
    history.add_user_turn("are you there", 2)
    assert history.request()[2].content == "Still running; the result is not known yet."
    late.records[0].result = ToolResult("done")
    assert history.request()[2].content == "done"


def test_a_result_without_text_is_not_sent_empty() -> None:
    assert step("").messages()[1].content == "Done; the tool said nothing."


def test_where_the_bot_had_said_nothing_yet_its_silence_stands_before_the_users_words() -> None:
    history = History("", 1000)
    history.add_user_turn("hi", 1)
    history.add_tool_step(step("one"))
    history.add_user_turn("wait", 2)
    assert roles(history.request()) == "uatau"
    assert history.request()[3] == Message("assistant", "...")


def test_words_before_a_call_are_joined_with_it() -> None:
    history = History("", 1000)
    history.add_user_turn("hi", 1)
    history.add_bot_turn("Are you there?")
    history.add_tool_step(step("one", heard="Looking."))
    history.add_bot_turn("One.")
    history.add_user_turn("thanks", 2)
    request = history.request()
    assert roles(request) == "uatau"
    assert request[1].content == "Are you there?\nLooking."
    assert len(request[1].calls) == 1


@pytest.mark.parametrize(
    ("budget", "sent"), [(0, "u"), (10, "u"), (107, "u"), (108, "uatau"), (900, "uauatau")]
)
def test_the_budget_never_parts_a_call_from_its_result(budget: int, sent: str) -> None:
    history = History("", budget)
    history.add_user_turn("x" * 400, 1)
    history.add_bot_turn("y")
    history.add_user_turn("hi", 2)
    history.add_tool_step(step("z" * 100))
    history.add_bot_turn("One.")
    history.add_user_turn("thanks", 3)
    assert roles(history.request()) == sent


def test_long_results_are_cut_before_turns_are_left_out() -> None:
    history = History("", 24_000)
    history.add_user_turn("my name is Ada", 1)
    history.add_bot_turn("Hello Ada.")
    history.add_user_turn("read five pages", 2)
    history.add_tool_step(step(*["z" * 6000] * 5))
    history.add_user_turn("what is my name", 3)
    request = history.request()
    assert request[0].content == "my name is Ada"
    cut_off = f"{'z' * 500}\n[Cut off: these are 500 of 6,000 characters.]"
    results = [message.content for message in request if message.role == "tool"]
    assert results == [cut_off] * 3 + ["z" * 6000] * 2
    assert [len(each.content) for each in history.messages if each.role == "tool"] == [6000] * 5


def test_a_turn_in_which_tools_ran_is_not_joined_with_the_next() -> None:
    history = History("", 1000)
    history.add_user_turn("hi", 1)
    history.add_tool_step(step("one"))
    history.add_bot_turn("It is", cut_off=True)
    history.add_user_turn("and tomorrow", 2)
    assert roles(history.request()) == "uatau"


def test_facts_are_sent_after_the_system_message_once_and_not_without_end() -> None:
    history = History("Be brief.", 1000)
    for fact in ("Ada", "Ada", "  ", *map(str, range(100))):
        history.remember(fact)
    history.add_user_turn("hi", 1)
    history.add_bot_turn("Hello.")
    history.add_user_turn("you", 2)
    assert history.summarise(history.older(1), "They greeted each other.")
    system, _, facts, _, summary, last = history.request()
    assert (system.content, summary.content, last.content) == ("Be brief.", "They greeted each other.", "you")
    assert (facts.role, len(facts.content.splitlines())) == ("assistant", 50)
    assert facts.content.startswith("- 50\n")
    assert roles(history.request()) == "#uauau"


def test_every_request_is_valid_whatever_was_said() -> None:
    source = random.Random(0)
    for _ in range(200):
        history = History(source.choice(("", "Be brief.")), source.choice((0, 20, 100, 1000)))
        calls = 0
        for turn in range(source.randint(1, 8)):
            history.add_user_turn(f"question {turn}", turn)
            for _ in range(source.choice((0, 0, 1, 2))):
                results = source.choices(("one", "", None, "z" * 50), k=source.randint(1, 3))
                history.add_tool_step(step(*results, heard=source.choice(("", "Let me look.")), first=calls))
                calls += len(results)
            history.add_bot_turn(source.choice(("", "Answer.")), cut_off=source.random() < 0.2)
            if source.random() < 0.2 and not calls:
                history.remove_user_turn(turn)
        request = ChatRequest(history.request(Message("user", "the last one")))
        assert invalid(request) == []
