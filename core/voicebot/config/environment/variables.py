"""Variables for configs from `.env` files: only configs see them.

They never enter the environment of the process. There, a variable such as `PYTHONPATH`, `HTTPS_PROXY` or
`SSL_CERT_FILE` would affect Python, libraries and child processes, and a `.env` may come from anybody.
"""

from __future__ import annotations

import logging
import os
import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from voicebot.config.reading.files import UnreadableError, read_bytes
from voicebot.config.reading.tree import Place
from voicebot.errors import ConfigError, Problem

logger = logging.getLogger(__name__)
_DOT_ENV = ".env"
_LARGEST = 100_000  # bytes of a file, and characters of a value
_MOST_REFERENCES = 200  # to other variables; each makes dotenv go through the whole file
_LONG_BLANK = re.compile(r"\s{200}")  # dotenv's time grows with the square of its length
_OF_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
_DIRECTORY = "this is a directory, not a file of variables, and is ignored"
_NOT_TEXT = "this is not text in UTF-8; save it as UTF-8"
_NOT_VARIABLES = "this is not a file of variables: it contains too many spaces, or too many ${...}"


@dataclass(slots=True)
class FileVariables:
    """The content of files: values and their places, names set in unreadable lines, problems."""

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    unreadable: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: FileVariables) -> None:
        """Add the content of other files; existing values take precedence."""
        self.values = other.values | self.values
        self.places = other.places | self.places
        self.unreadable = other.unreadable | self.unreadable
        self.problems += [problem for problem in other.problems if problem not in self.problems]


class Variables(dict[str, str]):
    """Variables of the environment and of files, with where each comes from.

    Attributes:
        places: where files set them, even if the environment takes precedence.
        unreadable: where files try to set others, in lines that cannot be read.
        problems: what is wrong with the files; all are warnings.
    """

    def __init__(self, found: FileVariables) -> None:
        super().__init__({**found.values, **os.environ})
        self.places = dict(found.places)
        self.unreadable = dict(found.unreadable)
        self.problems = tuple(found.problems)

    def origin(self, name: str) -> str:
        """Return where a variable that is set comes from, for a message."""
        place = self.places.get(name)
        if name not in os.environ:
            return place_text(place) if place else "this program"
        over = f", which takes precedence over {place_text(place)}" if place else ""
        return f"the environment{over}"


_read = FileVariables()


def read_dot_env(beside: str | Path) -> None:
    """Read the variables of `.env` in this directory and in `beside`; the environment takes precedence.

    Only the configs that are loaded see them: the environment of the process does not change. Malformed lines
    are ignored with a warning.

    Args:
        beside: the directory of a config.

    Raises:
        ConfigError: a file cannot be read.
    """
    found = _dot_env(Path(beside))
    for problem in found.problems:
        logger.warning("%s:%d: %s", problem.file, problem.line, problem.message)
    _read.add(replace(found, problems=[]))


def variables() -> Variables:
    """Return the variables of the environment and those that `read_dot_env` has read."""
    return Variables(_read)


def variables_beside(directory: Path) -> Variables:
    """Return the variables of the environment, and of `.env` in the current and in another directory.

    Raises:
        ConfigError: a file cannot be read.
    """
    return Variables(_dot_env(directory))


def dot_env_files(beside: Path) -> tuple[Path, ...]:
    """Return the files of variables that a config in a directory sees, whether or not they exist."""
    return tuple(dict.fromkeys((Path(_DOT_ENV).absolute(), (beside / _DOT_ENV).absolute())))


def place_text(place: Place) -> str:
    """Return a place in a file, relative to the current directory if possible: `.env:3`."""
    path = Path(place.file)
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{here}:{place.line}"


def _dot_env(beside: Path) -> FileVariables:
    found = FileVariables()
    for path in dot_env_files(beside):
        try:
            found.add(_file(path, found.values))
        except UnreadableError as error:
            raise ConfigError([Problem(str(path), error.line, error.column, str(error))]) from None
    return found


def _file(path: Path, known: Mapping[str, str]) -> FileVariables:
    """Return the content of a file; values may refer to the environment, known values and each other."""
    found = FileVariables()
    if not os.path.lexists(path):
        return found
    if path.is_dir():
        if not (path / _OF_VIRTUAL_ENVIRONMENT).exists():  # which some keep in a directory of that name
            found.problems.append(Problem(str(path), 1, 1, _DIRECTORY, "warning"))
        return found
    if not path.exists():
        raise UnreadableError("this is a link to a file that does not exist")
    from voicebot.config.environment.dotenv_file import read_lines  # only where there is such a file

    read = read_lines(_text(path))
    found.problems += [Problem(str(path), line, 1, message, "warning") for line, message in read.mistakes]
    found.unreadable = {name: Place(str(path), line) for name, line in read.unreadable.items()}
    values: dict[str, str] = {}
    for setting in read.settings:
        refers_to = ChainMap(os.environ, dict(known), values)
        values[setting.name] = _filled_in(setting.value, refers_to, setting.line)
        found.places[setting.name] = Place(str(path), setting.line)
    found.values = values
    return found


def _text(path: Path) -> str:
    raw = read_bytes(path, _LARGEST)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(_NOT_TEXT, raw[: error.start].count(b"\n") + 1) from None
    if text.count("${") > _MOST_REFERENCES or _LONG_BLANK.search(text):
        raise UnreadableError(_NOT_VARIABLES)
    return text


def _filled_in(text: str, known: Mapping[str, str], line: int) -> str:
    from dotenv.variables import parse_variables

    value = ""
    for atom in parse_variables(text):
        value += atom.resolve(known)
        if len(value) > _LARGEST:
            raise UnreadableError("its variables expand to too much text", line)
    return value
