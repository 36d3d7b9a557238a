"""How a reply is cut into units while it is being written: nothing is lost, and it is spoken in time."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Literal, TypeVar

import pytest

from voicebot.config.schema import ReplyOptions, Settings, TurnOptions
from voicebot.errors import ProviderError
from voicebot.events import BotTurnEnded, UnitSpoken
from voicebot.messages import ChatEvent, ChatRequest, ReplyEnded, TextDelta
from voicebot.testing import Pause, ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, converse, simulated

SETTINGS = Settings(system="Be brief.", on_error="Arr, me ears be wet.", turns=TurnOptions(prepare="off"))
EventT = TypeVar("EventT")


def of_kind(user: ScriptedUser, kind: type[EventT]) -> list[EventT]:
    return [event for event in user.events if isinstance(event, kind)]


REPLIES = {
    "addresses": "See wikipedia.org, README.md or v1.2.3. Ask jane.doe@example.com. Yes.",
    "no spaces": "你好。今天怎么样？我很好！请看https://a.example/b.c?d=e。谢谢。",
    "quotes": 'He said "Stop." Then he left. "Why?" she asked. It (he?) was late.)" So.',
    "lines": "First:\n\n- one\n- two. Three\n\nThat is *all.* Done.",
    "unspeakable parts": "Great! 🎉 Let us see... --- Yes.\n***\nSo it is.",
}


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("first_unit", ["short", "sentence"])
@pytest.mark.parametrize("name", REPLIES)
@simulated
async def test_history_keeps_a_reply_as_it_was_written(
    name: str, first_unit: Literal["short", "sentence"], *, whole: bool
) -> None:
    reply = REPLIES[name]
    settings = SETTINGS.model_copy(update={"reply": ReplyOptions(first_unit=first_unit)})
    chat = ScriptedChatModel([[reply] if whole else list(reply)], first_token=0.1, tokens_per_second=1_000)
    async with converse(chat=chat, settings=settings) as user:
        await user.says("tell me")
        await user.is_answered()
    (ended,) = of_kind(user, BotTurnEnded)
    assert ended.heard == user.conversation.history.messages[-1].content == reply


@simulated
async def test_code_is_neither_spoken_nor_kept_as_heard() -> None:
    chat = ScriptedChatModel(["Run this:\n```\nls. -la\n```\nThen stop."])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("how")
        turn = await user.is_answered()
    assert turn.heard == "Run this:\nThen stop."


@simulated
async def test_a_host_name_that_comes_in_pieces_is_one_word() -> None:
    synthesizer = ScriptedSynthesizer()
    chat = ScriptedChatModel([["Go to example", ".", "com", ".", " Then", " stop", "."]])
    async with converse(chat=chat, synthesizer=synthesizer, settings=SETTINGS) as user:
        await user.says("where")
        await user.is_answered()
    assert [unit.text for unit in of_kind(user, UnitSpoken)] == ["Go to example.com.", "Then stop."]


@simulated
async def test_a_sentence_that_seems_over_is_spoken_when_the_model_writes_nothing_for_a_second() -> None:
    chat = ScriptedChatModel([["It is on the ship.", Pause(10), " Go there."]])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("where")
        await user.is_answered()
    first, second = of_kind(user, UnitSpoken)
    assert (first.text, second.text) == ("It is on the ship.", "Go there.")
    assert second.at - first.at > 8


@simulated
async def test_a_whole_sentence_is_spoken_although_the_model_breaks_off_after_it() -> None:
    chat = ScriptedChatModel([["It is on the ship.", ProviderError("it broke")]])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("where")
        turn = await user.is_answered()
    assert turn.heard == "It is on the ship. Arr, me ears be wet."


@simulated
async def test_a_sentence_that_does_not_seem_over_waits_for_the_model() -> None:
    chat = ScriptedChatModel([["Ask Dr.", Pause(3), " Smith."]])
    async with converse(chat=chat, settings=SETTINGS) as user:
        await user.says("whom")
        await user.is_answered()
    assert [unit.text for unit in of_kind(user, UnitSpoken)] == ["Ask Dr. Smith."]


class BurstingChatModel(ScriptedChatModel):
    """Gives many sentences at once, and then the rest of the last one."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        sentences = (f"This is sentence number {number} of them." for number in range(80))
        yield TextDelta(" ".join([*sentences, "It is 3."]))
        yield TextDelta("14 metres.")
        yield ReplyEnded()


@simulated
async def test_a_model_that_waits_for_the_synthesizer_has_not_paused() -> None:
    async with converse(chat=BurstingChatModel(), settings=SETTINGS) as user:
        await user.says("how long")
        await user.is_answered()
    assert [unit.text for unit in of_kind(user, UnitSpoken)][-1] == "It is 3.14 metres."
