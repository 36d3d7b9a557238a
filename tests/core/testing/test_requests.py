"""The strict check of requests finds what servers refuse."""

from __future__ import annotations

import pytest

from voicebot import ChatRequest, Message, ToolCall
from voicebot.testing import invalid

ONE, TWO = ToolCall("1", "look", "{}"), ToolCall("2", "look", '{"a": 1}')
ASKED = Message("user", "hi")
CALLS = Message("assistant", "", (ONE, TWO))
FIRST, SECOND = Message("tool", "one", answers="1"), Message("tool", "two", answers="2")
ANSWER = Message("assistant", "Hello.")


@pytest.mark.parametrize(
    "messages",
    [
        (ASKED,),
        (Message("system", "Be brief."), ASKED),
        (ASKED, ANSWER, ASKED),
        (ASKED, CALLS, FIRST, SECOND),
        (ASKED, CALLS, FIRST, SECOND, ANSWER, ASKED),
    ],
)
def test_what_every_server_accepts_is_valid(messages: tuple[Message, ...]) -> None:
    assert invalid(ChatRequest(messages)) == []


@pytest.mark.parametrize(
    ("messages", "problem"),
    [
        ((), "the last message is neither the user's nor a result"),
        ((ASKED, ANSWER), "the last message is neither the user's nor a result"),
        ((ANSWER, ASKED), "message 1 is of the assistant, not of the user"),
        ((ASKED, ASKED), "message 2 is of the user, not of the assistant"),
        ((ASKED, Message("system", "x"), ASKED), "message 2 is of the system, not of the assistant"),
        ((Message("user", ""),), "message 1 is empty"),
        ((ASKED, CALLS, FIRST), "the calls ['1', '2'] are not answered in order"),
        ((ASKED, CALLS, SECOND, FIRST), "the calls ['1', '2'] are not answered in order"),
        ((ASKED, CALLS, ASKED), "the calls ['1', '2'] are not answered in order"),
        ((ASKED, CALLS, FIRST, SECOND, ASKED), "message 5 is of the user, not of the assistant"),
        ((ASKED, FIRST), "message 2 is of the tool, not of the assistant"),
        ((ASKED, CALLS, FIRST, Message("tool", "", answers="2")), "a result is empty"),
        ((ASKED, Message("assistant", "", (ONE, ONE)), FIRST, FIRST), "the id '1' is empty, or not unique"),
        (
            (ASKED, Message("assistant", "", (ToolCall("1", "a tool", "{}"),)), FIRST),
            "'a tool' is not the name of a tool",
        ),
        (
            (ASKED, Message("assistant", "", (ToolCall("1", "look", "{"),)), FIRST),
            "the arguments '{' are not a JSON object",
        ),
        (
            (ASKED, Message("assistant", "", (ToolCall("1", "look", "[]"),)), FIRST),
            "the arguments '[]' are not a JSON object",
        ),
        ((Message("user", "hi", (ONE,)), FIRST), "message 1, of the user, has calls"),
    ],
)
def test_what_some_server_refuses_is_found(messages: tuple[Message, ...], problem: str) -> None:
    assert problem in invalid(ChatRequest(messages))
