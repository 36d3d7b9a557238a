"""The files that are tested: found, read, and checked together with their configs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

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
from voicebot_scenarios.scenario import ScenarioFile

_SUFFIXES = (".yaml", ".yml")
_SCENARIO = re.compile(rb"^(scenarios|turns)\s*:", re.MULTILINE)
_HEAD = 1_000_000
"""Bytes of a file in which a scenario must be recognisable as one."""

Opened = tuple[Path, ScenarioFile, BotConfig]


def opened(paths: Iterable[Path], config: str | None = None) -> list[Opened]:
    """Read all scenarios at these paths, and load their configs.

    Args:
        config: the name of a config to use instead of those that the scenarios name.

    Raises:
        ConfigError: some have mistakes; holds all of them.
        ClickException: there is no such file, or no scenario in a folder.
    """
    found: list[Opened] = []
    problems: list[Problem] = []
    for path in _files(paths):
        try:
            file = load_options(path, ScenarioFile, name="the scenario")
            found.append((path, file, _config(path, config or file.config, is_named=config is not None)))
        except ConfigError as error:
            problems += error.problems
    if any(problem.severity == "error" for problem in problems):
        raise ConfigError(tuple(dict.fromkeys(problems)))
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.exists():
            yield _shipped(path)
            continue
        if not path.is_dir():
            yield path
            continue
        files = sorted(each for each in path.iterdir() if each.suffix in _SUFFIXES and each.is_file())
        scenarios = [each for each in files if _is_scenario(each)]
        if not scenarios:
            raise click.ClickException(
                f"{path}: there is no scenario in this folder: a YAML file with `turns` or `scenarios`"
            )
        yield from scenarios


def _shipped(name: Path) -> Path:
    """Return the file of scenarios of that name that comes with voicebot."""
    folder = next(iter(shipped_configs().values())).parent / "scenarios"
    shipped = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    if str(name) not in shipped:
        known = ", ".join(shipped)
        raise click.ClickException(f"{name}: no such file; those that come with voicebot are {known}")
    return shipped[str(name)]


def _is_scenario(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _SCENARIO.search(file.read(_HEAD)) is not None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from None


def _config(scenario: Path, name: str, *, is_named: bool) -> BotConfig:
    """Load a config that was named in a scenario, or on the command line."""
    path = Path(name)
    if not is_named and (beside := config_named(scenario.parent / name)).exists():
        path = beside
    path = config_named(path)
    read_dot_env(path.parent)
    return load_config(path)
