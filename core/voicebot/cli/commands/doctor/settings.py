"""The config, its variables, and the files that they are in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.cli.commands.doctor.result import Result
from voicebot.cli.resources.configs import read
from voicebot.config.environment.variables import Variables, dot_env_files, variables_beside
from voicebot.config.reading.extends import read_merged
from voicebot.config.reading.tree import COMMAND_LINE, OPTION, Section, scalars
from voicebot.diagnosis import Finding, Verdict
from voicebot.errors import ConfigError, Problem

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig
    from voicebot.config.reading.assignments import Assignment


@dataclass(slots=True)
class ReadConfig:
    """A config as far as it could be read: without `config`, its problems say why it cannot be used."""

    path: Path
    config: BotConfig | None
    problems: tuple[Problem, ...]
    hint: str = ""
    files: tuple[Path, ...] = ()
    root: Section | None = None
    variables: Variables | None = None


def read_config(path: Path, assignments: Sequence[Assignment]) -> ReadConfig:
    """Read a config, and keep what is known about it even if it cannot be used."""
    try:
        config = read(path, assignments)
        found = ReadConfig(path, config, config.warnings, files=config.files)
    except ConfigError as error:
        found = ReadConfig(path, None, error.problems, error.hint)
    if not path.is_file():  # a pipe can be read only once
        return found
    try:
        found.variables = variables_beside(path.parent)
    except ConfigError:  # which is among the problems
        return found
    if merged := read_merged(path, found.variables, []):
        found.root, found.files = merged.root, tuple(map(Path, merged.files))
    return found


def config_results(found: ReadConfig, told: Iterable[Result] = ()) -> list[Result]:
    """Return the problems of a config, in the words of `voicebot check`, and where its keys come from.

    Args:
        told: what its options have found out, which is not told twice.
    """
    said = [f"{each.finding.message}; {each.finding.remedy}" for each in told]
    problems = [each for each in found.problems if not any(text in each.message for text in said)]
    results = [_problem_result(each) for each in problems]
    about = str(found.path)
    if found.config is not None:
        extended = [str(file) for file in found.files[1:]]
        more = f"; it extends {' and '.join(extended)}" if extended else ""
        warnings = ", but see the warnings" if results else ""
        results.append(Result(about, Finding("config", "ok", f"can be used{warnings}{more}")))
    if found.root is not None and found.variables is not None:
        results += _variable_results(found.root, found.variables)
    return results


def file_results(found: ReadConfig) -> list[Result]:
    """Return which files with keys other users here can read, and which configs they can change."""
    if os.name == "nt":  # where permissions are another matter
        return []
    results = [_dot_env_result(path) for path in dot_env_files(found.path.parent) if path.is_file()]
    for path in found.files:
        if path.is_file() and path.stat().st_mode & 0o002:
            message = "everybody on this machine can change it, and so what the bot does"
            finding = Finding("config-file", "warning", message, f"run `chmod o-w {_shown(path)}`")
            results.append(Result(_shown(path), finding))
    return results


def _problem_result(problem: Problem) -> Result:
    verdict: Verdict = "problem" if problem.severity == "error" else "warning"
    nowhere = problem.file in (COMMAND_LINE, OPTION) or not problem.line
    position = "" if nowhere else f":{problem.line}:{problem.column}"
    return Result(f"{problem.file}{position}", Finding("config", verdict, problem.message))


def _variable_results(root: Section, variables: Variables) -> Iterator[Result]:
    """Yield which variables the config uses that have a value, and where it comes from; never the value."""
    names = dict.fromkeys(name for scalar in scalars(root) for name in scalar.variables)
    for name in names:
        if variables.get(name):
            yield Result(name, Finding("variable", "ok", f"is set, by {variables.origin(name)}"))
    needed = {unset.name for scalar in scalars(root) for unset in scalar.unset}  # a problem of the config
    unset = [name for name in names if not variables.get(name) and name not in needed]
    if unset:
        message = f"not set, and not needed: {', '.join(unset)}"
        yield Result("variables", Finding("variable", "ok", message))


def _dot_env_result(path: Path) -> Result:
    mode = path.stat().st_mode
    if mode & 0o006:
        what = "change" if mode & 0o002 else "read"
        message = f"other users of this machine can {what} the keys in it"
        remedy = f"run `chmod 600 {_shown(path)}`"
        return Result(_shown(path), Finding("env-file", "warning", message, remedy))
    return Result(_shown(path), Finding("env-file", "ok", "other users of this machine cannot read it"))


def _shown(path: Path) -> str:
    path, here = path.absolute(), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
