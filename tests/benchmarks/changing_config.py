"""Edit a config while its bot talks: how soon a new voice is used, whether a word is lost, what is left over.

    python tests/benchmarks/changing_config.py [offline] [azure] [--edits 100] [--json FILE]

The providers are real: pocketsphinx and espeak, or the Azure SDKs and the emulator, which runs in a process
of its own and takes as long as the services do. Each edit saves the file under another name and renames it.
A third of the edits change the voice while nobody speaks: the time counts until the new voice has given its
first sound, and the conversation goes on with it. The others change voice, recogniser and chat model at
random moments of a dialogue.
It prints figures beside their targets (`!` marks a miss), and exits with 1 if a word was lost, an answer
doubled, or anything left over.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from azure_conversations import load_shipped
from figures import spread

from voicebot import AudioDevice, AudioStream, Options
from voicebot.cli.conversation.live_config.live_config import LiveConfig
from voicebot.config.load import BotConfig, load_with_assignments
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.engine.live.live_bot import LiveBot
from voicebot.events import BotTurnEnded, ConfigChanged, ProviderFailed, UserTurnEnded
from voicebot.options import VoiceActivityOptions
from voicebot.plugin.manager import installed_plugins
from voicebot.testing import ScriptedUser, ScriptedVoiceActivity
from voicebot_emulator.testing import LoudUser

_TARGETS = {"offline": 1000.0, "azure": 2500.0}
_SENTENCES = {
    "what is the weather in paris": "There will be rain in Paris.",
    "where is the treasure": "It is under the palm tree.",
    "tell me about the sea": "I was born in a storm.",
    "what is for dinner": "Fish soup again.",
    "tell me about your ship": "She is called Marigold.",
}
_RULES = "".join(
    f"    - {{patterns: [{asked}], answers: ['{said}']}}\n" for asked, said in _SENTENCES.items()
)
_OFFLINE = """\
start_timeout: 120
turns: {{patience: 0.6, final_timeout: 20, stable: 20}}
recognizer: {{provider: pocketsphinx, vocabulary: {vocabulary}}}
synthesizer: {{provider: espeak, voice: {voice}, rate: 250}}
chat:
  provider: script
  rules:
{rules}  default: [Pardon {number}.]
"""
_AZURE = """\
extends: {azure}
start_timeout: 120
turns: {{patience: 0.3, final_timeout: 20, stable: 20}}
recognizer: {{watchdog: {number}}}
synthesizer: {{voice: {voice}}}
chat: {{timeout: {number}}}
voice_activity: {{provider: scripted}}
turn_detector: null
"""
_SCRIPT = """\
heard: [{heard}]
answered: [{answered}]
spoken: {{tone: true, characters_per_second: 60}}
"""
_VOICES = {
    "offline": ("en-us+m5", "en-us+f3", "en-gb", "en-us+m1"),
    "azure": (
        "en-US-AvaMultilingualNeural",
        "en-US-AndrewMultilingualNeural",
        "en-US-EmmaMultilingualNeural",
    ),
}
_MOST_SENTENCES = 500
_WARM_UP = 6
"""Edits after which what a process holds is counted: libraries start threads that they keep."""


class Speaker(ScriptedUser):
    """Speaks sentences with a voice of flite."""

    def frames(self, text: str, seconds: float) -> list[bytes]:
        """Return the sound of a sentence."""
        sound = spoken(text)
        return [sound[at : at + 640].ljust(640, b"\0") for at in range(0, len(sound), 640)]


class Users(AudioDevice[Options]):
    """The users' streams are made by hand."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        """Open nothing."""
        yield ScriptedUser()


def numbered(number: int) -> str:
    """Return what the emulator hears next; a sound that was recognised twice would be the next one."""
    return f"this is sentence {number}"


_spoken: dict[str, bytes] = {}


def spoken(text: str) -> bytes:
    """Return a sentence as s16le at 16 kHz."""
    if text not in _spoken:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            subprocess.run(["flite", "-voice", "rms", "-t", text, "-o", file.name], check=True)
            with wave.open(file.name) as read:
                _spoken[text] = read.readframes(read.getnframes())
    return _spoken[text]


class Session:
    """One conversation whose config is edited."""

    def __init__(self, kind: str, path: Path, environment: dict[str, str]) -> None:
        self.kind, self.path, self.number, self.voice = kind, path, 0, 0
        self.latencies: list[float] = []
        self.said: list[str] = []
        self.changed = asyncio.Event()
        self._environment = environment
        self.user: ScriptedUser

    def load(self, settings: Any = ()) -> BotConfig:
        """Load the config."""
        return load_with_assignments(self.path, settings, environ=self._environment)

    def save(self, *, only_voice: bool = False) -> None:
        """Save the config with another voice, and perhaps recogniser and chat model, as editors do."""
        self.voice += 1
        self.number += not only_voice
        voices = _VOICES[self.kind]
        voice = voices[self.voice % len(voices)]
        if self.kind == "offline":
            vocabulary = ("auto", "phrases")[self.number % 2]
            text = _OFFLINE.format(voice=voice, vocabulary=vocabulary, rules=_RULES, number=self.number)
        else:
            text = _AZURE.format(voice=voice, azure=load_shipped(), number=20 + self.number % 20)
        beside = self.path.with_suffix(".new")
        beside.write_text(text)
        os.replace(beside, self.path)

    async def edit(self, *, only_voice: bool = False) -> float:
        """Save the config; return after how many seconds the conversation goes on with it."""
        self.changed.clear()
        began = time.perf_counter()
        self.save(only_voice=only_voice)
        await asyncio.wait_for(self.changed.wait(), 60)
        return time.perf_counter() - began

    async def run(self, edits: int) -> dict[str, Any]:
        """Talk and edit; return figures."""
        self.save()
        config = self.load()
        user = self.user = LoudUser() if self.kind == "azure" else Speaker()
        bot = Bot.from_config(config, device=Users(Options()))
        async with LiveBot(bot) as live, asyncio.TaskGroup() as tasks:
            conversation = Conversation(live.bot, user)
            user.joins(conversation)
            edited = LiveConfig(config, (), self.load, live, show=print, applied=lambda _: self.changed.set())
            with live.following(conversation):
                tasks.create_task(self._observe(conversation))
                running = tasks.create_task(conversation.run())
                editing = tasks.create_task(edited.run(watch=True))
                await asyncio.sleep(1)
                for _ in range(_WARM_UP):
                    await self.edit()
                await self._say()
                await asyncio.sleep(3)
                held = _held()
                for _ in range(edits // 3):
                    self.latencies.append(await self.edit(only_voice=True))
                    await asyncio.sleep(0.2)
                await self._edit_while_talking(edits - edits // 3)
                await asyncio.sleep(6)
                left = {name: now - held[name] for name, now in _held().items()}
                user.hangs_up()
                await running
                editing.cancel()
        turns = [event.text for event in user.events if isinstance(event, UserTurnEnded)]
        answers = [event for event in user.events if isinstance(event, BotTurnEnded)]
        return {
            "save to new voice": spread(self.latencies),
            "edits applied": sum(isinstance(event, ConfigChanged) for event in user.events) - _WARM_UP,
            "sentences said": len(self.said),
            "sentences lost or changed": _changed(self.kind, self.said, turns),
            "turns more or less": len(turns) - len(self.said),
            "answers more or less": len(answers) - len(self.said),
            "failures": [event.message for event in user.events if isinstance(event, ProviderFailed)],
            "left over": left,
        }

    async def _edit_while_talking(self, edits: int) -> None:
        is_over = False

        async def talk() -> None:
            while not is_over:
                await self._say()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(talk())
            for _ in range(edits):
                await asyncio.sleep(random.uniform(0, 1.5))
                await self.edit()
            is_over = True

    async def _say(self) -> None:
        number = len(self.said)
        asked = numbered(number) if self.kind == "azure" else list(_SENTENCES)[number % len(_SENTENCES)]
        self.said.append(asked)
        seconds = len(spoken(asked)) / 32_000 if self.kind == "offline" else 0.8
        await self.user.says(asked, seconds)
        await self.user.is_answered()

    async def _observe(self, conversation: Conversation) -> None:
        async for event in conversation.events():
            self.user.events.append(event)


def _changed(kind: str, said: list[str], turns: list[str]) -> int:
    """Return how many turns have not the words that were said.

    What the emulator hears is numbered, so each turn is compared with the one before: after a sound that was
    heard twice, all numbers are one higher.
    """
    if kind == "offline":
        return sum(one != other for one, other in zip(said, turns, strict=False))
    heard = [int(text.rsplit(" ", 1)[-1].rstrip(".")) for text in turns]
    return sum(after - before != 1 for before, after in pairwise(heard))


def _held() -> dict[str, int]:
    """Return how many threads, files and child processes this process has."""
    children = subprocess.run(["pgrep", "-P", str(os.getpid())], capture_output=True, check=False)
    return {
        "threads": len(os.listdir("/proc/self/task")),
        "files": len(os.listdir("/proc/self/fd")),
        "processes": len(children.stdout.splitlines()),
    }


@contextmanager
def emulator(folder: Path) -> Iterator[dict[str, str]]:
    """Run the emulator, which takes as long as the services do; yield the variables that lead to it."""
    script = folder / "script.yaml"
    heard = ", ".join(numbered(number) for number in range(_MOST_SENTENCES))
    answered = ", ".join(f"'{each}'" for each in _SENTENCES.values())
    script.write_text(_SCRIPT.format(heard=heard, answered=answered))
    command = [sys.executable, "-m", "voicebot", "emulate", "azure", "--port", "0", "--latency", "published"]
    with subprocess.Popen([*command, "--script", str(script)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            environment = dict(os.environ)
            for line in process.stdout:
                name, equals, value = line.strip().partition("=")
                if line.startswith("# Faults"):
                    break
                if equals and not line.startswith("#"):
                    environment[name] = value
            yield environment
        finally:
            process.kill()


def measure(kind: str, edits: int) -> dict[str, Any]:
    """Return the figures of one conversation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if kind == "offline":
            return asyncio.run(Session(kind, folder / "bot.yaml", dict(os.environ)).run(edits))
        with emulator(folder) as environment:
            return asyncio.run(Session(kind, folder / "bot.yaml", environment).run(edits))


def problems(figures: dict[str, Any]) -> list[str]:
    """Return which of the figures should be 0 and are not."""
    zero = ("sentences lost or changed", "turns more or less", "answers more or less")
    found = [f"{name}: {figures[name]}" for name in zero if figures[name]]
    found += [f"left over: {count} {name}" for name, count in figures["left over"].items() if count > 2]
    return found + [f"failed: {each}" for each in figures["failures"]]


def main() -> int:
    """Measure, print, and write JSON where it is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("kinds", nargs="*", choices=(*_TARGETS, []), metavar="KIND", help="offline, azure")
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    installed_plugins().registry.add("scripted", ScriptedVoiceActivity, VoiceActivityOptions)
    results = {kind: measure(kind, arguments.edits) for kind in arguments.kinds or _TARGETS}
    wrong = 0
    for kind, figures in results.items():
        latency = figures["save to new voice"]
        missed = " !" if latency["p50"] > _TARGETS[kind] else ""
        print(f"{kind:8} save to new voice  p50 {latency['p50']:7.1f}  p90 {latency['p90']:7.1f} ms", end="")
        print(f"  n={latency['n']}   target {_TARGETS[kind]:g}{missed}")
        for name, figure in figures.items():
            if name != "save to new voice":
                print(f"{kind:8} {name:28} {figure}")
        for problem in problems(figures):
            wrong += 1
            print(f"{kind:8} ! {problem}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
