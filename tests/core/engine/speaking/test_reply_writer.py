"""A chat model that has said that its reply is complete: whatever it does then, the reply is spoken whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Literal

import pytest

from voicebot import ChatEvent, ChatRequest, ProviderFailed, ReplyEnded, Settings, TextDelta
from voicebot.testing import ScriptedChatModel, converse, simulated

SETTINGS = Settings.model_validate({"reply": {"chat_timeout": 3}})
WRITTEN = "It is sunny today, and so it will be for"
Way = Literal["raises", "leaks", "hangs"]


class Unending(ScriptedChatModel):
    """Does not stop, or not well, after the end of its reply."""

    def __init__(self, way: Way, *texts: str) -> None:
        super().__init__()
        self._way = way
        self._texts = texts

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        await asyncio.sleep(0.1)
        for text in self._texts:
            yield TextDelta(text)
        yield ReplyEnded()
        match self._way:
            case "raises":
                raise RuntimeError("the connection was reset")
            case "leaks":
                raise asyncio.CancelledError
            case "hangs":
                await asyncio.sleep(1000)


@pytest.mark.parametrize("way", ["raises", "leaks", "hangs"])
@simulated
async def test_a_reply_that_is_complete_is_spoken_whole_and_no_failure(way: Way) -> None:
    async with converse(chat=Unending(way, WRITTEN), settings=SETTINGS) as user:
        await user.says("hello there")
        turn = await user.is_answered()
    assert turn.heard == WRITTEN
    assert not [event for event in user.events if isinstance(event, ProviderFailed)]


@pytest.mark.parametrize("way", ["raises", "leaks", "hangs"])
@simulated
async def test_one_without_a_word_is_a_failure_all_the_same(way: Way) -> None:
    async with converse(chat=Unending(way), settings=SETTINGS) as user:
        await user.says("hello there")
        turn = await user.is_answered()
    assert turn.heard == SETTINGS.on_error
    assert [event.kind for event in user.events if isinstance(event, ProviderFailed)] == ["chat"]
