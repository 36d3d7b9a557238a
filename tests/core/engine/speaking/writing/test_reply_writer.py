"""A reply that the chat model has declared complete is spoken whole, whatever the model does afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Literal

import pytest

from voicebot import ChatEvent, ChatRequest, ProviderFailed, ReplyEnded, Settings, TextDelta
from voicebot.testing import ScriptedChatModel, converse, simulated

SETTINGS = Settings.model_validate({"reply": {"chat_timeout": 3}})
WRITTEN = "It is sunny today, and so it will be for"
Ending = Literal["raises", "leaks", "hangs"]


class NeverStops(ScriptedChatModel):
    """Fails, or does not stop, after the end of its reply."""

    def __init__(self, ending: Ending, *texts: str) -> None:
        super().__init__()
        self._ending = ending
        self._texts = texts

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        await asyncio.sleep(0.1)
        for text in self._texts:
            yield TextDelta(text)
        yield ReplyEnded()
        match self._ending:
            case "raises":
                raise RuntimeError("the connection was reset")
            case "leaks":
                raise asyncio.CancelledError
            case "hangs":
                await asyncio.sleep(1000)


@pytest.mark.parametrize("ending", ["raises", "leaks", "hangs"])
@simulated
async def test_a_complete_reply_is_spoken_whole_and_nothing_has_failed(ending: Ending) -> None:
    async with converse(chat=NeverStops(ending, WRITTEN), settings=SETTINGS) as user:
        await user.says("hello there")
        turn = await user.is_answered()
    assert turn.heard == WRITTEN
    assert not [event for event in user.events if isinstance(event, ProviderFailed)]


@pytest.mark.parametrize("ending", ["raises", "leaks", "hangs"])
@simulated
async def test_an_empty_reply_is_still_a_failure(ending: Ending) -> None:
    async with converse(chat=NeverStops(ending), settings=SETTINGS) as user:
        await user.says("hello there")
        turn = await user.is_answered()
    assert turn.heard == SETTINGS.on_error
    assert [event.kind for event in user.events if isinstance(event, ProviderFailed)] == ["chat"]
