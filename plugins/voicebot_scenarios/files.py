"""What is tested: scenarios and recordings, found, read, and checked together with their configs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import click
import yaml

from voicebot import (
    BotConfig,
    ConfigError,
    Problem,
    config_named,
    load_config,
    load_options,
    read_dot_env,
    shipped_configs,
)
from voicebot_recording.format import EVENTS
from voicebot_scenarios.scenario import ScenarioFile

_SUFFIXES = (".yaml", ".yml")
_SCENARIO = re.compile(rb"^(scenarios|turns)\s*:", re.MULTILINE)
_CONFIG = (
    "this is the config of a bot, and not a scenario; talk to it with `voicebot run`, or name it in a "
    "scenario, as its `config`"
)
_ONLY_IN_CONFIGS = {"extends", "recognizer", "chat", "synthesizer"}
_HEAD = 1_000_000
"""Bytes of a file in which a scenario must be recognisable as one."""


def found(paths: Iterable[Path]) -> list[Path]:
    """Return the scenarios, which are files, and the recordings, which are folders, at these paths.

    Raises:
        ClickException: there is no such file, or neither of them in a folder.
    """
    return [each for path in paths for each in _at(path)]


def opened(paths: Iterable[Path], config: str | None = None) -> list[tuple[Path, ScenarioFile, BotConfig]]:
    """Read scenarios, and load their configs.

    Args:
        config: the name of a config to use instead of those that the scenarios name.

    Raises:
        ConfigError: some have mistakes; holds all of them.
    """
    read: list[tuple[Path, ScenarioFile, BotConfig]] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            file = load_options(path, ScenarioFile, name="the scenario")
            its_config = named_config(config) if config is not None else _config_of(path, file.config)
            read.append((path, file, its_config))
        except ConfigError as error:
            problems += [Problem(str(path), 1, 1, _CONFIG)] if _is_config(path) else error.problems
    if problems:
        raise ConfigError(tuple(dict.fromkeys(problems)))
    return read


def named_config(name: str) -> BotConfig:
    """Load a config that was named on the command line.

    Raises:
        ConfigError: it cannot be used.
    """
    path = config_named(Path(name))
    read_dot_env(path.parent)
    return load_config(path)


def _config_of(scenario: Path, name: str) -> BotConfig:
    beside, elsewhere = config_named(scenario.parent / name), config_named(Path(name))
    try:
        return named_config(str(elsewhere if elsewhere.exists() and not beside.exists() else beside))
    except ConfigError as error:
        raise ConfigError([_placed(each, scenario) for each in error.problems], hint=error.hint) from None


def _placed(problem: Problem, scenario: Path) -> Problem:
    """Return a problem of a config; that there is no such file is one of the scenario that names it."""
    if problem.line:
        return problem
    root = yaml.compose(scenario.read_text(encoding="utf-8"), yaml.SafeLoader)
    assert root is not None  # it has been read as a mapping
    marks = (value.start_mark for key, value in root.value if key.value == "config")
    place = next(marks, root.start_mark)
    message = f"{problem.file}: {problem.message}"
    return replace(problem, file=str(scenario), line=place.line + 1, column=place.column + 1, message=message)


def _at(path: Path) -> Iterator[Path]:
    if not path.exists():
        yield _shipped(path)
    elif not path.is_dir() or _is_recording(path):
        yield path
    else:
        entries = sorted(path.iterdir())
        inside = [
            each
            for each in entries
            if (_is_recording(each) if each.is_dir() else each.suffix in _SUFFIXES and _is_scenario(each))
        ]
        if not inside:
            raise click.ClickException(
                f"{path}: in this folder, there is neither a recording nor a scenario (a YAML file with "
                "`turns` or `scenarios`)"
            )
        yield from inside


def _is_recording(folder: Path) -> bool:
    return (folder / EVENTS).exists()


def _shipped(name: Path) -> Path:
    """Return the file of scenarios of that name that comes with voicebot."""
    folder = next(iter(shipped_configs().values())).parent / "scenarios"
    shipped = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if str(name) not in shipped:
        known = ", ".join(shipped)
        raise click.ClickException(f"{name}: no such file; the scenarios that come with voicebot are {known}")
    return shipped[str(name)]


def _is_scenario(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _SCENARIO.search(file.read(_HEAD)) is not None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from None


def _is_config(path: Path) -> bool:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, ValueError, yaml.YAMLError):
        return False
    if not isinstance(root, yaml.MappingNode):
        return False
    keys = {key.value for key, _ in root.value if isinstance(key, yaml.ScalarNode)}
    return "config" not in keys and not keys.isdisjoint(_ONLY_IN_CONFIGS)
