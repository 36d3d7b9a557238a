"""What a chat model may do to the conversation itself."""

from __future__ import annotations

import asyncio

import pytest

from voicebot import ToolResult
from voicebot.config.schema import bounds
from voicebot_tools.conversation import PACES, ConversationToolOptions, ConversationToolset


@pytest.fixture
def ask(call, caller):
    """Return a function that calls a tool and returns its only event, and what was done."""

    def ask(name, **arguments):
        toolset = ConversationToolset(ConversationToolOptions(allow=(name,)))
        (result,) = asyncio.run(call(toolset, name, arguments, caller))
        return result, caller.did

    return ask


def test_the_goodbye_is_spoken_as_the_model_wrote_it(ask):
    result, did = ask("end_conversation", goodbye="Goodbye,\x1b Anna!\n")

    assert result == ToolResult("The conversation ends when the user has heard you.", say="Goodbye, Anna!")
    assert did == ["end"]


def test_a_goodbye_that_was_said_before_is_not_said_again(ask):
    result, did = ask("end_conversation", goodbye="")

    assert (result.say, did) == (None, ["end", "silent"])


def test_waiting_says_nothing(ask):
    result, did = ask("wait")

    assert (result.failed, did) == (False, ["silent"])


@pytest.mark.parametrize("pace", PACES)
def test_patience_is_set_by_name(ask, pace):
    result, did = ask("set_patience", pace=pace)

    assert did == [PACES[pace]]
    assert not result.failed


def test_paces_are_the_profiles_of_the_config():
    assert {pace: bounds(pace) for pace in ("quick", "normal", "relaxed")} == {
        pace: seconds for pace, seconds in PACES.items() if pace != "slow"
    }


def test_an_unknown_pace_changes_nothing(ask):
    result, did = ask("set_patience", pace="glacial")

    assert (result.failed, did) == (True, [])
    assert result.text.startswith(
        "wrong arguments: pace: input should be 'quick', 'normal', 'relaxed' or 'slow'"
    )


def test_a_fact_is_remembered_in_one_short_line(ask):
    _, did = ask("remember", fact="Anna is\nallergic to nuts." + " x" * 500)

    assert did[0].startswith("Anna is allergic to nuts. x x")
    assert len(did[0]) == 300


def test_nothing_to_remember_changes_nothing(ask):
    assert ask("remember", fact=" \n") == (ToolResult("There was nothing to remember."), [])


def test_each_tool_writes_and_is_described():
    tools = ConversationToolset(ConversationToolOptions(allow=())).tools()

    assert [each.name for each in tools] == ["end_conversation", "wait", "set_patience", "remember"]
    assert {each.effect for each in tools} == {"writes"}
    assert all(each.description for each in tools)
    (fact,) = tools[3].parameters["properties"].values()
    assert fact == {"type": "string", "description": "One short sentence."}


def test_the_options_tell_the_tools_without_a_start():
    toolset = ConversationToolset(ConversationToolOptions(allow=("wait",)))

    assert list(toolset.options.known_tools().values()) == list(toolset.tools())
