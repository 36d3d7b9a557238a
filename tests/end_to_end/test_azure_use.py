"""What a conversation through the real SDKs used is what the emulated services were sent."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from voicebot import ProviderUsed, amounts_of, load_config, shipped_configs
from voicebot.testing import ScriptedUser, ScriptedVoiceActivity, converse
from voicebot_emulator.script import Script, Spoken
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import LoudUser

ANSWER = "All is well & fair. The sea is calm."
BOT = """\
extends: {azure}
recognizer: {{watchdog: 5, connect_timeout: 5}}
synthesizer: {{voice: en-US-AvaMultilingualNeural, rate: 1.2}}
turns: {{patience: 0.05, final_timeout: 24, prepare: "off"}}
"""
INNERMOST = re.compile(r"<prosody.*</prosody>")


@pytest.mark.slow
def test_a_turn_is_counted_as_the_services_bill_it(tmp_path: Path) -> None:
    async def talk() -> tuple[ScriptedUser, list[str], int]:
        script = Script(heard=("hello",), answered=(ANSWER,), spoken=Spoken(characters_per_second=80))
        async with Emulator(script) as emulator:
            path = tmp_path / "bot.yaml"
            path.write_text(BOT.format(azure=shipped_configs()["azure"]))
            config = load_config(path, environ=emulator.environment)
            async with converse(
                recognizer=config.recognizer.make(),  # type: ignore[arg-type]
                chat=config.chat.make(),  # type: ignore[arg-type]
                synthesizer=config.synthesizer.make(),  # type: ignore[arg-type]
                voice_activity=ScriptedVoiceActivity(),
                settings=config.settings,
                user=LoudUser(),
            ) as user:
                await user.waits(0.1)
                await user.says("", 0.3)
                assert (await user.is_answered()).heard == ANSWER
            spoken = [entry.body for entry in emulator.journal.find(service="tts", what="ssml")]
            asked = [
                json.loads(entry.body) for entry in emulator.journal.find(service="chat", what="completion")
            ]
            prompt = sum(len(message["content"]) for message in asked[-1]["messages"])
            return user, spoken, prompt

    user, spoken, prompt = asyncio.run(talk())
    used = [event for event in user.events if isinstance(event, ProviderUsed)]
    (chat,) = (each for each in used if each.kind == "chat")
    assert (chat.input_tokens, chat.estimated) == (prompt // 4, False)
    assert chat.output_tokens > 0

    said = [each for each in spoken if "".join(ElementTree.fromstring(each).itertext()).strip() in ANSWER]
    assert sum(each.characters for each in used) == sum(
        len(INNERMOST.search(each).group())
        for each in said  # type: ignore[union-attr]
    )
    assert amounts_of(used).characters > len(ANSWER)
    (heard,) = (each for each in used if each.kind == "recognizer")
    assert heard.seconds == pytest.approx(0.3 + 0.5, abs=0.5)  # what was said, and what was before and after
