"""The scripted chat model calls tools by its rules, and answers from their results."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from pydantic import ValidationError

from voicebot import (
    ChatEvent,
    ChatRequest,
    Message,
    Notice,
    ReplyEnded,
    TextDelta,
    Tool,
    ToolCall,
    load_config,
)
from voicebot_offline.chat.model import ScriptChat, ScriptOptions

CLOCK = Tool("clock", "The time.", {"type": "object", "properties": {"zone": {"type": "string"}}}, "reads")
TIMER = Tool(
    "timer",
    "A timer.",
    {"type": "object", "properties": {"minutes": {"type": "integer"}, "hours": {"type": "number"}}},
)
TIME: dict[str, Any] = {
    "patterns": ["what time is it [in {city}]", "the time in {city}"],
    "call": {"name": "clock", "arguments": {"zone": "{city|Berlin}"}},
    "answers": ["It be {result.time} in {result.place.0}, {name|matey}.", "The bell says {result.time}."],
    "otherwise": ["Me clock fell into the soup.", "Ask the parrot."],
}
SCRIPT: dict[str, Any] = {
    "rules": [
        TIME,
        {
            "patterns": ["wake me in {n} [minutes]"],
            "call": {
                "name": "timer",
                "arguments": {
                    "minutes": "{n}",
                    "hours": "{n}",
                    "label": "for {name|you}",
                    "more": [1, ["{n}"]],
                },
            },
            "answers": ["Aye, {result}"],
        },
        {"patterns": ["my name is {name}"], "answers": ["Hello {name}."]},
    ],
    "default": ["What?"],
}
RESULT = json.dumps({"time": "noon", "place": ["Bonn", "Ulm"]})


def events(*messages: Message, tools: tuple[Tool, ...] = (CLOCK, TIMER), **changes: Any) -> list[ChatEvent]:
    model = ScriptChat(ScriptOptions(**{**SCRIPT, **changes}))

    async def ask() -> list[ChatEvent]:
        return [event async for event in model.reply(ChatRequest(messages, tools=tools))]

    return asyncio.run(ask())


def words(*messages: Message, **more: Any) -> str:
    return "".join(event.text for event in events(*messages, **more) if isinstance(event, TextDelta))


def call(*messages: Message) -> ToolCall:
    called, ended = events(*messages)
    assert ended == ReplyEnded("calls")
    assert isinstance(called, ToolCall)
    return called


def asked(said: str, result: str = RESULT, answer: str = "") -> list[Message]:
    """Return the messages of a turn with a call."""
    calls = (ToolCall("a", "timer" if "wake" in said else "clock", "{}"),)
    turn = [Message("user", said), Message("assistant", "", calls), Message("tool", result, answers="a")]
    return [*turn, Message("assistant", answer)] if answer else turn


@pytest.mark.parametrize(
    ("said", "zone"),
    [("what time is it", "Berlin"), ("what time is it in Paris", "Paris"), ("the time in Ulm", "Ulm")],
)
def test_a_rule_calls_its_tool_with_what_was_said(said: str, zone: str) -> None:
    called = call(Message("user", said))
    assert (called.name, json.loads(called.arguments)) == ("clock", {"zone": zone})


def test_each_call_has_an_id_of_its_own() -> None:
    question = Message("user", "what time is it")
    assert (
        call(question).id != call(*asked("what time is it", answer="It be noon in Bonn, matey."), question).id
    )


def test_arguments_are_filled_at_any_depth_and_are_numbers_where_the_tool_expects_some() -> None:
    for said, minutes, hours in (("5", 5, 5.0), ("1x", "1x", "1x"), ("five", "five", "five")):
        arguments = json.loads(call(Message("user", f"wake me in {said} minutes")).arguments)
        assert arguments == {"minutes": minutes, "hours": hours, "label": "for you", "more": [1, [said]]}


def test_words_of_earlier_turns_are_known() -> None:
    name = [Message("user", "my name is Flint"), Message("assistant", "Hello Flint.")]
    assert json.loads(call(*name, Message("user", "wake me in 5")).arguments)["label"] == "for Flint"
    assert words(*name, *asked("what time is it")) == "It be noon in Bonn, Flint."


def test_the_result_is_said_and_the_tool_is_not_called_again() -> None:
    assert events(*asked("what time is it"))[-1] == ReplyEnded()
    assert words(*asked("what time is it")) == "It be noon in Bonn, matey."
    assert words(*asked("what time is it"), tools=()) == "It be noon in Bonn, matey."
    assert words(*asked("wake me in 5", "sleep well.")) == "Aye, sleep well."


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ('"noon"', "Aye, noon"),
        ("12:30", "Aye, 12:30"),
        ("12", "Aye, 12"),
        ("1.50", "Aye, 1.5"),
        ("true", "Aye, yes"),
        ("{unbalanced", "Aye, {unbalanced"),
    ],
)
def test_a_result_is_said_as_a_person_would(result: str, answer: str) -> None:
    assert words(*asked("wake me in 5", result)) == answer


@pytest.mark.parametrize("result", ["", "  ", "null", "The tool took too long.", "[]", '{"time": {}}'])
def test_a_result_without_what_the_answer_needs_is_answered_otherwise(result: str) -> None:
    assert words(*asked("what time is it", result)) == "Me clock fell into the soup."


def test_the_result_of_a_call_that_the_user_has_agreed_to_is_said() -> None:
    waits = ToolCall("a", "timer", '{"minutes": 5}')
    turn = [
        *(Message("user", "wake me in 5"), Message("assistant", "", (waits,))),
        *(Message("tool", "Not run yet.", answers="a", failed=True), Message("assistant", "Shall I?")),
        *(Message("user", "yes please"), Message("assistant", "", (ToolCall("b", "timer", "{}"),))),
        Message("tool", "sleep well.", answers="b"),
    ]
    assert words(*turn) == words(*turn[4:]) == "Aye, sleep well."
    later = Message("assistant", "Aye, sleep well."), Message("user", "hm")
    assert words(*turn, *later) == "What?"


def test_a_failed_call_is_answered_otherwise_even_if_the_answer_needs_no_result() -> None:
    turn = [*asked("what time is it")[:-1], Message("tool", RESULT, answers="a", failed=True)]
    assert words(*turn) == "Me clock fell into the soup."
    rules = [{**TIME, "answers": ["Done."], "otherwise": []}]
    assert words(*turn, rules=rules) == "That did not work, because the tool clock failed."


def test_answers_with_results_and_those_without_are_used_in_turn() -> None:
    first = asked("what time is it", answer="It be noon in Bonn, matey.")
    assert words(*first, *asked("what time is it")) == "The bell says noon."
    without = [Message("user", "what time is it"), Message("assistant", "Me clock fell")]
    assert words(*without, Message("user", "what time is it"), tools=()) == "Ask the parrot."
    assert words(*without, *asked("what time is it")) == "It be noon in Bonn, matey."


def test_a_tool_that_is_not_offered_is_answered_in_words_and_reported() -> None:
    notice, *said = events(Message("user", "what time is it"), tools=(TIMER,))
    assert notice == Notice("the script calls 'clock', which is not offered now; see `allow` under `tools`")
    assert "".join(e.text for e in said if isinstance(e, TextDelta)) == "Me clock fell into the soup."
    rules = [{**TIME, "otherwise": []}]
    assert words(Message("user", "what time is it"), tools=(), rules=rules) == (
        "I cannot do that, because I do not have the tool clock."
    )
    assert words(*asked("what time is it", "?"), rules=rules) == (
        "I cannot tell, because the tool clock did not say."
    )


def test_the_next_question_is_answered_without_the_result_of_the_last() -> None:
    messages = asked("what time is it", answer="It be noon in Bonn, matey.")
    assert words(*messages, Message("user", "hm")) == "What?"
    assert isinstance(events(*messages, Message("user", "what time is it"))[0], ToolCall)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"call": {"name": "the clock"}}, "String should match pattern"),
        ({"call": {"name": "clock", "arguments": ["Berlin"]}}, "valid dictionary"),
        ({"call": {"name": "clock", "arguments": {"zone": "{city"}}}, r"argument '\{city': braces are for"),
        (
            {"call": {"name": "clock", "arguments": {"zone": ["{city}"]}}},
            r"\{city\} may not be known by then",
        ),
        ({"call": None, "otherwise": []}, r"\{result.place.0\}: only the \{result\} of a `call` has parts"),
        ({"call": None, "answers": ["So."]}, "`otherwise` is for rules with `call`"),
        ({"otherwise": ["It be {result}."]}, r"\{result\} may not be known by then"),
        ({"answers": ["{name.first|x}"]}, r"\{name.first\}: only the \{result\} of a `call` has parts"),
        ({"patterns": ["is it {result}"]}, "capture under another name"),
    ],
)
def test_an_invalid_call_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        ScriptOptions(**{**SCRIPT, "rules": [{**TIME, **changes}]})


def test_a_rule_that_calls_what_is_not_allowed_is_a_warning_with_its_place(tmp_path):
    (tmp_path / "tools.py").write_text(
        "from voicebot import tool\n\n@tool\ndef clock():\n    'Tell the time.'\n"
    )
    (tmp_path / "bot.yaml").write_text(
        """\
recognizer: {provider: openai-stt, base_url: "http://localhost:1/v1", model: whisper-1}
synthesizer: {provider: openai-tts, base_url: "http://localhost:1/v1", model: tts-1}
tools: [{provider: python, file: tools.py, allow: [clock]}]
chat:
  provider: script
  default: [What?]
  rules:
    - {patterns: [time], call: {name: clock}, answers: ["{result}"]}
    - {patterns: [hour], call: {name: clok}, answers: ["{result}"]}
    - {patterns: [sing], call: {name: sing}, answers: ["{result}"], otherwise: [I have no voice.]}
"""
    )

    (warning,) = load_config(tmp_path / "bot.yaml", environ={}).warnings

    assert str(warning) == (
        f"{tmp_path / 'bot.yaml'}:9:39: warning: script: calls 'clok', which no `allow` under `tools` names; "
        f"did you mean 'clock'?"
    )
