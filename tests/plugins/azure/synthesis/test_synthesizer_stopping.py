"""Stopping the synthesizer: at any time, without waiting for the SDK, and without leaving anything behind."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

import psutil
import pytest

from voicebot import AudioChunk, Utterance
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running

LONG = "This is a sentence that takes quite a while to be spoken to its very end. " * 4
SLOW = Script.model_validate({"spoken": {"speed": 1.0}})


@asynccontextmanager
async def voice(
    *, script: Script = SLOW, faults: tuple[str, ...] = (), **options: Any
) -> AsyncIterator[tuple[AzureSynthesizer, Emulator]]:
    async with Emulator(script) as emulator:
        environment = emulator.environment
        account = {
            "key": environment["SPEECH_KEY"],
            "region": environment["SERVICE_REGION"],
            "endpoint": environment["SPEECH_ENDPOINT"],
            "pool": 2,
        }
        synthesizer = AzureSynthesizer(AzureSynthesizerOptions(**{**account, **options}))
        await synthesizer.start()
        emulator.set_faults(faults)
        try:
            yield synthesizer, emulator
        finally:
            await synthesizer.aclose()


async def speak(synthesizer: AzureSynthesizer, text: str, until: int = sys.maxsize) -> int:
    """Speak a text until so many bytes have arrived; return how many did."""
    heard = 0
    async with aclosing(synthesizer.synthesize(Utterance(text))) as stream:
        async for event in stream:
            if isinstance(event, AudioChunk):
                heard += len(event.audio)
                if heard >= until:
                    break
    return heard


async def eventually(holds: Callable[[], bool], seen: Callable[[], object] = str) -> None:
    try:
        async with asyncio.timeout(60):
            while not holds():  # noqa: ASYNC110 - the journal and the system have no events to wait for
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"it does not come to be: {seen()}") from None


def test_an_interrupted_utterance_makes_room_for_a_connection_in_advance() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, emulator):
            journal = emulator.journal
            await eventually(lambda: len(journal.find(what="open")) == 2)
            await speak(synthesizer, LONG, until=1)
            await eventually(lambda: len(journal.find(what="open")) == 3)
            await eventually(lambda: len(journal.find(what="close")) == 1)
            emulator.use_script(Script())
            assert await speak(synthesizer, "Aye.") > 0
            assert len(journal.find(what="open")) == 3

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("faults", "waits_for"),
    [
        ((), "ssml"),
        ((), "turn.start"),
        ((), "audio"),
        (("tts:hang@start",), "hang"),
        (("tts:hang@middle",), "hang"),
        (("tts:drop@startx1", "tts:hang@connect"), "hang"),
    ],
)
def test_speech_can_be_stopped_at_every_stage_and_the_next_utterance_works(
    faults: tuple[str, ...], waits_for: str
) -> None:
    async def scenario() -> None:
        async with voice(faults=faults) as (synthesizer, emulator):
            speaking = asyncio.create_task(speak(synthesizer, LONG))
            await eventually(lambda: bool(emulator.journal.find(what=waits_for)))
            emulator.set_faults([])
            speaking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await speaking
            emulator.use_script(Script())
            assert await speak(synthesizer, "Aye, captain.") > 0

    asyncio.run(scenario())


def test_speech_can_be_stopped_before_it_begins() -> None:
    async def scenario() -> None:
        async with voice(script=Script()) as (synthesizer, _):
            for ticks in range(12):
                speaking = asyncio.create_task(speak(synthesizer, "Aye, captain."))
                for _ in range(ticks):
                    await asyncio.sleep(0)
                speaking.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await speaking
            assert await speak(synthesizer, "Aye, captain.") > 0

    asyncio.run(scenario())


def test_an_utterance_gets_no_audio_of_the_one_before_it() -> None:
    async def scenario() -> None:
        async with voice(script=Script(), pool=1) as (synthesizer, _):
            for _ in range(12):
                long = await speak(synthesizer, "This one is rather long, is it not?")
                short = await speak(synthesizer, "Aye.")
                assert long > 4 * short

    asyncio.run(scenario())


def test_closing_stops_speech() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, emulator):
            speaking = asyncio.create_task(speak(synthesizer, LONG))
            await eventually(lambda: bool(emulator.journal.find(what="audio")))
            await synthesizer.aclose()
            (outcome,) = await asyncio.gather(speaking, return_exceptions=True)
            assert "closed" in str(outcome)

    asyncio.run(scenario())


def test_an_idle_connection_that_the_service_closed_is_not_used() -> None:
    async def scenario() -> None:
        async with voice(script=Script()) as (synthesizer, emulator):
            emulator.set_faults(["refused=0.01"])
            await eventually(lambda: len(emulator.journal.find(what="close")) == 2)
            emulator.set_faults([])
            await eventually(lambda: emulator.journal.find(what="open") != [])
            heard = 0
            while not heard:  # the port may not be open again yet
                (outcome,) = await asyncio.gather(speak(synthesizer, "Aye."), return_exceptions=True)
                heard = outcome if isinstance(outcome, int) else 0

    asyncio.run(scenario())


EXIT = """
import asyncio, os, sys, threading
from voicebot import Utterance
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_azure.synthesis.options import AzureSynthesizerOptions

heard = threading.Event()

async def main():
    synthesizer = AzureSynthesizer(AzureSynthesizerOptions(
        key=os.environ["SPEECH_KEY"], region="swedencentral", endpoint=os.environ["SPEECH_ENDPOINT"]))
    await synthesizer.start()
    async for event in synthesizer.synthesize(Utterance("Never mind the end of this sentence. " * 20)):
        heard.set()
        LEAVE

WAY_OUT
"""
WAYS_OUT = {
    "at once": ("sys.exit(0)", "asyncio.run(main())"),
    "in the main thread": (
        "pass",
        "threading.Thread(target=asyncio.run, args=(main(),), daemon=True).start(); heard.wait(30)",
    ),
    "with an error": ("raise KeyboardInterrupt", "asyncio.run(main())"),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_program_can_end_while_it_speaks(way: str) -> None:
    leave, way_out = WAYS_OUT[way]
    code = EXIT.replace("LEAVE", leave).replace("WAY_OUT", way_out)
    with running(Emulator(Script.model_validate({"spoken": {"speed": 20.0}}))) as emulator:
        ended = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, **emulator.environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "FATAL" not in ended.stderr
        assert ended.returncode in ((0,) if way != "with an error" else (1, 130, -2))


def held() -> tuple[int, int, int]:
    """Return the numbers of Python threads, of all threads, and of file descriptors."""
    process = psutil.Process()
    return threading.active_count(), process.num_threads(), process.num_fds()


def grown(before: tuple[int, ...], conversations: int) -> str:
    """Return what has grown by at least half an item per conversation; empty if nothing has."""
    now = held()
    if all(more - then <= conversations // 2 for more, then in zip(now, before, strict=True)):
        return ""
    return f"Python's threads, all threads, file descriptors: {before} before, {now} now"


async def converse(synthesizer: AzureSynthesizer) -> None:
    """Run a short conversation: two utterances at the same time, and one that is interrupted."""
    await synthesizer.start()
    await asyncio.gather(speak(synthesizer, "Aye."), speak(synthesizer, "No."))
    await speak(synthesizer, LONG, until=1)
    await synthesizer.aclose()


def soak(conversations: int) -> int:
    """Check that memory does not grow with each conversation; return the bytes added.

    On a busy machine a pool of threads, the emulator's included, may still come to its full size.
    """

    async def scenario() -> int:
        async with voice(script=Script()) as (synthesizer, emulator):
            await synthesizer.aclose()
            for _ in range(max(3, conversations // 4)):
                await converse(synthesizer)
            before, memory = held(), psutil.Process().memory_info().rss
            for _ in range(conversations):
                await converse(synthesizer)
                emulator.journal.entries.clear()
            await eventually(lambda: not grown(before, conversations), lambda: grown(before, conversations))
            return psutil.Process().memory_info().rss - memory

    return asyncio.run(scenario())


@pytest.mark.slow
def test_twenty_conversations_leave_nothing_behind() -> None:
    soak(20)


@pytest.mark.slow
def test_two_hundred_conversations_leave_nothing_behind() -> None:
    assert soak(200) < 10 * 2**20
