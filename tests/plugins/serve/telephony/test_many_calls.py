"""Fifty calls at once over real sockets and in real time, each with a question, an interruption and keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import uvicorn
from tests.plugins.serve.serving import CalmLoop
from websockets.asyncio.client import ClientConnection, connect

from voicebot import Bot, Options, Settings, VoiceActivityOptions
from voicebot.testing import ScriptedChatModel
from voicebot_serve.app import application
from voicebot_serve.bots import ClientDevice, ServedBot
from voicebot_serve.options import LimitOptions, ServeOptions
from voicebot_serve.running.uvicorn_server import config_for, listening_socket
from voicebot_serve.server import Server
from voicebot_serve.telephony.carriers import chosen_carriers

from .audible import HummingSynthesizer, LoudnessDetector, OneSentenceRecognizer, tone
from .simulated_phone import SimulatedPhone
from .test_call import QUESTION, STORY
from .test_routes import signed

_CALLS = 50
_STEP = 0.02
_SPEECH, _SILENCE = tone(_STEP, 8000), b"\0\0" * 160
OPTIONS = ServeOptions(
    telephony={"twilio": {"auth_token": "12345"}}, limits=LimitOptions(per_key=_CALLS, per_address=_CALLS)
)


@asynccontextmanager
async def humming_bot() -> AsyncGenerator[Mapping[str, ServedBot], None]:
    bot = Bot(
        recognizer=OneSentenceRecognizer(QUESTION),
        chat=ScriptedChatModel([STORY] * (3 * _CALLS)),
        synthesizer=HummingSynthesizer(Options()),
        device=ClientDevice(Options()),
        voice_activity=LoudnessDetector(VoiceActivityOptions()),
        settings=Settings(),
    )
    async with AsyncExitStack() as stack:
        entered = await stack.enter_async_context(bot)
        yield {"bot": ServedBot("bot", entered, OPTIONS, chosen_carriers(OPTIONS.telephony))}


class Telephone:
    """One call, in real time."""

    def __init__(self, call: ClientConnection) -> None:
        self.phone = SimulatedPhone()
        self.steps: list[str] = []
        self._call = call

    async def waits_until(self, silent: bool, sound: bytes) -> None:
        """Send sound until the bot speaks or is silent, for a minute at most."""
        for _ in range(round(60 / _STEP)):
            await self.lets_pass(1, sound)
            if self.phone.is_silent is silent:
                return
        raise AssertionError(f"after {self.steps}: {self.phone.is_silent=}")

    async def lets_pass(self, frames: int, sound: bytes) -> None:
        """Send frames of sound, and play what comes meanwhile."""
        for _ in range(frames):
            await self._call.send(self.phone.speak(sound))
            await asyncio.sleep(_STEP)
            for answer in self.phone.play(_STEP):
                await self._call.send(answer)

    async def receives(self) -> None:
        """Take what the bot sends, until it hangs up."""
        async for message in self._call:
            for answer in self.phone.receive(str(message)):
                await self._call.send(answer)

    async def talks(self) -> None:
        """Ask, interrupt the answer by speaking, and press keys."""
        for message in self.phone.start({}):
            await self._call.send(message)
        await self.lets_pass(40, _SPEECH)
        await self.waits_until(False, _SILENCE)
        self.steps.append("answered")
        await self.lets_pass(50, _SILENCE)
        await self.waits_until(True, _SPEECH)
        self.steps.append("interrupted")
        await self.waits_until(False, _SILENCE)
        self.steps.append("answered again")
        await self._call.send(self.phone.press("1"))
        await self._call.send(self.phone.press("#"))
        await self.waits_until(True, _SILENCE)
        self.steps.append("interrupted by a key")
        await self.waits_until(False, _SILENCE)
        self.steps.append("answered a third time")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_fifty_calls_at_once_are_each_answered_and_interrupted() -> None:
    async def one(url: str) -> Telephone:
        async with connect(url, additional_headers=signed(url, {}), max_queue=None) as call:
            telephone = Telephone(call)
            async with asyncio.TaskGroup() as tasks:
                receiving = tasks.create_task(telephone.receives())
                await telephone.talks()
                receiving.cancel()
        return telephone

    async def run() -> list[Telephone]:
        listening = listening_socket("127.0.0.1", 0)
        async with Server(humming_bot(), lag=CalmLoop()) as server:
            config = config_for(application(server, ()), 1_000_000)
            config.load()
            http = uvicorn.Server(config)
            http.lifespan = config.lifespan_class(config)
            await http.startup([listening])
            try:
                url = f"ws://127.0.0.1:{listening.getsockname()[1]}/telephony/twilio"
                async with asyncio.TaskGroup() as tasks:
                    calls = [tasks.create_task(one(url)) for _ in range(_CALLS)]
            finally:
                await server.drain(0, "")
                http.force_exit = True
                await http.shutdown([listening])
        return [call.result() for call in calls]

    for telephone in asyncio.run(run()):
        assert len(telephone.steps) == 5
        assert telephone.phone.problems == []
