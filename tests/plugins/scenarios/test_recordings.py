"""A recording is a test: what was decided then, or better; a rule that is broken on purpose is caught."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from voicebot import Options, load_config, load_options
from voicebot.cli.main import cli
from voicebot.plugin.manager import Plugins
from voicebot.testing import ScriptedSynthesizer
from voicebot_recording.reading import open_recording
from voicebot_replay.engine import replay
from voicebot_scenarios.recordings import check_recording
from voicebot_scenarios.scenario import ScenarioFile
from voicebot_scenarios.suite import run_file

from .bots import BOT, failures, written

PATIENT: dict[str, Any] = {"turn_detector": {"provider": "silence"}, "turns": {"patience": 1.2}}
TURNS: list[dict[str, Any]] = [{"user": ["tell me", {"pause": 0.8}, "a joke"]}, {"user": "who are you"}]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the recording of a conversation with a user who has a voice, and pauses."""
    return recorded(tmp_path_factory.mktemp("recorded"), TURNS, **PATIENT)


def recorded(folder: Path, said: list[dict[str, Any]], **sections: Any) -> Path:
    scenario = {"config": "bot.yaml", "speech": {"provider": "espeak"}, "understood": True, "turns": said}
    path = written(folder, scenario, **sections)
    file = load_options(path, ScenarioFile, name="the scenario")
    (result,) = run_file(path, file, load_config(folder / "bot.yaml"), recordings=folder / "kept")
    assert failures(result) == {}
    (found,) = (folder / "kept").iterdir()
    return found


def test(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["test", *map(str, arguments)])


test.__test__ = False  # type: ignore[attr-defined]


def other_config(folder: Path, **sections: Any) -> Path:
    path = folder / "other.yaml"
    path.write_text(yaml.safe_dump(BOT | PATIENT | sections, sort_keys=False))
    return path


def test_todays_engine_decides_what_was_decided_then(recording: Path) -> None:
    result, warnings = check_recording(recording)
    assert failures(result) == {}
    assert warnings == ()
    assert [turn.text for turn in result.turns] == ["tell me a joke", "who are you"]
    assert [len(turn.checks) for turn in result.turns] == [3, 3]


def test_a_rule_of_turn_taking_that_is_broken_is_caught(recording: Path, tmp_path: Path) -> None:
    ran = test(recording.parent, "--config", other_config(tmp_path, turns={"patience": 0.2}))
    assert ran.exit_code == 1
    assert "FAILED  no new cut-off: it cuts the user off after 'tell me'" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 80


def test_an_answer_that_is_later_is_caught(recording: Path, tmp_path: Path) -> None:
    ran = test(recording, "--config", other_config(tmp_path, turns={"patience": 1.5}))
    assert ran.exit_code == 1
    assert ran.stdout.count("FAILED  answers at most 50 ms later: it answers 0.300 s later") == 2


def test_an_answer_that_is_sooner_is_better(recording: Path, tmp_path: Path) -> None:
    ran = test(recording, "--config", other_config(tmp_path, turns={"patience": 1.0}))
    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (0, "1 conversation, 6 checks: all held")


class Mouth(ScriptedSynthesizer):
    """A voice that always takes as long for the same text."""

    def __init__(self, _: Options) -> None:
        super().__init__()


def test_a_user_without_a_voice_is_heard_again(tmp_path: Path) -> None:
    path = written(tmp_path, {"config": "bot.yaml", "turns": TURNS}, **PATIENT)
    file = load_options(path, ScenarioFile, name="the scenario")
    run_file(path, file, load_config(tmp_path / "bot.yaml"), recordings=tmp_path / "kept")
    (folder,) = (tmp_path / "kept").iterdir()
    for config in (None, load_config(other_config(tmp_path, turns={"patience": 1.0}))):
        result, warnings = check_recording(folder, config)
        assert (failures(result), warnings) == ({}, ())
        assert [turn.text for turn in result.turns] == ["tell me a joke", "who are you"]


def test_a_later_answer_is_better_than_one_that_cut_off(tmp_path: Path) -> None:
    plugins = Plugins()
    plugins.registry.add("mouth", Mouth, Options)
    sections = {"synthesizer": {"provider": "mouth"}}
    patient = load_config(other_config(tmp_path, **sections), plugins=plugins)
    said = [{"user": ["tell me a joke", {"pause": 1.0}, "okay"]}]  # while the bot speaks, it only agrees
    path = written(
        tmp_path, {"config": "bot.yaml", "turns": said}, **sections, **PATIENT | {"turns": {"patience": 0.2}}
    )
    hasty = load_config(tmp_path / "bot.yaml", plugins=plugins)
    file = load_options(path, ScenarioFile, name="the scenario")
    (held,) = run_file(path, file, hasty, recordings=tmp_path / "kept")
    (folder,) = (tmp_path / "kept").iterdir()

    assert [turn.cut_off for turn in replay(open_recording(folder), hasty).recorded] == [True]
    assert held.turns[0].answer == "Why are pirates called pirates? Because they arr!"
    for config in (hasty, patient):
        result, _ = check_recording(folder, config)
        assert failures(result) == {}
        assert result.turns[0].answer == held.turns[0].answer
    assert [turn.answered_after for turn in replay(open_recording(folder), patient).turns] == [
        pytest.approx(1.2, abs=0.1)
    ]


def test_a_recording_without_sound_cannot_be_tested_and_the_others_are(
    recording: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(recording, broken)
    (broken / "sound.flac").unlink()
    ran = test(broken, recording)
    assert ran.exit_code == 1
    assert ran.stdout.splitlines()[-1] == "2 conversations, 7 checks: 1 failed, in 1 conversation"
    assert ran.stderr == f"warning: {broken}: its sound, sound.flac, is missing\n"


def test_sound_that_is_lost_is_no_recording_that_breaks_off(recording: Path, tmp_path: Path) -> None:
    lost = tmp_path / "lost"
    shutil.copytree(recording, lost)
    (lost / "sound.flac").write_bytes(b"")

    result, _ = check_recording(lost)
    assert "its sound is empty" in failures(result)["can be carried out"]

    log = lost / "events.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:-1]))
    result, (*_, warning) = check_recording(lost)
    assert (result.checks, warning) == ((), f"{lost}: it was cut off before any sound was written")


def test_a_folder_that_is_no_recording_and_one_that_is_broken(tmp_path: Path) -> None:
    assert test(tmp_path).exit_code != 0
    (tmp_path / "events.jsonl").write_text("nothing\n")
    ran = test(tmp_path)
    assert ran.exit_code == 1
    assert "no recording: events.jsonl does not begin as one" in " ".join(ran.stdout.split())
    assert ran.stdout.splitlines()[-1] == "1 conversation, 1 check: 1 failed, in 1 conversation"


def test_scripted_conversations_are_kept_where_asked_and_redacted(tmp_path: Path) -> None:
    sections = {"record": {"folder": str(tmp_path / "real")}, "redact": {"words": ["Flint"]}}
    scenario = {"config": "bot.yaml", "turns": [{"typed": "who are you"}]}
    path = written(tmp_path, scenario, **sections)

    assert test(path, "--record", tmp_path / "scripted").exit_code == 0

    assert not (tmp_path / "real").exists()
    (kept,) = (tmp_path / "scripted").iterdir()
    events = (kept / "events.jsonl").read_text(encoding="utf-8")
    assert "who are you" in events
    assert "Flint" not in events
