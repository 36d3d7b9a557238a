"""Bots and scenarios for tests: small configs without a network, in a folder of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from voicebot import load_config, load_options
from voicebot_scenarios.results import Result
from voicebot_scenarios.scenario import ScenarioFile
from voicebot_scenarios.suite import run_file

RULES = [
    {"patterns": ["who are you"], "answers": ["I am Flint."]},
    {"patterns": ["tell me a story"], "answers": ["Once there was a sailor, " + "and a ship, " * 6]},
    {"patterns": ["tell me a joke"], "answers": ["Why are pirates called pirates? Because they arr!"]},
]
BOT: dict[str, Any] = {
    "recognizer": {"provider": "pocketsphinx"},
    "synthesizer": {"provider": "espeak"},
    "chat": {"provider": "script", "rules": RULES, "default": ["Pardon?"]},
}


def written(folder: Path, scenario: Any, **sections: Any) -> Path:
    """Write a config and a scenario, and return the scenario's file."""
    (folder / "bot.yaml").write_text(yaml.safe_dump(BOT | sections, sort_keys=False))
    path = folder / "scenario.yaml"
    text = scenario if isinstance(scenario, str) else yaml.safe_dump(scenario, sort_keys=False)
    path.write_text(text)
    return path


def run(folder: Path, said: list[dict[str, Any]], **sections: Any) -> Result:
    """Hold one conversation with a bot, in which these turns are said."""
    path = written(folder, {"config": "bot.yaml", "turns": said}, **sections)
    file = load_options(path, ScenarioFile, name="the scenario")
    (result,) = run_file(path, file, load_config(folder / "bot.yaml"))
    return result


def failures(result: Result) -> dict[str, str]:
    """Return the checks that failed, each with what happened instead."""
    return {check.name: check.failure for check in result.checks if check.failure}
