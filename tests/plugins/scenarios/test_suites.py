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

from .bots import failures, written

FOLDER = shipped_configs()["offline"].parent / "scenarios"
STORY = "Yes, arr! I tell ye: " + "a ship went east, and a ship went west, " * 2


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
    # How soon it answers depends on this machine: SDKs and emulator work in real time.
    failed = [[name for name in failures(each) if not name.startswith("within ")] for each in found]
    assert failed == [[]] * 3
    assert "judged: it is told the way a pirate in a film talks" in [check.name for check in found[0].checks]


@pytest.mark.slow
def test_a_voice_is_heard_by_the_recogniser_of_the_config(tmp_path: Path) -> None:
    answers = {"where is the treasure": "Under the palm.", "tell me about the sea": "It is wide."}
    rules = [{"patterns": [asked], "answers": [answer]} for asked, answer in answers.items()]
    path = written(
        tmp_path,
        {
            "config": "bot.yaml",
            "speech": {"provider": "espeak", "voice": "en-us", "rate": 150},
            "turns": [{"user": asked, "expect": {"contains": answer}} for asked, answer in answers.items()],
        },
        chat={"provider": "script", "rules": rules, "default": ["Pardon?"]},
    )
    file = load_options(path, ScenarioFile, name="the scenario")
    (found,) = run_file(path, file, load_config(tmp_path / "bot.yaml"))
    assert failures(found) == {}
