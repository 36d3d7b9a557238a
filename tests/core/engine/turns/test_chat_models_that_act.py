"""Chat models that act in the world: what their requests say, and how often they are asked."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot import Settings
from voicebot.config.schema import PatienceOptions, TurnOptions
from voicebot.events import ReplyPrepared, ReplyWithdrawn, UserCorrected, UserTurnEnded
from voicebot.testing import Pause, ScriptedChatModel, ScriptedRecognizer, ScriptedUser, converse, simulated

PATIENCE = PatienceOptions(earliest=0.3, latest=3)
SETTINGS = Settings(on_error="Arr.", turns=TurnOptions(patience=PATIENCE))
NEVER = SETTINGS.model_copy(update={"turns": TurnOptions(patience=PATIENCE, prepare="off")})
EAGER = SETTINGS.model_copy(update={"turns": TurnOptions(patience=PATIENCE, prepare="eager")})


class Clerk(ScriptedChatModel):
    """Books something with each reply."""

    acts = True


def requests(chat: ScriptedChatModel) -> list[tuple[str, bool]]:
    return [(request.messages[-1].content, request.ahead) for request in chat.requests]


def turns(user: ScriptedUser) -> list[str]:
    return [event.text for event in user.events if isinstance(event, UserTurnEnded)]


@simulated
async def test_a_prepared_reply_that_is_played_was_requested_once_and_ahead() -> None:
    chat = ScriptedChatModel(["It rains."], first_token=0.2)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("what is the weather like")
        assert (await user.is_answered()).heard == "It rains."
    assert requests(chat) == [("what is the weather like", True)]


@simulated
async def test_a_discarded_reply_was_requested_ahead() -> None:
    chat = ScriptedChatModel(["Which lamp?", "Done."], first_token=0.05)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("turn on the lamp")
        await user.waits(0.7)
        await user.says("in the kitchen")
        await user.is_answered()
    assert requests(chat) == [("turn on the lamp", True), ("turn on the lamp in the kitchen", True)]
    assert turns(user) == ["turn on the lamp in the kitchen"]


@simulated
async def test_a_reply_after_the_turn_is_not_requested_ahead() -> None:
    chat = ScriptedChatModel(["It rains."])
    async with converse(chat=chat, settings=NEVER) as user:
        await user.says("what is the weather like")
        await user.is_answered()
    assert requests(chat) == [("what is the weather like", False)]


@simulated
async def test_a_prepared_reply_that_failed_is_requested_again_as_the_answer() -> None:
    chat = ScriptedChatModel([RuntimeError("HTTP 500"), "All well."], first_token=0.1)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("hello you")
        assert (await user.is_answered()).heard == "All well."
    assert requests(chat) == [("hello you", True), ("hello you", False)]


@pytest.mark.parametrize("settings", [SETTINGS, EAGER])
@simulated
async def test_a_model_that_acts_is_asked_when_the_turn_is_over(settings: Settings) -> None:
    chat = Clerk(["Booked."], first_token=0.2)
    async with converse(chat=chat, settings=settings) as user:
        await user.says("book a table")
        await user.waits(0.7)
        assert chat.requests == []
        await user.says("for two")
        assert (await user.is_answered()).heard == "Booked."
    assert requests(chat) == [("book a table for two", False)]
    assert not [event for event in user.events if isinstance(event, ReplyPrepared | ReplyWithdrawn)]


@simulated
async def test_words_added_while_a_model_acts_are_a_turn_of_their_own() -> None:
    chat = Clerk(["Booked.", "For two, then."], first_token=3.0)
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("book a table")
        await user.waits(3.5)
        assert len(chat.requests) == 1
        await user.says("for two")
        assert (await user.is_answered()).interrupted
        assert (await user.is_answered()).heard == "For two, then."
    assert turns(user) == ["book a table", "for two"]
    assert requests(chat) == [("book a table", False), ("book a table\nfor two", False)]
    said = [(message.role, message.content) for message in user.conversation.history.messages]
    assert said == [("user", "book a table"), ("user", "for two"), ("assistant", "For two, then.")]


@simulated
async def test_noise_does_not_interrupt_a_model_that_acts() -> None:
    chat = Clerk([[Pause(2.0), "Booked."]])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("book a table")
        await user.waits(3.5)
        await user.says("", 0.3)
        assert (await user.is_answered()).heard == "Booked."
    assert (len(chat.requests), chat.cancelled) == (1, 0)


@simulated
async def test_a_late_final_corrects_the_history_of_a_model_that_acts_and_does_not_ask_again() -> None:
    recognizer = ScriptedRecognizer(final_delay=4.0, mishears=lambda text: text.replace("mum", "Tom"))
    chat = Clerk(["Calling."], first_token=3.0)
    async with converse(recognizer=recognizer, chat=chat, settings=SETTINGS) as user:
        await user.says("call mum")
        assert (await user.is_answered()).heard == "Calling."
    assert requests(chat) == [("call mum", False)]
    assert [event.text for event in user.events if isinstance(event, UserCorrected)] == ["call Tom"]


@simulated
async def test_every_turn_of_a_model_that_acts_is_one_request() -> None:
    timelines: list[list[Any]] = [
        ["book a table", 0.2, "for two", 0.9, "please"],
        ["book a table", 1.4, "for two", 1.0, "no three", 0.5, "please"],
        ["book a table", 3.4, "for two", 3.3, "please"],
    ]
    for timeline in timelines:
        chat = Clerk(["Booked for you, as you wish."], first_token=0.8)
        async with converse(chat=chat, settings=SETTINGS) as user:
            for step in timeline:
                await (user.says(step, 0.6) if isinstance(step, str) else user.waits(step))
            await user.waits(8)
        assert len(chat.requests) == len(turns(user))
        said = [m.content for m in user.conversation.history.messages if m.role == "user"]
        assert said == turns(user)
