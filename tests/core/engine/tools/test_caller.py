"""What a tool may do to the conversation it is called in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from voicebot import ConversationEnded, Tool, ToolCaller, UserTurnEnded
from voicebot.testing import Pause, ScriptedChatModel, ScriptedToolset, converse, invalid, simulated

from .scenes import asks, call, history, outcomes, settings

END = Tool("end", "Ends the conversation.")
QUIET = Tool("quiet", "Says nothing.")
PATIENT = Tool("patient", "Is patient.")
REMEMBER = Tool("remember", "Remembers a fact.")
EFFECTS: dict[str, Callable[[ToolCaller], None]] = {
    "end": lambda caller: caller.end_conversation(),
    "quiet": lambda caller: caller.stay_silent(),
    "patient": lambda caller: caller.set_patience(2.0, 2.0),
    "remember": lambda caller: caller.remember("The user is\ncalled Ada."),
}


def toolset(*tools: Tool) -> ScriptedToolset:
    return ScriptedToolset([(tool, [EFFECTS[tool.name], "done"]) for tool in tools])


@pytest.mark.parametrize(
    ("replies", "heard"),
    [
        ([["Goodbye then.", call(END)], "Not asked."], "Goodbye then."),
        ([[call(END)], "Goodbye then."], "Goodbye then."),
        ([[call(END)], ""], ""),
    ],
)
def test_the_conversation_ends_when_the_goodbye_was_heard(replies: list[object], heard: str) -> None:
    @simulated
    async def run() -> None:
        chat = ScriptedChatModel(replies)  # type: ignore[arg-type]
        async with converse(chat=chat, toolsets=[toolset(END)], settings=settings()) as user:
            assert await asks(user, "that was all") == [heard]
        (ended,) = (event for event in user.events if isinstance(event, ConversationEnded))
        assert ended.by == "tool"

    run()


@simulated
async def test_words_before_an_earlier_call_are_no_goodbye() -> None:
    look = Tool("look", "Looks something up.", effect="reads")
    chat = ScriptedChatModel([["Let me check.", call(look)], [call(END)], "Goodbye then."])
    tools = ScriptedToolset([(look, "nothing"), (END, [EFFECTS["end"], "done"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings()) as user:
        assert await asks(user, "is there more") == ["Let me check. Goodbye then."]


@simulated
async def test_speaking_over_the_goodbye_keeps_the_conversation_going() -> None:
    goodbye = "Goodbye then and have a very nice evening."
    chat = ScriptedChatModel([[goodbye, call(END)], "Seven.", [goodbye, call(END)]])
    async with converse(chat=chat, toolsets=[toolset(END)], settings=settings()) as user:
        await user.says("that was all")
        await user.waits(1.6)
        await user.says("wait what is the time")
        assert (await user.is_answered()).interrupted
        assert (await user.is_answered()).heard == "Seven."
        await user.waits(2)
        assert not [event for event in user.events if isinstance(event, ConversationEnded)]
        assert await asks(user, "thanks that was all") == [goodbye]
    assert [event.by for event in user.events if isinstance(event, ConversationEnded)] == ["tool"]


@simulated
async def test_a_bot_that_stays_silent_says_nothing_and_is_not_asked_again() -> None:
    chat = ScriptedChatModel([[call(QUIET)], "Here I am."])
    async with converse(chat=chat, toolsets=[toolset(QUIET)], settings=settings()) as user:
        assert await asks(user, "let me think", "go on") == ["", "Here I am."]
    assert history(user) == ["let me think", "!quiet {}", "=done", "go on", ">Here I am."]
    assert [each.role for each in chat.requests[1].messages] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "user",
    ]


@simulated
async def test_patience_changes_from_the_next_turn_on() -> None:
    chat = ScriptedChatModel([[call(PATIENT)], "Take your time.", "Three."])
    async with converse(chat=chat, toolsets=[toolset(PATIENT)], settings=settings(patience=0.3)) as user:
        await asks(user, "I have to read a number")
        await user.says("one two")
        await user.waits(1.5)
        await user.says("three")
        await user.is_answered()
    assert [event.text for event in user.events if isinstance(event, UserTurnEnded)][1:] == ["one two three"]


@simulated
async def test_a_fact_is_in_the_requests_of_later_turns_but_not_in_the_system_message() -> None:
    chat = ScriptedChatModel([[call(REMEMBER)], "Hello Ada.", "Ada."])
    named = settings().model_copy(update={"system": "Be brief."})
    async with converse(chat=chat, toolsets=[toolset(REMEMBER)], settings=named) as user:
        await asks(user, "I am Ada", "who am I")
    assert [request.messages[0].content for request in chat.requests] == ["Be brief."] * 3
    assert "called Ada" not in "".join(each.content for each in chat.requests[0].messages)
    facts = [(each.role, each.content) for each in chat.requests[2].messages[1:3]]
    assert facts == [
        ("user", "[Facts to remember follow.]"),
        ("assistant", "- The user is called Ada."),
    ]
    assert invalid(chat.requests[2]) == []


@simulated
async def test_a_tool_that_only_reads_cannot_change_the_conversation_ahead() -> None:
    reads = Tool("end", "Ends.", effect="reads")
    chat = ScriptedChatModel([[call(reads)], "Still here."])
    async with converse(chat=chat, toolsets=[toolset(reads)], settings=settings(patience=1.2)) as user:
        assert await asks(user, "hello", "how are you") == ["Still here.", "Still here."]
    assert outcomes(user) == [("end", "failed")]


@simulated
async def test_a_tool_that_ends_the_conversation_after_its_reply_was_interrupted_does_not() -> None:
    slow = ScriptedToolset([(END, [Pause(4), EFFECTS["end"], "done"])])
    chat = ScriptedChatModel([["I will end it in a moment.", call(END)], "Good."])
    async with converse(chat=chat, toolsets=[slow], settings=settings(prepare="off")) as user:
        await user.says("bye")
        await user.waits(1.8)
        await user.says("no stay with me")
        await user.is_answered()
        await user.waits(5)
    assert [event.by for event in user.events if isinstance(event, ConversationEnded)] == ["input"]
    assert len(slow.done) == 1
