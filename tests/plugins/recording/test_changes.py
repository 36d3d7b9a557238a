"""A config is edited while its conversation is recorded, or to begin or end a recording."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.typewriter import Typewriter, Typist

from voicebot import Bot, BotConfig, ConfigChanged, Conversation, LiveBot, UserTurnEnded, load_config
from voicebot.testing import simulated

from .talks import only

KEYS = ("sk-4f9a8b7c6d5e4f3a2b1c", "sk-0d1c2b3a495867768594")
CONFIG = """\
recognizer: {provider: azure-stt, key: "${KEY}", region: westeurope}
chat: {provider: script, default: ["Aye KEY"]}
synthesizer: {provider: azure-tts, key: "${KEY}", region: westeurope}
"""
RECORD = "record: {folder: FOLDER/recordings, min_free: 0}\n"


def config(folder: Path, key: str, record: str) -> BotConfig:
    path = folder / "bot.yaml"
    path.write_text((CONFIG.replace("Aye KEY", f"Aye {key}") + record).replace("FOLDER", str(folder)))
    return load_config(path, environ={"KEY": key})


@simulated
async def test_a_recording_begins_goes_on_with_other_secrets_and_ends_by_edits(tmp_path: Path) -> None:
    old, new = KEYS
    bot = Bot.from_config(config(tmp_path, old, ""), device=Typewriter())
    changes = []
    async with LiveBot(bot) as live, asyncio.TaskGroup() as tasks:
        conversation = Conversation(live.bot, Typist("one", "two", "three", "four", every=9.5))
        with live.following(conversation):
            tasks.create_task(conversation.run(), name="conversation")
            for edit in ((old, RECORD), (new, RECORD), (new, "")):
                await asyncio.sleep(10.0)
                changes.append(await live.apply(config(tmp_path, *edit)))
            await asyncio.sleep(20.0)

    assert [changes[0], changes[-1]] == [("record",), ("record",)]
    recording = only(tmp_path / "recordings")
    events = list(recording.events())
    assert [each.text for each in events if isinstance(each, UserTurnEnded)] == ["two", "three"]
    seen = [each.changes for each in events if isinstance(each, ConfigChanged)]
    assert seen == [("record",), ("recognizer.key", "chat.default.0 Aye *** -> Aye ***", "synthesizer.key")]
    assert new in conversation.history.messages[-1].content
    written = (recording.folder / "events.jsonl").read_text()
    assert "Aye ***" in written
    assert not [key for key in KEYS if key in written]
    (changed,) = recording.changed_configs()  # with the first change, the recording begins
    assert changed[0] == pytest.approx(20.0, abs=0.1)
    assert changed[1]["chat"]["default"] == ["Aye ***"]
    kept = {each.name: each.read_text() for each in recording.folder.iterdir()}
    assert kept.keys() == {"events.jsonl", "config.yaml", "config-1.yaml"}
    assert not [key for key in KEYS if key in kept["config-1.yaml"]]
    assert recording.started.timestamp() < recording.folder.stat().st_mtime
