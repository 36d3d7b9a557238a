"""What recording costs: processor time, memory and disk.

    python tests/benchmarks/recording.py [--minutes 10] [--repeats 5]

A scripted user talks with a scripted bot in virtual time, at 16 and at 24 kHz. Both channels are noise,
which FLAC cannot compress. What it costs is the difference between a conversation that is recorded and one
that is not.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from voicebot import DeviceEvent, Settings
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, ScriptedUser, VirtualClockLoop, converse
from voicebot.testing.scripted import MICROPHONE, SILENT_FRAME, SPEAKER
from voicebot_recording.observer import Recorder
from voicebot_recording.options import RecordOptions
from voicebot_redaction.options import RedactOptions
from voicebot_redaction.redactor import Redactor

REPLY = "This is an answer of some length. It has two or three sentences, as most of them have. And it ends."
FRAME = MICROPHONE.bytes_in(0.02)


class NoisyUser(ScriptedUser):
    """A user whose silence is noise, as that of a real microphone."""

    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        noise = b"\0" + random.Random(1).randbytes(FRAME - 1)  # which the scripted detector takes for silence
        async for event in super().__aiter__():
            yield noise if event == SILENT_FRAME else event


async def talk(minutes: float, observers: list[Recorder], redactors: list[Any]) -> None:
    voice = ScriptedSynthesizer(chunk=random.Random(2).randbytes(SPEAKER.bytes_in(0.02)), word_timings=True)
    settings = Settings(system="You are a pirate. " * 20)
    chat = ScriptedChatModel([REPLY])
    async with converse(
        chat=chat,
        synthesizer=voice,
        settings=settings,
        observers=observers,
        redactors=redactors,
        user=NoisyUser(),
    ) as user:
        while user.conversation.clock.now() < minutes * 60:
            await user.says("tell me something that I do not know yet, please", 2.5)
            await user.is_answered()


def cost(minutes: float, folder: Path | None, redactors: list[Any]) -> float:
    """Return the processor time of a conversation, in seconds."""
    observers = [Recorder(RecordOptions(folder=folder, min_free=0))] if folder is not None else []
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        began = time.process_time()
        runner.run(talk(minutes, observers, redactors))
        return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="length of a conversation")
    parser.add_argument("--repeats", type=int, default=5, help="conversations of each sort")
    arguments = parser.parse_args()
    minutes, folder = arguments.minutes, Path(tempfile.mkdtemp())
    redactor = Redactor(RedactOptions.model_validate({"words": ["Anne Bonny", "Rackham"]}))
    cost(1.0, folder, [])  # imports
    figures: dict[str, list[float]] = {"recorded": [], "recorded and redacted": []}
    for _ in range(arguments.repeats):
        plain = cost(minutes, None, [])
        for name, redactors in (("recorded", []), ("recorded and redacted", [lambda _: redactor])):
            shutil.rmtree(folder)
            figures[name].append((cost(minutes, folder, redactors) - plain) / (minutes * 60))
    for name, shares in figures.items():
        print(f"{name}: {statistics.median(shares):.2%} of a core", end=" ")
        print(f"({min(shares):.2%} to {max(shares):.2%}, n = {len(shares)}, {minutes:g} minutes each)")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    log = sum(path.stat().st_size for path in folder.rglob("*.jsonl"))
    print(f"on disk: {size / minutes / 1e6:.2f} MB a minute, of which events {log / minutes / 1e3:.0f} kB")
    tracemalloc.start()
    peaks = []
    for kept in (None, folder):
        tracemalloc.reset_peak()
        cost(min(minutes, 2.0), kept, [])
        peaks.append(tracemalloc.get_traced_memory()[1])
    print(f"memory: {(peaks[1] - peaks[0]) / 1e6:.1f} MB more at the peak")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
