"""The config of a recording is used wherever it is, with the files that it names or without them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from voicebot import ConfigError, load_config, resolved_config
from voicebot_recording.format import CONFIG, EVENTS, HEADER, VERSION
from voicebot_recording.reading import Recording, open_recording
from voicebot_replay.engine import recorded_config
from voicebot_replay.engine.config import recorded_configs

FOLDER = "a folder with spaces in its name, and so many of them that YAML breaks the line in two or three"
BOT = f"""\
recognizer: {{provider: pocketsphinx, acoustic_model: "{FOLDER}", dictionary: words.txt}}
chat: {{provider: script, default: [Aye.]}}
synthesizer: {{provider: espeak}}
prices: "{FOLDER}/prices.yaml"
tools:
- {{provider: python, file: tools.py, allow: [look]}}
- {{provider: conversation, allow: [end_conversation]}}
"""


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """Return a recording without events, whose config was named by a relative path."""
    monkeypatch.chdir(tmp_path)
    Path(FOLDER).mkdir()
    for name, text in (
        ("bot.yaml", BOT),
        ("words.txt", ""),
        (f"{FOLDER}/prices.yaml", "prices: []\n"),
        ("tools.py", 'from voicebot import tool\n\n\n@tool\ndef look() -> str:\n    """Look."""\n'),
    ):
        Path(name).write_text(text)
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / CONFIG).write_text(yaml.safe_dump(resolved_config(load_config("bot.yaml")), sort_keys=False))
    header = {"type": HEADER, "version": VERSION, "id": "1", "name": "Bot", "started": "2026-11-29T10:15:00"}
    (kept / EVENTS).write_text(json.dumps(header) + "\n")
    return open_recording(kept)


def test_files_beside_the_config_are_found_from_elsewhere(
    recording: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    config = recorded_config(recording)
    assert config.settings.prices == tmp_path / FOLDER / "prices.yaml"
    assert [each.name for each in config.tools] == ["python", "conversation"]
    assert config.recognizer.options.model_dump()["dictionary"] == tmp_path / "words.txt"


def test_a_replay_needs_no_files_of_what_answers_from_the_recording(recording: Recording) -> None:
    for name in ("words.txt", "tools.py", f"{FOLDER}/prices.yaml"):
        Path(name).unlink()
    Path(FOLDER).rmdir()

    ((_, config),) = recorded_configs(recording)
    assert [each.name for each in config.tools] == ["conversation"]
    with pytest.raises(ConfigError) as caught:  # where services are asked, all of it is needed
        recorded_config(recording)
    assert len(caught.value.problems) == 4


def test_what_is_wrong_with_a_detector_is_said_of_a_replay_too(recording: Recording) -> None:
    path = recording.folder / CONFIG
    Path("words.txt").unlink()
    path.write_text(path.read_text().replace("provider: judgement", "provider: gone"))
    with pytest.raises(ConfigError, match="no turn_detector called 'gone' is installed"):
        recorded_configs(recording)
