"""Log records as JSON, each with the conversation in which it was written."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest
from websockets.asyncio.client import connect

from voicebot import Bot, Options, Settings
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer
from voicebot_serve.bots import ClientDevice
from voicebot_serve.running.json_logs import JsonLines

from ..serving import serving


def _broken(_: str) -> str:
    raise ValueError("it broke\nin two lines")


def _bot(settings: Settings) -> Bot:
    return Bot(
        recognizer=ScriptedRecognizer(),
        chat=ScriptedChatModel(),
        synthesizer=ScriptedSynthesizer(),
        device=ClientDevice(Options()),
        settings=settings,
        transcript_filters=[lambda _: _broken],
    )


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.handler.setFormatter(JsonLines())
    caplog.set_level(logging.INFO, "voicebot_serve")
    return caplog


def lines(logged: pytest.LogCaptureFixture, begins: str) -> list[dict[str, Any]]:
    return [each for each in map(json.loads, logged.text.splitlines()) if each["logger"].startswith(begins)]


def test_a_record_is_one_object_with_the_traceback_in_it(logged: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("voicebot_serve.sockets")
    try:
        _broken("")
    except ValueError:
        logger.exception("line 1\nline 2 of %s", "\u2028\x1b[31m")
    (line,) = lines(logged, "voicebot_serve")
    assert line["level"] == "error"
    assert line["message"] == "line 1\nline 2 of \u2028\x1b[31m"
    assert line["exception"].endswith("ValueError: it broke\nin two lines")
    assert "conversation" not in line
    assert logged.text.isascii()
    assert line["time"].endswith("+00:00")


def test_what_the_engine_logs_has_the_conversation_of_its_client(logged: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with (
            serving(make=_bot) as running,
            connect(running.url(), max_queue=None) as one,
            connect(running.url(), max_queue=None) as other,
        ):
            for client in (one, other):
                await client.send("hello")
                async for message in client:
                    if isinstance(message, bytes):
                        break

    asyncio.run(run())
    began = {each["conversation"] for each in lines(logged, "voicebot_serve.sockets")}
    warned = [each for each in lines(logged, "voicebot.engine") if "the transcript filter" in each["message"]]
    assert len(began) == 2
    assert {each["conversation"] for each in warned} == began
    assert {(each["level"], each["bot"]) for each in warned} == {("warning", "bot")}
