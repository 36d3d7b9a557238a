"""Conversations through the real SDKs in which something goes wrong in every turn."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import pytest

from voicebot import load_config, shipped_configs
from voicebot.events import (
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    ProviderFailed,
    UserCorrected,
    UserTurnEnded,
)
from voicebot.testing import ScriptedVoiceActivity, converse
from voicebot_emulator.script import Script, Spoken
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import LoudUser

ANSWER = "All is well. The sea is calm."
SAFE = "A gust blew your words away."
BOT = """\
extends: {azure}
on_error: {safe}
recognizer: {{watchdog: 5, connect_timeout: 5}}
chat: {{timeout: 5, retry_budget: 10}}
synthesizer: {{voice: en-US-AvaMultilingualNeural, first_sound_timeout: 5, sound_timeout: 5}}
turns: {{patience: 0.05, final_timeout: 24}}
reply: {{chat_timeout: 24, speech_timeout: 24}}
"""
HEALTHY = ()
FAULTS = [
    *[(f"stt:drop@{point}x1",) for point in ("middle", "end")],
    *[(f"stt:hang@{point}x1",) for point in ("middle", "end")],
    *[(f"stt:close={code}@middlex1",) for code in (1000, 1001, 1006, 1007, 1011, 4429)],
    *[(f"stt:close={code}@endx1",) for code in (1006, 1011)],
    ("stt:late-final=0.3x1",),
    # faults of opening a connection need one that broke before
    *[
        ("stt:drop@middlex1", f"stt:{fault}x1")
        for fault in (
            "drop@start",
            "hang@start",
            "close=1011@start",
            "wrong-key",
            "wrong-region",
            "status=503",
        )
    ],
    *[("stt:drop@middlex1", f"stt:{fault}x1") for fault in ("throttled", "throttled=1", "slow=0.3")],
    *[(f"tts:drop@{point}x1",) for point in ("start", "middle", "end")],
    *[(f"tts:hang@{point}x1",) for point in ("start", "middle", "end")],
    *[(f"tts:close={code}@startx1",) for code in (1000, 1006, 1007, 1011, 4429)],
    *[(f"tts:close={code}@middlex1",) for code in (1000, 1006, 1011)],
    *[
        ("tts:drop@startx1", f"tts:{fault}x1")
        for fault in ("wrong-key", "status=503", "throttled", "slow=0.3")
    ],
    ("tts:voice-not-herex1",),
    ("tts:bad-ssmlx1",),
    ("tts:burstx1",),
    *[(f"chat:drop@{point}x1",) for point in ("connect", "start", "middle", "end")],
    *[(f"chat:hang@{point}x1",) for point in ("connect", "start", "middle", "end")],
    *[(f"chat:status={code}x1",) for code in (400, 403, 404, 408, 500, 503)],
    *[(f"chat:{fault}x1",) for fault in ("wrong-key", "wrong-region", "unknown-deployment", "error-event")],
    *[(f"chat:throttled{value}x1",) for value in ("", "=0.5", "=30")],
    *[(f"chat:content-filter={where}x1",) for where in ("prompt", "stream", "withdraw")],
    ("chat:burstx1",),
    ("refused=0.4",),
]
"""Faults for one turn, which uses each of them up."""
TECHNICAL = re.compile(r"error|http|azure|websocket|timeout|\d{3}", re.I)


@dataclass
class Outcome:
    """The outcome of the turns of one conversation."""

    asked: list[str] = field(default_factory=list)
    understood: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    spoken: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    after_healthy: list[str] = field(default_factory=list)
    ended: list[str | None] = field(default_factory=list)
    events: list[ConversationEvent] = field(default_factory=list)


@asynccontextmanager
async def talking(
    folder: Path, questions: int, *, commits: bool = True
) -> AsyncGenerator[tuple[Emulator, LoudUser], None]:
    """Yield a user in a conversation with a bot on Azure, and the emulator."""
    script = Script(
        heard=tuple(f"question {number}" for number in range(questions)),
        answered=(ANSWER,),
        spoken=Spoken(characters_per_second=80),
        commits=commits,
    )
    async with Emulator(script) as emulator:
        path = folder / f"bot-{emulator.port}.yaml"
        path.write_text(BOT.format(azure=shipped_configs()["azure"], safe=SAFE))
        config = load_config(path, environ=emulator.environment)
        async with converse(
            recognizer=config.recognizer.make(),  # type: ignore[arg-type]
            chat=config.chat.make(),  # type: ignore[arg-type]
            synthesizer=config.synthesizer.make(),  # type: ignore[arg-type]
            voice_activity=ScriptedVoiceActivity(),
            settings=config.settings,
            user=LoudUser(),
        ) as user:
            assert isinstance(user, LoudUser)
            await user.waits(0.1)
            yield emulator, user


def is_taken_back(turn: BotTurnEnded) -> bool:
    """Return whether nothing of an answer was heard, so that its question was asked again."""
    return turn.interrupted and not turn.heard


async def converse_through(folder: Path, turns: list[tuple[str, ...]], *, commits: bool = True) -> Outcome:
    """Ask a question in each turn while its faults happen, and record the outcome."""
    outcome = Outcome()
    async with talking(folder, len(turns), commits=commits) as (emulator, user):
        for number, faults in enumerate(turns):
            emulator.set_faults(faults)
            outcome.asked.append(f"question {number}")
            await user.says("", 0.3)
            try:
                async with asyncio.timeout(300):
                    turn = await user.is_answered()
                    while is_taken_back(turn):  # the answer is made again for the final words
                        turn = await user.is_answered()
            except TimeoutError:
                events = "\n".join(str(event) for event in user.events[-12:])
                outcome.unanswered.append(f"{number}: {' '.join(faults)}, after\n{events}")
                continue
            finally:
                emulator.set_faults(())
            outcome.heard.append(turn.heard)
            if faults == HEALTHY:
                outcome.after_healthy.append(turn.heard)
            while emulator.refusing:
                await user.waits(0.1)
            await user.waits(0.4)
        for entry in emulator.journal.find(service="tts", what="ssml"):
            outcome.spoken.add("".join(ElementTree.fromstring(entry.body).itertext()).strip())
    outcome.understood = understood(user.events)
    outcome.events = user.events
    outcome.failures = [event.message for event in user.events if isinstance(event, ProviderFailed)]
    outcome.ended = [event.failure for event in user.events if isinstance(event, ConversationEnded)]
    return outcome


def understood(events: list[ConversationEvent]) -> list[str]:
    """Return the user's words in each turn that was answered, in the end: a late final corrects them."""
    turns: dict[int, str] = {}
    for event in events:
        match event:
            case UserTurnEnded(text=text, turn=turn) | UserCorrected(text=text, turn=turn):
                turns[turn] = text
            case BotTurnEnded() if is_taken_back(event) and turns:
                turns.popitem()  # its words are part of the next turn
    return list(turns.values())


def check(outcome: Outcome) -> None:
    """Check what users may expect, whatever went wrong."""
    assert not outcome.unanswered, "\n".join((*outcome.unanswered, *outcome.failures[-3:]))
    assert outcome.ended == [None]
    words = " ".join(outcome.understood).split("question ")[1:]
    assert Counter(f"question {each.strip()}" for each in words) == Counter(outcome.asked), outcome.events
    allowed = {*re.findall(r"[^.]+\.", ANSWER), *re.findall(r"[^.]+\.", SAFE), ANSWER, SAFE, "."}
    said = {text for text in outcome.spoken if text not in {each.strip() for each in allowed}}
    assert all(text in ANSWER or text in SAFE for text in said), said
    assert not any(TECHNICAL.search(text) for text in outcome.spoken)
    assert all(heard == ANSWER for heard in outcome.after_healthy), outcome.after_healthy
    assert all("emulated" not in message for message in outcome.failures)


def conversations(folder: Path, turns: int, at_once: int, seed: int) -> list[Outcome]:
    """Run simultaneous conversations, with a random fault in four of five turns."""
    chosen = random.Random(seed)
    deck: list[tuple[str, ...]] = []
    while len(deck) < turns:
        shuffled = list(FAULTS)
        chosen.shuffle(shuffled)
        deck += shuffled
    plans = [deck[start:turns:at_once] for start in range(at_once)]
    for plan in plans:
        for place in range(4, len(plan) + 1 + len(plan) // 4, 5):
            plan.insert(place, HEALTHY)

    async def all_of_them() -> list[Outcome]:
        async with asyncio.TaskGroup() as tasks:
            talks = [tasks.create_task(converse_through(folder, plan)) for plan in plans]
        return [talk.result() for talk in talks]

    return asyncio.run(all_of_them())


def test_conversations_go_on_with_a_fault_in_every_turn(tmp_path: Path) -> None:
    for outcome in conversations(tmp_path, 9, 3, seed=1):
        check(outcome)


def test_conversations_work_with_a_service_without_commits(tmp_path: Path) -> None:
    outcome = asyncio.run(converse_through(tmp_path, [HEALTHY] * 3, commits=False))

    check(outcome)
    assert outcome.understood == outcome.asked
    assert outcome.failures == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
# Garbage collection in a thread of the SDK may find a half-closed generator of the HTTP client.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_hundreds_of_turns_with_a_random_fault_in_each(tmp_path: Path) -> None:
    for outcome in conversations(tmp_path, 400, 4, seed=2):
        check(outcome)


@pytest.mark.parametrize("faults", FAULTS, ids=" ".join)
@pytest.mark.slow
def test_the_turn_after_each_fault_is_complete(faults: tuple[str, ...], tmp_path: Path) -> None:
    outcome = asyncio.run(converse_through(tmp_path, [HEALTHY, faults, HEALTHY]))

    check(outcome)
    assert len(outcome.after_healthy) == 2
