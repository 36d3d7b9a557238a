"""A call that only reads ends with the reply that asked for it, whatever ends that."""

from __future__ import annotations

from voicebot import ReplyPrepared
from voicebot.testing import Pause, ScriptedChatModel, ScriptedToolset, converse, simulated

from .scenes import WEATHER, call, history, outcomes, settings

LOOKS = call(WEATHER, city="Bonn")


@simulated
async def test_what_runs_in_a_reply_that_is_withdrawn_is_cancelled_and_not_told() -> None:
    chat = ScriptedChatModel([[LOOKS], [LOOKS], "Sunny."])
    tools = ScriptedToolset([(WEATHER, [Pause(2), "sunny"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=1.2)) as user:
        await user.says("what is the weather")
        await user.waits(0.7)
        await user.says("in Bonn")
        await user.is_answered()
    assert len([event for event in user.events if isinstance(event, ReplyPrepared)]) == 2
    assert (len(tools.begun), len(tools.done), tools.cancelled) == (2, 1, 1)
    assert outcomes(user) == [("weather", "cancelled"), ("weather", "done")]
    assert history(user)[1:] == ['!weather {"city": "Bonn"}', "=sunny", ">Sunny."]


@simulated
async def test_what_a_withdrawn_reply_looked_up_is_used_for_five_seconds() -> None:
    chat = ScriptedChatModel([[LOOKS], "Where?", [LOOKS], "Sunny."])
    tools = ScriptedToolset([(WEATHER, "sunny")])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=1.2)) as user:
        await user.says("what is the weather")
        await user.waits(0.7)
        await user.says("in the city on the Rhine that was once a capital, I mean Bonn", 6.0)
        await user.is_answered()
    assert outcomes(user) == [("weather", "done"), ("weather", "done")]
    assert len(tools.begun) == 2


@simulated
async def test_a_question_whose_answer_nobody_heard_joins_the_next_though_something_was_looked_up() -> None:
    chat = ScriptedChatModel([[LOOKS], [LOOKS], "Sunny."])
    tools = ScriptedToolset([(WEATHER, [Pause(0.8), "sunny"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=0.3)) as user:
        await user.says("what is the weather")
        await user.waits(0.75)  # decided; nothing has been heard
        await user.says("in Bonn please")
        assert [(await user.is_answered()).heard for _ in range(2)] == ["", "Sunny."]
    words = "what is the weather in Bonn please"
    assert history(user) == [words, '!weather {"city": "Bonn"}', "=sunny", ">Sunny."]
    assert outcomes(user) == [("weather", "cancelled"), ("weather", "done")]


@simulated
async def test_what_is_looked_up_when_the_conversation_ends_is_cancelled_at_once() -> None:
    chat = ScriptedChatModel([[LOOKS], "Sunny."])
    tools = ScriptedToolset([(WEATHER, [Pause(4), "sunny"])])
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await user.says("the weather")
        await user.waits(2)
        user.conversation.stop()
        user.conversation.end()
    assert outcomes(user) == [("weather", "cancelled")]
    assert tools.cancelled == 1
