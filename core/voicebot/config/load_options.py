"""Reading a YAML file that is no config, such as a scenario, with the same messages about mistakes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TypeVar

from voicebot.config.checking.options import check
from voicebot.config.checking.selection import Selector
from voicebot.config.checking.validation_errors import Subject
from voicebot.config.environment.unset import unset_problems, unset_variables
from voicebot.config.environment.variables import variables
from voicebot.config.reading.files import UnreadableError, read_text
from voicebot.config.reading.tree import Entry, Place, Section
from voicebot.config.reading.yaml_tree import read_yaml
from voicebot.errors import ConfigError, Problem
from voicebot.options import Options
from voicebot.plugin.manager import Plugins, installed_plugins

logger = logging.getLogger(__name__)
OptionsT = TypeVar("OptionsT", bound=Options)


def load_options(
    path: str | Path, options: type[OptionsT], *, name: str, plugins: Plugins | None = None
) -> OptionsT:
    """Read a YAML file that holds options, and check it like a config.

    It may contain variables, and select providers (`Choice`); relative paths start from its directory. What
    is only a warning is logged.

    Args:
        name: what the file is, for messages, such as `the scenario`.
        plugins: the plugins to select providers from; by default, those that are installed.

    Raises:
        ConfigError: the file cannot be used; holds every problem found, with its line and column.
    """
    file, environ = str(path), variables()
    problems: list[Problem] = []
    try:
        text = read_text(Path(path), what=name.removeprefix("the "))
    except UnreadableError as error:
        raise ConfigError([Problem(file, error.line, error.column, str(error))]) from None
    node = read_yaml(text, file, environ, problems, if_empty="the file is empty")
    if node is not None and not isinstance(node, Section):
        problems.append(node.place.problem(f"{name} must be a mapping of 'key: value' lines"))
    found = None
    if isinstance(node, Section):
        problems.extend(unset_problems(unset_variables([Entry(node.place, node)]), environ))
        selector = Selector(plugins or installed_plugins(), problems)
        subject = Subject(options, node, name, Place(file))
        found = check(options, subject, problems, select=selector.select)
    problems = sorted(set(problems), key=lambda each: (each.line, each.column, each.message))
    if found is None or any(problem.severity == "error" for problem in problems):
        raise ConfigError(problems)
    for problem in problems:
        logger.warning("%s:%d:%d: %s", problem.file, problem.line, problem.column, problem.message)
    return found
