"""The server that `serve_load.py` measures: silero, and providers that wait and make sound as scripted.

`served_bot.py CORE CLIENTS [PROFILE]` prints its port. It has the limits of a real server for that many
clients from one address.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from scripted_providers import BenchChatModel, BenchSynthesizer, WorkOptions

from voicebot import (
    AudioFormat,
    Bot,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    Settings,
)
from voicebot.testing import ScriptedRecognizer
from voicebot.testing.scripted import ScriptedRecognition
from voicebot_audio.silero import SileroDetector, SileroOptions
from voicebot_serve.app import application
from voicebot_serve.bots import ClientDevice, ServedBot
from voicebot_serve.options import LimitOptions, ServeOptions
from voicebot_serve.running.loop_lag import LoopLag
from voicebot_serve.running.uvicorn_server import listening_socket, serve
from voicebot_serve.server import Server

_WORDS = "where is the parcel that I sent"
_ENOUGH = AudioFormat(16_000).bytes_in(0.5)
_MOST = 10_000
JUNK_LET_IN = 80
"""Conversations that there may be beside those of the clients."""


class _Recognition(ScriptedRecognition):
    """Hears the same words in any sound that is long enough."""

    heard = 0

    async def write(self, audio: bytes) -> None:
        before, self.heard = self.heard, self.heard + (len(audio) if any(audio[:8]) else 0)
        if before < _ENOUGH <= self.heard:
            self.put(PartialTranscript(_WORDS))

    async def commit(self) -> None:
        heard, self.heard = self.heard, 0
        self.put(FinalTranscript(_WORDS if heard >= _ENOUGH else ""), after=0.1)


class _Recognizer(ScriptedRecognizer):
    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        yield _Recognition(self, hints)


class _Welcoming(LoopLag):
    """Lets clients in however busy the machine is, since that is what is measured."""

    is_overloaded = False  # type: ignore[assignment]


@asynccontextmanager
async def bots(limits: LimitOptions | None = None) -> AsyncGenerator[dict[str, ServedBot], None]:
    """Start the bot that is measured, which lets in as many clients as come unless there are limits."""
    work = WorkOptions(sentences=2, sentence_seconds=1.0, chunk_seconds=0.1, audible=True)
    limits = limits or LimitOptions(per_key=_MOST, per_address=_MOST)
    bot = Bot(
        recognizer=_Recognizer(),
        chat=BenchChatModel(work),
        synthesizer=BenchSynthesizer(work),
        device=ClientDevice(Options()),
        voice_activity=SileroDetector(SileroOptions()),
        settings=Settings(echo="none"),  # as `voicebot serve` has it
    )
    async with bot:
        yield {"bench": ServedBot("bench", bot, ServeOptions(open=True, limits=limits))}


async def main(clients: int) -> None:
    """Serve until SIGTERM."""
    listening = listening_socket("127.0.0.1", 0)
    limits = LimitOptions(per_key=_MOST, per_address=max(20, clients))
    async with Server(bots(limits), most=clients + JUNK_LET_IN, lag=_Welcoming()) as server:
        print(listening.getsockname()[1], flush=True)

        async def drain(_: bool) -> None:
            await server.drain(0, "")

        admits = server.admits_connection
        await serve(application(server), listening, drain, 1_000_000, admits=admits)


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[1])})
    if len(sys.argv) > 3:
        import cProfile
        import time

        with cProfile.Profile(time.process_time) as profile:  # other processes may use the core too
            asyncio.run(main(int(sys.argv[2])))
        profile.dump_stats(sys.argv[3])
    else:
        asyncio.run(main(int(sys.argv[2])))
