"""`voicebot tune`: what it prints, and one clear line for what cannot be used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from voicebot import load_config
from voicebot.cli.main import cli
from voicebot.testing import ScriptedUser
from voicebot_recording.reading import open_recording
from voicebot_replay.tuning import settings_to_try, tune
from voicebot_replay.tuning.lines import tuned_json, tuned_lines, yaml_lines

from ..talks import config, record
from .test_tune import fluent, quick_answers

CONFIG = """\
name: Polly
recognizer: {provider: azure-stt, key: "${KEY}", region: westeurope}
chat: {provider: script, default: [Aye.]}
synthesizer: {provider: azure-tts, key: "${KEY}", region: westeurope}
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of six turns; do not change it."""
    return record(tmp_path_factory.mktemp("talk"), fluent, patience=1.5, chat=quick_answers()).folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    """A folder with a copy of it."""
    shutil.copytree(whole, tmp_path / "recordings" / "one")
    return tmp_path / "recordings"


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KEY", "4f9a8b7c6d5e4f3a2b1c4f9a8b7c6d5e")
    path = tmp_path / "bot.yaml"
    path.write_text(CONFIG)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["tune", *map(str, arguments)])


def with_header(recording: Path, **values: object) -> None:
    log = recording / "events.jsonl"
    first, _, rest = log.read_text().partition("\n")
    log.write_text(json.dumps({**json.loads(first), **values}) + "\n" + rest)


def test_too_few_turns_are_said_with_how_many_would_do(folder: Path, bot: Path) -> None:
    before = bot.read_text()
    result = run(folder, "--config", bot)
    assert result.exit_code == 0
    assert " ".join(result.stdout.split()) == (
        "6 turns with 0 pauses in 1 recording: too few to recommend anything. With 30 turns, and both halves "
        "of the recordings about as long, something may be said."
    )
    assert bot.read_text() == before


def test_a_recommendation_fits_into_80_columns_and_ends_with_what_to_put_into_the_config(
    whole: Path, tmp_path: Path
) -> None:
    present, *others = settings_to_try(config(tmp_path, 1.5))
    found = tune([open_recording(whole)], present.config, settings=[present, others[0]], least=3)
    lines = [click.unstyle(line) for line in tuned_lines(found, "my bot.yaml")]

    assert max(map(len, lines)) <= 80
    assert lines[0] == "6 turns with 0 pauses in 1 recording. 2 settings were tried on the first 3"
    assert "silence, 1.5 s (now)" in lines[4]
    assert lines[-4:-1] == ["turns:", "  patience: 0.3", ""]
    assert lines[-1] == "voicebot set 'my bot.yaml' turns.patience=0.3"
    described = tuned_json(found)
    assert json.loads(json.dumps(described))["recommended"] == {"turn_detector": "silence", "patience": 0.3}


def test_the_lines_for_the_config_are_valid(bot: Path) -> None:
    present, *others = settings_to_try(load_config(bot))
    assert {"transcript", "silence"} <= {each.detector for each in others}
    for each in others:
        if each.detector == "smart-turn":  # its model is not there
            continue
        changes = yaml.safe_load("\n".join(yaml_lines(each, present)))
        bot.write_text(CONFIG + yaml.safe_dump(changes))
        loaded = load_config(bot)
        assert loaded.settings.turns == each.config.settings.turns
        assert loaded.turn_detector == each.config.turn_detector


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{tmp_path}: no recording: there is no events.jsonl in it" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ("text", "recorded without text, so that no detector can read what was said"),
        ("sound", "recorded without sound, so that pauses cannot be heard again"),
    ],
)
def test_a_recording_without_what_is_needed_is_refused(folder: Path, left_out: str, message: str) -> None:
    values = {"sound": None} if left_out == "sound" else {}
    with_header(folder / "one", left_out=[left_out], **values)
    result = run(folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{folder / 'one'}: {message}" in " ".join(result.stderr.split())


def test_what_cannot_be_used_among_others_is_left_out(folder: Path, bot: Path) -> None:
    shutil.copytree(folder / "one", folder / "two")
    with_header(folder / "two", left_out=["sound"], sound=None)
    shutil.copytree(folder / "one", folder / "three")
    (folder / "three" / "sound.flac").write_bytes(b"hello")
    shutil.copytree(folder / "one", folder / "four")
    (folder / "four" / "sound.flac").unlink()
    result = run(folder, "--config", bot)
    assert result.exit_code == 0
    assert "three: its sound cannot be read: " in result.stderr
    assert "four: its sound is missing, so that pauses cannot be heard again; left out" in result.stderr
    assert "two: recorded without sound, so that pauses cannot be heard again; left out" in result.stderr
    assert "in 1 recording:" in result.stdout


def test_recordings_of_different_bots_are_refused(folder: Path, bot: Path) -> None:
    shutil.copytree(folder / "one", folder / "two")
    with_header(folder / "two", name="Flint", id="other")
    result = run(folder, "--config", bot)
    assert (result.exit_code, result.stdout) == (1, "")
    said = " ".join(result.stderr.split())
    assert "recordings of different bots" in said
    assert "is of Polly (en-US)" in said
    assert "is of Flint (en-US); give those of one" in said


def test_a_recording_that_is_named_twice_counts_once(folder: Path, bot: Path) -> None:
    found = json.loads(run(folder, folder / "one", "--config", bot, "--json").stdout)
    assert (found["verdict"], found["recorded"], found["tried"]) == ("too few", 1, 1)


def test_nobody_speaking_is_said(tmp_path: Path) -> None:
    async def nothing(user: ScriptedUser) -> None:
        await user.waits(0.5)

    result = run(record(tmp_path, nothing).folder)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nobody speaks in this recording" in " ".join(result.stderr.split())
