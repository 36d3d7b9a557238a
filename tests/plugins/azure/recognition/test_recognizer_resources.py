"""Recognition leaves nothing behind: no thread, no open file, no memory, and no crash at exit."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from voicebot import FinalTranscript, Hints
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running

Account = Callable[[Emulator], dict[str, Any]]
Sound = Callable[[float], bytes]

PROGRAM = """
import asyncio, os, sys, threading
from voicebot import Hints
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_azure.recognition.options import AzureRecognizerOptions

async def main(ending):
    options = AzureRecognizerOptions(key=os.environ["SPEECH_KEY"], endpoint=os.environ["SPEECH_ENDPOINT"])
    recognizer = AzureRecognizer(options)
    await recognizer.start()
    listening = recognizer.listen(Hints())
    recognition = await listening.__aenter__()
    await recognition.write((b"\\x00\\x20" * 16 + b"\\x00\\xe0" * 16) * 500)
    async for event in recognition:
        print(type(event).__name__, flush=True)
        heard.set()

def run():
    try:
        asyncio.run(main(sys.argv[1]))
    finally:
        heard.set()

heard = threading.Event()
if sys.argv[1] == "abandoned":
    threading.Thread(target=run, daemon=True).start()
    heard.wait()
else:
    asyncio.run(main(sys.argv[1]))
"""


def usage() -> tuple[int, int]:
    process = psutil.Process()
    return process.num_threads(), process.num_fds() if hasattr(process, "num_fds") else 0


async def settled(wanted: tuple[int, int]) -> tuple[int, int]:
    """Wait until no more than `wanted` is in use: threads take a moment to end."""
    deadline = time.monotonic() + 10
    while (used := usage()) > wanted and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)
    return used


def test_twenty_recognition_streams_leave_no_thread_and_no_file(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("Hello.",))) as emulator:
            recognizer = AzureRecognizer(AzureRecognizerOptions(**account(emulator)))
            await recognizer.start()

            async def listen() -> str:
                async with recognizer.listen(Hints()) as recognition:
                    await recognition.write(hum(0.3))
                    await recognition.commit()
                    async for event in recognition:
                        if isinstance(event, FinalTranscript):
                            return event.text
                return ""

            for _ in range(3):
                await listen()
            before = usage()
            received = [await listen() for _ in range(20)]
            after = await settled(before)
            await recognizer.aclose()

        assert received == ["Hello."] * 20
        assert after <= before

    asyncio.run(scenario())


@pytest.mark.slow
def test_two_hundred_recognition_streams_take_no_more_memory(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("Hello.",))) as emulator:
            recognizer = AzureRecognizer(AzureRecognizerOptions(**account(emulator)))
            await recognizer.start()

            async def listen() -> None:
                async with recognizer.listen(Hints()) as recognition:
                    await recognition.write(hum(0.3))
                    await recognition.commit()
                    async for event in recognition:
                        if isinstance(event, FinalTranscript):
                            return

            process = psutil.Process()
            for _ in range(50):
                await listen()
            emulator.journal.entries.clear()
            gc.collect()
            before, memory = usage(), process.memory_info().rss
            for _ in range(200):
                await listen()
                emulator.journal.entries.clear()
            gc.collect()
            after = await settled(before)
            await recognizer.aclose()

        assert after <= before
        assert process.memory_info().rss - memory < 4 * 2**20

    asyncio.run(scenario())


@pytest.mark.slow
def test_fifty_conversations_listen_in_one_process(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("Hello.",))) as emulator:
            recognizer = AzureRecognizer(AzureRecognizerOptions(**account(emulator)))
            await recognizer.start()

            async def talk() -> list[str]:
                received: list[str] = []
                async with recognizer.listen(Hints()) as recognition:
                    events = aiter(recognition)
                    for _ in range(3):
                        for _ in range(50):
                            await recognition.write(hum(0.02))
                            await asyncio.sleep(0.02)
                        await recognition.commit()
                        async for event in events:
                            if isinstance(event, FinalTranscript):
                                received.append(event.text)
                                break
                return received

            before = usage()
            assert await asyncio.gather(*(talk() for _ in range(50))) == [["Hello."] * 3] * 50
            assert await settled(before) <= before
            await recognizer.aclose()

    asyncio.run(scenario())


def test_a_recognition_stream_cancelled_at_any_time_leaves_nothing_behind(
    account: Account, hum: Sound
) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("Hello.",))) as emulator:
            recognizer = AzureRecognizer(AzureRecognizerOptions(**account(emulator)))
            await recognizer.start()

            async def listen() -> None:
                async with recognizer.listen(Hints()) as recognition:
                    while True:
                        await recognition.write(hum(0.02))
                        await asyncio.sleep(0.002)

            before: tuple[int, int] | None = None
            for delay in (0.0, 0.001, 0.003, 0.01, 0.03, 0.1):
                task = asyncio.create_task(listen())
                await asyncio.sleep(delay)
                task.cancel()
                await asyncio.wait([task])
                assert task.cancelled()
                before = before or usage()
            await recognizer.aclose()

            assert before is not None
            connections = emulator.journal.find(service="stt", what="open")
            assert (await settled(before))[0] <= before[0]
            assert len(emulator.journal.find(service="stt", what="close")) >= len(connections) - 1

    asyncio.run(scenario())


@pytest.mark.parametrize(("ending", "status"), [("abandoned", 0), ("interrupted", 130)])
def test_a_program_that_exits_while_it_listens_exits_cleanly(ending: str, status: int) -> None:
    with running(Emulator(Script(heard=("Hello there.",)))) as emulator:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, ending],
            env={**os.environ, **emulator.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        received = process.stdout.readline()
        if ending == "interrupted":
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)

    assert received == "SpeechStarted\n", said
    assert process.returncode in {status, -signal.SIGINT if ending == "interrupted" else status}
    assert "FATAL" not in said
    assert "never awaited" not in said
