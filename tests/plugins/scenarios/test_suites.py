"""The scenarios that come with voicebot hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot import load_config, load_options, shipped_configs
from voicebot_emulator.script import Answered, Script, Spoken
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running
from voicebot_scenarios.results import Result
from voicebot_scenarios.scenario import ScenarioFile
from voicebot_scenarios.suite import run_file

from .bots import failures

FOLDER = shipped_configs()["offline"].parent / "scenarios"
STORY = "Yes, arr! I tell ye: " + "a ship went east, and a ship went west, " * 6


def results(name: str, environ: dict[str, str] | None = None) -> list[Result]:
    path = FOLDER / f"{name}.yaml"
    file = load_options(path, ScenarioFile, name="the scenario")
    return run_file(path, file, load_config(path.parent / file.config, environ=environ))


def test_captain_flint_does_what_his_scenarios_say() -> None:
    found = results("offline")
    assert [failures(each) for each in found] == [{}] * 5
    assert sum(len(each.checks) for each in found) >= 12


def test_the_pirate_does_too_with_the_sdks_of_azure_and_a_chat_model_that_is_scripted() -> None:
    script = Script(heard=("unheard",), answered=(Answered(text=STORY),), spoken=Spoken(tone=True))
    with running(Emulator(script)) as emulator:
        found = results("pirate", emulator.environment)
    assert [failures(each) for each in found] == [{}] * 3


@pytest.mark.slow
def test_a_voice_is_heard_by_the_recogniser_of_the_config(tmp_path: Path) -> None:
    path = tmp_path / "spoken.yaml"
    path.write_text(
        f"config: {shipped_configs()['offline']}\nspeech: {{provider: espeak, voice: en-us, rate: 140}}\n"
        "turns:\n- {user: where is the treasure, expect: {matches: 'palm|third half|floor', within: 8}}\n"
    )
    file = load_options(path, ScenarioFile, name="the scenario")
    (found,) = run_file(path, file, load_config(file.config))
    assert failures(found) == {}
