"""A recogniser that is connected to a scripted server, or to the emulator."""

from __future__ import annotations

import asyncio
import math
import re
import struct
from contextlib import asynccontextmanager

import pytest

from voicebot import Hints
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.recognizer import OpenAIRecognizer

ENGLISH = Hints(languages=("en-US",))
KEY = "sk-very-secret-0123456789"


def hum(seconds, rate=16_000, loudness=8_000):
    period = struct.pack("<160h", *(round(loudness * math.sin(2 * math.pi * at / 16)) for at in range(160)))
    size = round(seconds * rate) * 2
    return (period * (size // len(period) + 1))[:size]


@pytest.fixture
def humming():
    return hum


@asynccontextmanager
async def _started(options):
    recognizer = OpenAIRecognizer(OpenAIRecognizerOptions.model_validate(options))
    await recognizer.start()
    try:
        yield recognizer
    finally:
        await recognizer.aclose()


@pytest.fixture
def recognizer_of():
    """Run a started recogniser that is connected to a scripted server."""

    def make(server, **options):
        usual = {"model": "test-model", "base_url": server.base_url, "api_key": KEY}
        return _started(usual | options)

    return make


@pytest.fixture
def emulated():
    """Run an emulator, and a started recogniser that is connected to it; faults are set after that."""

    @asynccontextmanager
    async def talk(*heard, faults=(), azure=False, **options):
        async with Emulator(Script.model_validate({"heard": heard or ("Ahoy there.",)})) as emulator:
            address = f"http://127.0.0.1:{emulator.port}"
            key = {"api_key": emulator.account.openai_key}
            openai = {"base_url": f"{address}/v1", "model": "gpt-live-transcribe", "mode": "realtime"}
            on_azure = {"endpoint": address, "deployment": "live", "model": "gpt-live-transcribe"}
            usual = on_azure if azure else openai
            async with _started(key | usual | options) as recognizer:
                emulator.set_faults(faults)
                yield emulator, recognizer

    return talk


@pytest.fixture
def recognized():
    """Say several things, committing after each, then finish; return all events."""

    async def run(recognizer, *said, hints=ENGLISH, finish=True):
        events = []
        async with recognizer.listen(hints) as recognition, asyncio.TaskGroup() as tasks:

            async def say():
                for sound in said:
                    await recognition.write(sound)
                    await recognition.commit()
                if finish:
                    await recognition.finish()

            saying = tasks.create_task(say())
            try:
                async for event in recognition:
                    events.append(event)  # noqa: PERF401 - an error would take them along
            except Exception as error:
                saying.cancel()
                error.events = events
                raise
        return events

    async def ungrouped(*arguments, **options):
        try:
            return await run(*arguments, **options)
        except* Exception as group:
            raise group.exceptions[0] from None

    return ungrouped


class Upload:
    """The parts of a multipart request."""

    def __init__(self, exchange):
        boundary = re.search("boundary=(.+)", exchange.headers["content-type"])[1].strip('"').encode()
        self.fields = {}
        self.file = b""
        self.file_name = ""
        for part in exchange.data.split(b"--" + boundary)[1:-1]:
            head, _, body = part.partition(b"\r\n\r\n")
            name = re.search(rb'name="([^"]+)"', head)[1].decode()
            if found := re.search(rb'filename="([^"]+)"', head):
                self.file_name, self.file = found[1].decode(), body[:-2]
            else:
                self.fields.setdefault(name, []).append(body[:-2].decode())


@pytest.fixture
def uploads_of():
    return lambda server: [Upload(exchange) for exchange in server.requests]
