"""Variables for configs that lie in a file `.env`: the configs see them, and nobody else does.

They never get into the environment of the process. There a variable such as `PYTHONPATH`, `HTTPS_PROXY` or
`SSL_CERT_FILE` would rule over Python, libraries and child processes, and a `.env` may come from a stranger.
"""

from __future__ import annotations

import logging
import os
import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from voicebot.config.environment.dotenv_file import read_lines
from voicebot.config.reading.files import UnreadableError, read_bytes
from voicebot.config.reading.tree import Place
from voicebot.errors import ConfigError, Problem

logger = logging.getLogger(__name__)
_DOT_ENV = ".env"
_LARGEST = 100_000  # bytes of a file, and characters of a value
_MOST_REFERENCES = 200  # to other variables; dotenv needs time by their number and the length of the file
_LONG_BLANK = re.compile(r"\s{200}")  # by the square of whose length it needs time
_OF_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"
_DIRECTORY = "this is a directory, not a file of variables, and is left out"
_NO_TEXT = "this is not text in UTF-8; save it as UTF-8"
_NO_VARIABLES = "this is no file of variables: it has too many blanks, or too many ${...} in it"


@dataclass(slots=True)
class Found:
    """What is in files: values and their places, lines that cannot be read, problems."""

    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    spoilt: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Add what is in other files; what is there already goes first."""
        self.values = other.values | self.values
        self.places = other.places | self.places
        self.spoilt = other.spoilt | self.spoilt
        self.problems += [problem for problem in other.problems if problem not in self.problems]


class Variables(dict[str, str]):
    """Variables of the environment and of files, which know where each comes from.

    Attributes:
        places: where files set them, those included that the environment goes before.
        spoilt: where files mean to set others, in lines that cannot be read.
        problems: what is wrong with the files, all of it warnings.
    """

    def __init__(self, found: Found) -> None:
        super().__init__({**found.values, **os.environ})
        self.places = dict(found.places)
        self.spoilt = dict(found.spoilt)
        self.problems = tuple(found.problems)

    def origin(self, name: str) -> str:
        """Return where a variable that is set comes from, for people."""
        place = self.places.get(name)
        if name not in os.environ:
            return shown_place(place) if place else "this program"
        return f"the environment, which goes before {shown_place(place)}" if place else "the environment"


_read = Found()


def read_dot_env(beside: str | Path) -> None:
    """Take over the variables of `.env` in this directory and in `beside`; the environment's own go first.

    They are for the configs that are loaded, and nobody else: the environment of the process stays as it is.
    Lines that are wrong are left out, with a warning.

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
    """Return the variables of the environment, and those that `read_dot_env` has read."""
    return Variables(_read)


def variables_beside(directory: Path) -> Variables:
    """Return the variables of the environment and of `.env` in this directory and another, for configs there.

    Raises:
        ConfigError: a file cannot be read.
    """
    return Variables(_dot_env(directory))


def shown_place(place: Place) -> str:
    """Return a place in a file as short as it can be said here: `.env:3`."""
    path = Path(place.file)
    here = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{here}:{place.line}"


def _dot_env(beside: Path) -> Found:
    found = Found()
    for path in dict.fromkeys((Path(_DOT_ENV).absolute(), (beside / _DOT_ENV).absolute())):
        try:
            found.add(_file(path, found.values))
        except UnreadableError as error:
            raise ConfigError([Problem(str(path), error.line, error.column, str(error))]) from None
    return found


def _file(path: Path, known: Mapping[str, str]) -> Found:
    """Return what is in a file, whose values may refer to the environment, to known ones and others."""
    found = Found()
    if not os.path.lexists(path):
        return found
    if path.is_dir():
        if not (path / _OF_VIRTUAL_ENVIRONMENT).exists():  # which some keep in a folder of that name
            found.problems.append(Problem(str(path), 1, 1, _DIRECTORY, "warning"))
        return found
    if not path.exists():
        raise UnreadableError("this is a link to a file that is not there")
    read = read_lines(_text(path))
    found.problems += [Problem(str(path), line, 1, message, "warning") for line, message in read.mistakes]
    found.spoilt = {name: Place(str(path), line) for name, line in read.spoilt.items()}
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
        raise UnreadableError(_NO_TEXT, raw[: error.start].count(b"\n") + 1) from None
    if text.count("${") > _MOST_REFERENCES or _LONG_BLANK.search(text):
        raise UnreadableError(_NO_VARIABLES)
    return text


def _filled_in(text: str, known: Mapping[str, str], line: int) -> str:
    from dotenv.variables import parse_variables

    value = ""
    for atom in parse_variables(text):
        value += atom.resolve(known)
        if len(value) > _LARGEST:
            raise UnreadableError("its variables make too much of each other", line)
    return value
