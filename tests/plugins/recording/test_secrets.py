"""Planted secrets are in none of the files that a conversation leaves."""

from __future__ import annotations

from pathlib import Path

from tests.typewriter import Typewriter, Typist

from voicebot import Bot, Conversation, load_config
from voicebot.testing import simulated
from voicebot_redaction.options import RedactOptions
from voicebot_redaction.redactor import Redactor

from .talks import only, talk

SECRETS = ("anne.bonny@pirates.example", "anne.bonny", "0171 555", "555 01", "Rackham", "Mary Read")
KEY = "sk-4f9a8b7c6d5e4f3a2b1c"
SAID = f"Write to anne.bonny@pirates.example, says Mary  Read, or call 0171 555 01 99 for Rackham. Key: {KEY}"
CONFIG = f"""\
recognizer: {{provider: azure-stt, key: "${{KEY}}", region: westeurope}}
chat: {{provider: script, default: ["Very well. {SAID}, or wait for the wind and the tide of tomorrow."]}}
synthesizer: {{provider: azure-tts, key: "${{KEY}}", region: westeurope}}
system: "You are Mary Read, 0171 555 01 99."
greeting: "Is that you, Rackham?"
record: {{folder: FOLDER/recordings, min_free: 0}}
redact: {{words: [Rackham, Mary Read]}}
observers:
  - {{provider: transcript, file: FOLDER/talk.md, timings: true}}
  - {{provider: transcript, file: FOLDER/talk.jsonl}}
"""

PLANTED = "sk-planted-SECRET-123456789abc"
PARTLY = """\
name: Bluebeard
recognizer: {provider: azure-stt, key: "${KEY}", region: westeurope}
chat: {provider: script, default: ["The key is ${KEY} of Blackbeard."]}
synthesizer: {provider: azure-tts, key: "${KEY}", region: westeurope}
record: {folder: FOLDER/recordings, min_free: 0}
redact: {words: [Blackbeard, Bluebeard], patterns: [SEC.ET]}
observers:
  - {provider: transcript, file: FOLDER/talk.md, timings: true}
  - {provider: transcript, file: FOLDER/talk.jsonl}
"""


def found_in(folder: Path, secrets: tuple[str, ...]) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [f"{secret} in {path.name}" for path in files for secret in secrets if secret in path.read_text()]


@simulated
async def test_planted_secrets_are_in_none_of_the_files(tmp_path: Path) -> None:
    path = tmp_path / "config" / "bot.yaml"
    path.parent.mkdir()
    path.write_text(CONFIG.replace("FOLDER", str(tmp_path / "kept")))
    config = load_config(path, environ={"KEY": KEY})
    async with Bot.from_config(config, device=Typewriter()) as bot:
        conversation = Conversation(bot, Typist(SAID))
        await conversation.run()

    assert SAID.replace("  ", " ") in conversation.history.messages[-2].content.replace("  ", " ")
    kept = {each.name for each in (tmp_path / "kept").rglob("*") if each.is_file()}
    assert kept == {"events.jsonl", "config.yaml", "talk.md", "talk.jsonl"}
    assert found_in(tmp_path / "kept", SECRETS) == []
    recording = only(tmp_path / "kept" / "recordings")
    assert found_in(recording.folder, (KEY,)) == []
    assert recording.config()["recognizer"]["key"] == "***"
    assert "the wind and the tide of tomorrow" in (recording.folder / "events.jsonl").read_text()


@simulated
async def test_nothing_of_a_key_is_left_if_a_part_of_it_is_removed_as_well(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(PARTLY.replace("FOLDER", str(tmp_path / "kept")))
    config = load_config(path, environ={"KEY": PLANTED})
    async with Bot.from_config(config, device=Typewriter()) as bot:
        await Conversation(bot, Typist("What is it?")).run()

    assert found_in(tmp_path / "kept", ("planted", "SECRET", "123456789", "Blackbeard")) == []
    recording = only(tmp_path / "kept" / "recordings")
    assert "The key is *** of [redacted]." in recording.config()["chat"]["default"]
    assert recording.config()["name"] == "***"
    assert "The key is *** of [redacted]." in (tmp_path / "kept" / "talk.jsonl").read_text()


@simulated
async def test_tools_are_redacted_too(tmp_path: Path) -> None:
    redactor = Redactor(RedactOptions.model_validate({"words": ["Tortuga", "captain"]}))
    await talk(tmp_path, redactors=[lambda settings: redactor])

    log = (only(tmp_path).folder / "events.jsonl").read_text()
    assert not [secret for secret in ("Tortuga", "5550001", "captain") if secret in log]
    assert "land ahoy at [number]" in log
