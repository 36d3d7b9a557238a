"""Scripted conversations that are recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voicebot import Settings, Tool, ToolCall
from voicebot.testing import (
    Pause,
    ScriptedChatModel,
    ScriptedSynthesizer,
    ScriptedToolset,
    ScriptedUser,
    converse,
)
from voicebot.testing.scripted import SPEAKER
from voicebot_recording.observer import Recorder
from voicebot_recording.options import RecordOptions
from voicebot_recording.reading import Recording, open_recording

TONE = b"\xe8\x03" * (SPEAKER.bytes_in(0.02) // 2)
"""20 ms of the bot's voice, which is never silent."""


def options(folder: Path, **others: Any) -> RecordOptions:
    return RecordOptions(folder=folder, **{"min_free": 0, **others})


async def talk(folder: Path, *, redactors: Any = (), **others: Any) -> ScriptedUser:
    """Hold a conversation of two turns, one with a tool, and record it."""
    look = Tool("look", "Looks.", effect="reads")
    tools = ScriptedToolset([(look, ["land ahoy at 5550001", Pause(0.2)])])
    chat = ScriptedChatModel(
        ["It is noon, captain.", [ToolCall("1", "look", '{"where": "Tortuga"}')], "I see land."]
    )
    async with converse(
        chat=chat,
        synthesizer=ScriptedSynthesizer(chunk=TONE),
        settings=Settings(name="Polly", system="You are a parrot."),
        toolsets=[tools],
        observers=[Recorder(options(folder, **others))],
        redactors=redactors,
    ) as user:
        for words in ("what is the time", "what do you see"):
            await user.says(words)
            await user.is_answered()
            await user.waits(0.5)
    return user


def only(folder: Path) -> Recording:
    """Open the only recording in a folder."""
    (path,) = folder.glob("[0-9]*")
    return open_recording(path)
