"""How fast recordings are replayed through the engine, and whether they are always replayed alike.

    python tests/benchmarks/replay.py DIR [--make 20] [--minutes 3] [--config CONFIG] [--profile]

With --make, so many conversations are recorded in DIR first, in virtual time: a user whose speech is
configs/question.wav, cut in pieces with pauses of random length and faint noise between them, talks with a
bot that hears by silero and waits by the config's turn detector. Then each recording in DIR is replayed
twice. The table tells the seconds of each, how many times faster than real time it was replayed (processor
time), and the beginning of the SHA-256 of its log; the last line is that of all logs. Run it with several
versions of Python on the same DIR to compare.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import random
import statistics
import sys
import time
import wave
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from recorded_talk import CONFIGS, CountedRecognition, in_virtual_time, recorded

from voicebot import BotConfig, Hints, Options, Recognition, Recognizer, load_config
from voicebot.testing import ScriptedChatModel, ScriptedUser
from voicebot.testing.scripted import MICROPHONE
from voicebot_recording.reading import open_recording
from voicebot_replay.engine import replay

FRAME = MICROPHONE.bytes_in(0.02)
WORDS = "what's the weather like in the harbor today".split()
ANSWERS = [
    "Wind from the west, and my knee predicts rain.",
    "It is fine. Take a hat, and come aboard.",
    "I do not know that one. Ask the parrot.",
]


class CountingRecognition(CountedRecognition):
    """Hears a word for each quarter of a second of sound."""

    def __init__(self) -> None:
        super().__init__(0.15)
        self._seconds = 0.0

    def heard(self, audio: bytes) -> list[str]:
        self._seconds += MICROPHONE.seconds_in(len(audio))
        return self._words()

    def settle(self) -> list[str]:
        words, self._seconds = self._words(), 0.0
        return words

    def _words(self) -> list[str]:
        return [WORDS[number % len(WORDS)] for number in range(min(24, int(self._seconds * 4)))]


class CountingRecognizer(Recognizer[Options]):
    input_format = MICROPHONE

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        yield CountingRecognition()


class Speaker(ScriptedUser):
    """Speaks in pieces with pauses; there is always faint noise."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = random.Random(seed)
        self._noise = bytes(self.random.choice((0, 1, 2)) if n % 2 == 0 else 0 for n in range(FRAME))
        with wave.open(str(CONFIGS / "question.wav")) as file:
            assert (file.getframerate(), file.getnchannels()) == (MICROPHONE.rate, 1)
            self._speech = file.readframes(file.getnframes())

    async def asks(self) -> None:
        """Say the question, in one to three pieces."""
        pieces = self.random.randint(1, 3)
        for piece in range(pieces):
            first, last = (len(self._speech) // FRAME * part // pieces for part in (piece, piece + 1))
            for number in range(first, last):
                self._frames.append(self._speech[number * FRAME : (number + 1) * FRAME])
            await self.waits((last - first) * 0.02)
            if piece < pieces - 1:
                await self.waits(self.random.uniform(0.2, 2.0))

    async def __aiter__(self) -> AsyncIterator[Any]:
        async for event in super().__aiter__():
            yield self._noise if isinstance(event, bytes) and not any(event) else event


async def talk(seed: int, seconds: float, folder: Path, config: BotConfig) -> None:
    """Record one conversation."""
    providers = {"recognizer": CountingRecognizer(Options()), "chat": ScriptedChatModel(ANSWERS)}
    user = Speaker(seed)
    async with recorded(folder, config, user, **providers):
        while user.conversation.clock.now() < seconds:
            await user.asks()
            await user.waits(user.random.uniform(1.0, 6.0))


def measure(folder: Path, config: BotConfig | None) -> tuple[float, float, str, bool]:
    """Replay a recording twice; return its seconds, the time of one, the hash, and whether both agree."""
    recording = open_recording(folder)
    begun = time.process_time()
    logs = [replay(recording, config).log() for _ in range(2)]
    took = (time.process_time() - begun) / 2
    return recording.seconds, took, hashlib.sha256(logs[0].encode()).hexdigest(), logs[0] == logs[1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--make", type=int, default=0, help="conversations to record first")
    parser.add_argument("--minutes", type=float, default=3.0, help="length of each")
    parser.add_argument("--config", type=Path, default=CONFIGS / "offline.yaml")
    parser.add_argument("--profile", action="store_true", help="show where the time of the first goes")
    arguments = parser.parse_args()
    config = load_config(arguments.config)
    for seed in range(arguments.make):
        in_virtual_time(talk(seed, arguments.minutes * 60, arguments.folder, config))
    folders = sorted(path.parent for path in arguments.folder.glob("*/events.jsonl"))
    replay(open_recording(folders[0]), config)  # imports
    if arguments.profile:
        cProfile.runctx("replay(open_recording(folders[0]), config)", globals(), locals(), sort="tottime")
        return
    whole, times = hashlib.sha256(), []
    print(f"Python {sys.version.split()[0]}\n{'recording':<40}{'s':>8}{'times':>8}  log")
    for folder in folders:
        seconds, took, digest, agree = measure(folder, config)
        whole.update(digest.encode())
        times.append(seconds / took)
        told = "" if agree else " DIFFERS"
        print(f"{folder.name[:38]:<40}{seconds:8.1f}{seconds / took:8.0f}  {digest[:12]}{told}")
    middle, least = statistics.median(times), min(times)
    print(f"median {middle:.0f}, least {least:.0f} times real time; {whole.hexdigest()[:16]}")


if __name__ == "__main__":
    main()
