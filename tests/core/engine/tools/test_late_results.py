"""What comes of a call after its reply was interrupted: said once, when it is the bot's turn and quiet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from voicebot import BotTurnEnded, ToolCaller, ToolResult, TurnTimed
from voicebot.config.schema import TurnOptions
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedToolset,
    ScriptedUser,
    converse,
    invalid,
    simulated,
)
from voicebot.testing.scripted_toolset import ToolStep

from .scenes import BOOK, CANCEL, asks, call, history, outcomes, settings

BOOKING = "I am going to book it now."
NOTE = "[Since then, nobody has spoken. What was called before has ended meanwhile: book."


def booking(*steps: ToolStep, seconds: float = 4.0) -> ScriptedToolset:
    return ScriptedToolset([(BOOK, [Pause(seconds), *steps]), (CANCEL, "cancelled")])


def heard(user: ScriptedUser) -> list[str]:
    return [event.heard for event in user.events if isinstance(event, BotTurnEnded) and event.heard]


async def interrupts(user: ScriptedUser, text: str = "what is the time") -> None:
    """Ask for a table, and ask for something else while it is being booked."""
    await user.says("book a table")
    await user.waits(1.7)
    await user.says(text)
    await user.is_answered()


@simulated
async def test_a_result_that_comes_after_the_next_answer_is_told_once_when_it_is_quiet() -> None:
    chat = ScriptedChatModel([[BOOKING, call(BOOK, people=2)], "Five.", "Table four is yours.", "Six."])
    async with converse(chat=chat, toolsets=[booking("table 4")], settings=settings(prepare="off")) as user:
        await interrupts(user)
        assert (await user.is_answered()).heard == "Five."
        assert (await user.is_answered()).heard == "Table four is yours."
        await user.waits(20)
        assert await asks(user, "and now") == ["Six."]
    assert history(user)[3:] == [
        "=table 4",
        "what is the time",
        ">Five.",
        ">Table four is yours.",
        "and now",
        ">Six.",
    ]
    asked = chat.requests[2]
    assert (asked.tools, asked.ahead, asked.messages[-1].role) == ((), False, "user")
    assert asked.messages[-1].content.startswith(NOTE)
    assert [message.content for message in asked.messages if message.role == "tool"] == ["table 4"]
    assert not any(invalid(request) for request in chat.requests)
    timed = [event for event in user.events if isinstance(event, TurnTimed)]
    assert [event.turn for event in timed] == [1, 2, 0, 3]
    told = timed[2]
    assert (told.speech_stopped, told.final) == (None, None)
    assert told.decided is not None
    assert told.first_sound is not None
    assert told.decided < told.first_sound < told.at


@simulated
async def test_a_result_with_its_own_words_is_said_without_asking_the_model() -> None:
    chat = ScriptedChatModel([[BOOKING, call(BOOK, people=2)], "Five."])
    tools = booking(ToolResult("table 4", say="You have table four."))
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await interrupts(user)
        await user.waits(8)
        assert heard(user)[1:] == ["Five.", "You have table four."]
    assert len(chat.requests) == 2


@simulated
async def test_a_result_that_the_next_answer_knew_is_not_told_again() -> None:
    chat = ScriptedChatModel([[BOOKING, call(BOOK, people=2)], "Table four, and it is five."])
    tools = booking("table 4", seconds=1.0)
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await interrupts(user)
        await user.waits(10)
        assert heard(user)[1:] == ["Table four, and it is five."]


@simulated
async def test_a_result_that_the_next_answer_waited_for_is_not_told_again() -> None:
    steps = [[BOOKING, call(BOOK, people=2)], [call(BOOK, people=2)], "Table four."]
    chat = ScriptedChatModel(steps)
    tools = booking("table 4")
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await interrupts(user, "come on reserve the table")
        await user.waits(10)
        assert heard(user)[1:] == ["Table four."]
    assert len(tools.begun) == 1


@simulated
async def test_a_result_that_a_reply_waited_for_and_nobody_heard_is_told_once_it_is_quiet() -> None:
    steps = [[BOOKING, call(BOOK, people=2)], ["One moment.", call(BOOK, people=2)], "Four.", "Table four."]
    chat = ScriptedChatModel(steps)
    turns = TurnOptions.model_validate({"patience": 0.6, "prepare": "off", "interruption": 0})
    jumpy = settings().model_copy(update={"turns": turns})
    async with converse(chat=chat, toolsets=[booking("table 4")], settings=jumpy) as user:
        await interrupts(user, "come on reserve the table")
        while len(chat.requests) < 3:
            await user.waits(0.05)
        await user.says("", 0.3)  # before the first sound of the result
        await user.waits(10)
        assert heard(user)[1:] == ["One moment.", "Table four."]


@simulated
async def test_a_failure_is_told_too_and_nothing_more_is_called() -> None:
    chat = ScriptedChatModel(
        [[BOOKING, call(BOOK, people=2)], "Five.", ["It did not work.", call(BOOK, people=2)]]
    )
    tools = booking(ValueError())
    async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
        await interrupts(user)
        await user.waits(10)
        assert heard(user)[1:] == ["Five.", "It did not work."]
    assert outcomes(user) == [("book", "failed")]


@simulated
async def test_an_interruption_that_was_nothing_leaves_the_result_to_be_told() -> None:
    chat = ScriptedChatModel([[BOOKING, call(BOOK, people=2)], "Table four is yours."])
    turns = TurnOptions.model_validate({"patience": 0.6, "prepare": "off", "interruption": 0})
    jumpy = settings().model_copy(update={"turns": turns})
    async with converse(chat=chat, toolsets=[booking("table 4")], settings=jumpy) as user:
        await user.says("book a table")
        await user.waits(1.7)
        await user.says("", 0.3)
        await user.waits(10)
        assert heard(user)[1:] == ["Table four is yours."]
    assert history(user)[-1] == ">Table four is yours."


@simulated
async def test_what_the_user_did_not_hear_of_a_result_is_told_again() -> None:
    chat = ScriptedChatModel([[BOOKING, call(BOOK, people=2)], "Five.", "Four.", "Table four, and six."])
    async with converse(chat=chat, toolsets=[booking("table 4")], settings=settings(prepare="off")) as user:
        await interrupts(user)
        await user.is_answered()
        while len(chat.requests) < 3:
            await user.waits(0.05)
        await user.says("and now", 0.4)  # before the first sound
        await user.waits(10)
        assert heard(user)[1:] == ["Five.", "Table four, and six."]
    roles = [message.role for message in chat.requests[3].messages]
    assert roles == ["user", "assistant", "tool", "assistant", "user", "assistant", "user"]


@simulated
async def test_an_open_question_is_answered_before_a_result_is_told() -> None:
    chat = ScriptedChatModel(
        [[BOOKING, call(BOOK, people=2)], [call(CANCEL, order=7)], "Cancelled, and you have table four."]
    )
    async with converse(chat=chat, toolsets=[booking("table 4")], settings=settings(prepare="off")) as user:
        await interrupts(user, "cancel my order")
        await user.waits(10)
        assert heard(user)[1:] == ["Shall I cancel order 7?"]
        await user.says("yes")
        await user.waits(10)
    assert outcomes(user) == [("book", "done"), ("cancel", "done")]
    assert heard(user)[1:] == ["Shall I cancel order 7?", "Cancelled, and you have table four."]


@pytest.mark.parametrize(
    ("does", "model_says"),
    [(lambda caller: caller.stay_silent(), ["Not asked."]), (lambda _: None, [""])],
    ids=["a tool that wants silence", "a model that has nothing to say"],
)
def test_nothing_is_said_for(does: Callable[[ToolCaller], None], model_says: list[str]) -> None:
    @simulated
    async def run() -> None:
        chat = ScriptedChatModel([[BOOKING, call(BOOK, people=2)], "Five.", *model_says])
        tools = booking(does, "table 4")
        async with converse(chat=chat, toolsets=[tools], settings=settings(prepare="off")) as user:
            await interrupts(user)
            await user.waits(10)
            assert heard(user)[1:] == ["Five."]

    run()


@simulated
async def test_a_result_that_comes_in_a_pause_of_the_user_replaces_the_prepared_answer() -> None:
    chat = ScriptedChatModel([[BOOKING, call(BOOK, people=2)], "Being booked.", "Table four."])
    tools = booking("table 4", seconds=3.9)
    async with converse(chat=chat, toolsets=[tools], settings=settings(patience=1.2)) as user:
        await user.says("book a table")
        await user.waits(2.4)
        await user.says("is it booked")
        await user.waits(15)
        assert heard(user)[1:] in (["Table four."], ["Being booked.", "Table four."])
    assert history(user)[-1] == ">Table four."
