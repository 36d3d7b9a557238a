"""How a bot's providers start and stop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicebot import AudioDevice, AudioStream, Options, ProviderError, Settings
from voicebot.engine.bot import Bot
from voicebot.engine.text.backchannel import backchannels
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer, simulated


class Nothing(AudioDevice[Options]):
    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        raise AssertionError("nobody opens it here")
        yield


class Chat(ScriptedChatModel):
    def __init__(self, error: BaseException | None = None, *, hangs: bool = False) -> None:
        super().__init__()
        self.log: list[str] = []
        self._error, self._hangs = error, hangs

    async def start(self) -> None:
        if self._hangs:
            await asyncio.get_running_loop().create_future()
        if self._error:
            raise self._error
        self.log.append("started")

    async def aclose(self) -> None:
        self.log.append("closed")


class Voice(ScriptedSynthesizer):
    def __init__(self, *, close: str = "") -> None:
        super().__init__()
        self.close = close

    async def aclose(self) -> None:
        if self.close == "hangs":
            await asyncio.get_running_loop().create_future()
        if self.close == "raises":
            raise RuntimeError("no")


def bot(**providers: Any) -> Bot:
    given = {"recognizer": ScriptedRecognizer(), "chat": Chat(), "synthesizer": Voice(), **providers}
    return Bot(device=Nothing(Options()), settings=Settings(start_timeout=3), **given)


@simulated
async def test_providers_are_started_once_and_closed() -> None:
    chat = Chat()
    async with bot(chat=chat):
        assert chat.log == ["started"]
    assert chat.log == ["started", "closed"]


@pytest.mark.parametrize(
    ("chat", "message"),
    [
        (Chat(ProviderError("no key")), "chat: no key"),
        (Chat(ValueError("odd")), "chat: could not start: ValueError (-v shows where)"),
        (Chat(hangs=True), "chat: did not start within 3 s (`start_timeout`)"),
    ],
)
def test_a_provider_that_does_not_start_is_named_and_all_are_closed(chat: Chat, message: str) -> None:
    @simulated
    async def start() -> None:
        with pytest.raises(ProviderError) as caught:
            async with bot(chat=chat):
                pass
        assert str(caught.value) == message
        assert chat.log == ["closed"]

    start()


@pytest.mark.parametrize("close", ["hangs", "raises"])
def test_a_provider_that_does_not_close_does_not_keep_others_open(
    close: str, caplog: pytest.LogCaptureFixture
) -> None:
    @simulated
    async def run() -> None:
        chat = Chat()
        async with bot(chat=chat, synthesizer=Voice(close=close)):
            pass
        assert chat.log == ["started", "closed"]

    run()
    assert "synthesizer did not close cleanly" in caplog.text


@simulated
async def test_being_cancelled_while_starting_closes_what_was_started() -> None:
    chat = Chat(hangs=True)

    async def start() -> None:
        async with bot(chat=chat):
            raise AssertionError("it cannot have started")

    task = asyncio.create_task(start())
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert chat.log == ["closed"]


@simulated
async def test_phrases_are_loaded_by_a_thread_after_the_start() -> None:
    backchannels.cache_clear()

    async with bot():
        assert not backchannels.cache_info().currsize
        await asyncio.sleep(2)
        for thread in threading.enumerate():
            if thread.name == "voicebot phrases":
                thread.join()
        assert backchannels.cache_info().currsize


@simulated
async def test_no_phrases_are_loaded_once_the_bot_is_closed() -> None:
    backchannels.cache_clear()

    async with bot():
        pass
    await asyncio.sleep(2)

    assert "voicebot phrases" not in [thread.name for thread in threading.enumerate()]
    assert not backchannels.cache_info().currsize
