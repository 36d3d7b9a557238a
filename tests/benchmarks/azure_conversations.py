"""Measure the Azure plugins against the emulator: how soon they answer, how they stop, what they cost.

    python tests/benchmarks/azure_conversations.py [--quick] [--json FILE] [--only NAME...]

The real SDKs talk to an emulator in a process of its own, over real sockets. It hears, thinks and speaks
without delay, so that all that is measured is ours, the SDKs' and the emulator's own. It prints figures
beside their targets (`!` marks a miss) and never fails. Three minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from azure_by_hand import turns_by_hand
from azure_costs import cpu_time, listen_with_the_sdk_alone
from figures import resident_bytes, spread

from voicebot import Settings, load_config
from voicebot.config.schema import TurnOptions
from voicebot.engine.bot import Bot
from voicebot.engine.conversation import Conversation
from voicebot.events import BotTurnEnded, ConversationEvent, TurnTimed, UserSpeechStarted, UserSpeechStopped
from voicebot.testing import ScriptedVoiceActivity, converse
from voicebot_emulator.testing import LoudUser

MEASUREMENTS = ("by-hand", "turns", "prepared", "slow-connections", "bargein", "cost", "many")
_CONFIG = """\
extends: {azure}
synthesizer:
  provider: azure-tts
  voice: en-US-AvaMultilingualNeural
"""
_SCRIPT = """\
heard: [how are you today]
answered: ["I am well. The sea is calm, and the wind is fair. We sail at dawn."]
spoken: {tone: true, characters_per_second: 60}
"""
_AT_ONCE = TurnOptions(patience=0.0, interruption=0.0)
_TARGETS = {
    ("prepared", "end of turn to first sound", "p50"): 40.0,
    ("turns", "end of turn to first sound", "p50"): 40.0,
    ("slow-connections", "end of turn to first sound", "p50"): 40.0,
    ("bargein", "speech to silence", "p50"): 50.0,
}


def main() -> None:
    """Measure, print, and write JSON where it is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=MEASUREMENTS, metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="fewer turns and conversations")
    arguments = parser.parse_args()
    results: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in MEASUREMENTS:
            if name in arguments.only:
                print(f"{name} ...", file=sys.stderr, flush=True)
                with _emulator(Path(folder)) as environment:
                    config = Path(folder) / "bench.yaml"
                    results[name] = asyncio.run(_MEASURE[name](config, environment, quick=arguments.quick))
    _show(results)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def _show(results: dict[str, dict[str, Any]]) -> None:
    for name, figures in results.items():
        for title, figure in figures.items():
            if isinstance(figure, dict):
                target = _TARGETS.get((name, title, "p50"))
                beside = "" if target is None else f"   target {target:g}"
                missed = " !" if target is not None and figure["p50"] > target else ""
                print(
                    f"{name:17} {title:34} p50 {figure['p50']:8.1f}  p90 {figure['p90']:8.1f} ms"
                    f"  n={figure['n']}{beside}{missed}"
                )
            else:
                print(f"{name:17} {title:34} {figure}")


@contextmanager
def _emulator(folder: Path) -> Iterator[dict[str, str]]:
    """Run the emulator in a process of its own and write a config that talks to it."""
    script = folder / "script.yaml"
    script.write_text(_SCRIPT)
    azure = load_shipped()
    (folder / "bench.yaml").write_text(_CONFIG.format(azure=azure))
    command = [sys.executable, "-m", "voicebot", "emulate", "azure", "--port", "0", "--script", str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
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


def load_shipped() -> Path:
    """Return the config that azure.yaml is."""
    from voicebot import shipped_configs

    return shipped_configs()["azure"]


def _set_faults(environment: dict[str, str], *faults: str) -> None:
    request = urllib.request.Request(
        f"{environment['OPENAI_ENDPOINT']}/emulator/faults", json.dumps(faults).encode(), method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10):
        pass


@asynccontextmanager
async def _talking(
    config: Path, environment: dict[str, str], turns: TurnOptions = _AT_ONCE
) -> AsyncGenerator[LoudUser, None]:
    made = load_config(config, environ=environment)
    async with converse(
        recognizer=made.recognizer.make(),  # type: ignore[arg-type]
        chat=made.chat.make(),  # type: ignore[arg-type]
        synthesizer=made.synthesizer.make(),  # type: ignore[arg-type]
        voice_activity=ScriptedVoiceActivity(),
        turn_detector=made.turn_detector.make() if made.turn_detector else None,  # type: ignore[arg-type]
        settings=Settings(turns=turns),
        user=LoudUser(),
    ) as user:
        assert isinstance(user, LoudUser)
        await user.waits(0.5)
        yield user


def _delays(events: list[ConversationEvent]) -> list[float]:
    """Return, for each turn, the seconds from the end of speech, as detected, to the first sound."""
    noticed, delays = 0.0, []
    for event in events:
        match event:
            case UserSpeechStopped(at):
                noticed = at
            case TurnTimed(first_sound=float(first_sound)):
                delays.append(first_sound - noticed)
    return delays


async def _turns(config: Path, environment: dict[str, str], *, quick: bool) -> dict[str, Any]:
    async with _talking(config, environment) as user:
        for _ in range(6 if quick else 31):
            await user.says("x", 0.4)
            await user.is_answered()
            await user.waits(0.1)
        timed = [event for event in user.events if isinstance(event, TurnTimed)][1:]
        delays = _delays(user.events)[1:]
    parts = {
        "final after the pause was noticed": [
            t.final - t.speech_stopped for t in timed if t.final and t.speech_stopped
        ],
        "first token after the decision": [
            t.first_token - t.decided for t in timed if t.first_token and t.decided
        ],
        "first sound after the first unit": [
            t.first_sound - t.first_unit for t in timed if t.first_sound and t.first_unit
        ],
    }
    hang_over = {"final after the pause was noticed": 0.25}
    return {
        "end of turn to first sound": spread(delays),
        **{name: spread([s - hang_over.get(name, 0.0) for s in seconds]) for name, seconds in parts.items()},
    }


async def _prepared(config: Path, environment: dict[str, str], *, quick: bool) -> dict[str, Any]:
    """Be patient as by default: the turn ends when the engine says so, and the answer is ready by then."""
    async with _talking(config, environment, TurnOptions()) as user:
        for _ in range(6 if quick else 31):
            await user.says("x", 0.4)
            await user.is_answered()
            await user.waits(0.1)
        timed = [event for event in user.events if isinstance(event, TurnTimed)][1:]
    return {
        "end of turn to first sound": spread(
            [t.first_sound - t.decided for t in timed if t.first_sound and t.decided]
        ),
        "end of speech to first sound": spread(
            [t.first_sound - t.speech_stopped for t in timed if t.first_sound and t.speech_stopped]
        ),
    }


async def _by_hand(config: Path, environment: dict[str, str], *, quick: bool) -> dict[str, Any]:
    turns = (await turns_by_hand(environment, 6 if quick else 31))[1:]
    return {
        "end of turn to first sound": spread([turn["first sound"] for turn in turns]),
        "final after the commit": spread([turn["final"] for turn in turns]),
        "first token after the final": spread([turn["first token"] - turn["final"] for turn in turns]),
        "first sound after the first token": spread([t["first sound"] - t["first token"] for t in turns]),
    }


async def _slow_connections(config: Path, environment: dict[str, str], *, quick: bool) -> dict[str, Any]:
    """Let every new connection take 150 ms to open."""
    await asyncio.to_thread(_set_faults, environment, "slow=0.15")
    async with _talking(config, environment) as user:
        await asyncio.to_thread(_set_faults, environment, "stt:slow=0.15", "tts:slow=0.15")
        for _ in range(6 if quick else 31):
            await user.says("x", 0.4)
            await user.is_answered()
            await user.waits(0.4)
        delays = _delays(user.events)[1:]
    return {"end of turn to first sound": spread(delays)}


async def _bargein(config: Path, environment: dict[str, str], *, quick: bool) -> dict[str, Any]:
    stops: list[float] = []
    async with _talking(config, environment) as user:
        await asyncio.to_thread(_set_faults, environment, "tts:slow=0.15")
        for _ in range(5 if quick else 15):
            await user.says("x", 0.4)
            while not user.hears_the_bot:
                await user.waits(0.01)
            await user.waits(0.15)
            before = len(user.events)
            await user.says("x", 0.3)
            news = user.events[before:]
            began = next(e.at for e in news if isinstance(e, UserSpeechStarted))
            ended = next(e.at for e in news if isinstance(e, BotTurnEnded))
            stops.append(ended - began)
            await user.is_answered()
            await user.is_answered()
            await user.waits(0.3)
        delays = _delays(user.events)
    return {"speech to silence": spread(stops), "first sound of the next answer": spread(delays[1::2])}


async def _cost(config: Path, environment: dict[str, str], *, quick: bool) -> dict[str, Any]:
    """Talk like people: two seconds of speech, the answer, a second of thought."""
    async with _talking(config, environment) as user:
        with cpu_time() as silent:
            await user.waits(5.0 if quick else 20.0)
        with cpu_time() as talking:
            for _ in range(3 if quick else 10):
                await user.says("x", 2.0)
                await user.is_answered()
                await user.waits(1.0)
    sdk_alone = await listen_with_the_sdk_alone(environment, 5.0 if quick else 30.0)
    return {
        **talking.figures(),
        **{f"nobody speaks: {name}": figure for name, figure in silent.figures().items()},
        **{f"the SDK alone, listening: {name}": figure for name, figure in sdk_alone.figures().items()},
    }


async def _many(config: Path, environment: dict[str, str], *, quick: bool) -> dict[str, Any]:
    """Run many conversations with one bot."""
    count, rounds = (10, 2) if quick else (50, 4)
    made = load_config(config, environ=environment)
    settings = Settings(turns=_AT_ONCE)
    bot = Bot(
        recognizer=made.recognizer.make(),  # type: ignore[arg-type]
        chat=made.chat.make(),  # type: ignore[arg-type]
        synthesizer=made.synthesizer.make(),  # type: ignore[arg-type]
        device=made.device.make(),  # type: ignore[arg-type]  # started, but never opened
        voice_activity=ScriptedVoiceActivity(),
        settings=settings,
    )
    bot.device.start = _nothing  # type: ignore[method-assign]
    memory = resident_bytes()
    threads = 0
    delays: list[float] = []
    loop = asyncio.get_running_loop()

    async def talk(number: int) -> None:
        nonlocal threads
        user = LoudUser()
        user.joins(Conversation(bot, user))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_observe(user))
            tasks.create_task(user.conversation.run())
            await user.waits(1.0 + number * 0.1)
            for _ in range(rounds):
                await user.says("x", 1.0)
                await user.is_answered()
                threads = max(threads, threading.active_count(), _native_threads())
                await user.waits(3.0)
            user.hangs_up()
        delays.extend(_delays(user.events))

    async with bot:
        began, used = loop.time(), sum(os.times()[:2])
        async with asyncio.TaskGroup() as talks:
            for number in range(count):
                talks.create_task(talk(number))
        seconds, used = loop.time() - began, sum(os.times()[:2]) - used
        grown = resident_bytes() - memory
    return {
        f"{count} conversations: end of turn to first sound": spread(delays),
        "share of a core": round(used / seconds, 2),
        "memory for all, MB": round(grown / 1e6, 1),
        "threads at most": threads,
    }


async def _nothing() -> None:
    pass


async def _observe(user: LoudUser) -> None:
    async for event in user.conversation.events():
        user.events.append(event)


def _native_threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 0


_MEASURE = {
    "by-hand": _by_hand,
    "turns": _turns,
    "prepared": _prepared,
    "slow-connections": _slow_connections,
    "bargein": _bargein,
    "cost": _cost,
    "many": _many,
}

if __name__ == "__main__":
    main()
