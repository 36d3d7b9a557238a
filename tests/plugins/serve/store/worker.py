"""One of several servers, a process of its own: the bot says which line it answers, and how many it knows of.

Run as `worker.py PORT STORE`; it prints a line when it is ready.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from voicebot import Bot, ChatEvent, ChatModel, ChatRequest, Options, ReplyEnded, TextDelta
from voicebot.testing import ScriptedRecognizer, ScriptedSynthesizer, ScriptedVoiceActivity
from voicebot_serve.app import application
from voicebot_serve.bots import ClientDevice, ServedBot
from voicebot_serve.options import LimitOptions, ServeOptions
from voicebot_serve.running.loop_lag import LoopLag
from voicebot_serve.running.uvicorn_server import listening_socket, serve
from voicebot_serve.server import Server
from voicebot_serve.store.keeper import Keeper
from voicebot_serve.store.opening import store_at

KEY = "a key of the store that nobody guesses"
DRAIN = 600.0


class RememberingModel(ChatModel[Options]):
    """Answers the last line, and says how many lines it has been told."""

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        lines = [
            line for each in request.messages if each.role == "user" for line in each.content.split("\n")
        ]
        await asyncio.sleep(0.02)
        yield TextDelta(f"{lines[-1]} is {len(lines)} of {len(set(lines))}.")
        yield ReplyEnded("stop")


class CalmLoop(LoopLag):
    """Finds a busy machine calm."""

    is_overloaded = False  # type: ignore[assignment]


@asynccontextmanager
async def bots() -> AsyncGenerator[Mapping[str, ServedBot], None]:
    bot = Bot(
        recognizer=ScriptedRecognizer(),
        chat=RememberingModel(Options()),
        synthesizer=ScriptedSynthesizer(first_byte=0.02, seconds_per_character=0.01),
        device=ClientDevice(Options()),
        voice_activity=ScriptedVoiceActivity(),
    )
    async with bot:
        limits = LimitOptions(per_key=1000, per_address=1000)
        yield {"bot": ServedBot("bot", bot, ServeOptions(open=True, limits=limits))}


async def run(port: int, url: str) -> None:
    server = Server(bots(), most=1000, keeper=Keeper(store_at(url), KEY), lag=CalmLoop())

    async def drain(_: bool) -> None:
        await server.drain(DRAIN)

    async with server:
        listening = listening_socket("127.0.0.1", port)
        print("ready", flush=True)
        await serve(application(server), listening, drain, 1_000_000)


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), sys.argv[2]))
