"""Variables for configs that lie in a file `.env`: the configs see them, and nobody else does.

They never get into the environment of the process. There a variable such as `PYTHONPATH`, `HTTPS_PROXY` or
`SSL_CERT_FILE` would rule over Python, libraries and child processes, and a `.env` may come from a stranger.
"""

from __future__ import annotations

import logging
import os
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

from voicebot.config.files import UnreadableError, read_bytes
from voicebot.errors import ConfigError, Problem

logger = logging.getLogger(__name__)
_DOT_ENV = ".env"
_LARGEST = 100_000  # bytes of a file, and characters of a value
_MOST_REFERENCES = 200  # to other variables; dotenv needs time by their number and the length of the file
_LONG_BLANK = re.compile(r"\s{200}")  # by the square of whose length it needs time
_NO_TEXT = "this is not text in UTF-8; save it as UTF-8"
_NO_VARIABLES = "this is no file of variables: it has too many blanks, or too many ${...} in it"
_read: dict[str, str] = {}


def read_dot_env(beside: str | Path) -> None:
    """Take over the variables of `.env` in this directory and in `beside`; the environment's own go first.

    They are for the configs that are loaded, and nobody else: the environment of the process stays as it is.

    Args:
        beside: the directory of a config.

    Raises:
        ConfigError: a file cannot be read.
    """
    for name, value in _dot_env(Path(beside)).items():
        _read.setdefault(name, value)


def variables() -> Mapping[str, str]:
    """Return the variables of the environment, and those that `read_dot_env` has read."""
    return {**_read, **os.environ}


def variables_beside(directory: Path) -> Mapping[str, str]:
    """Return the variables of the environment and of `.env` in this directory and another, for configs there.

    Raises:
        ConfigError: a file cannot be read.
    """
    return {**_dot_env(directory), **os.environ}


def _dot_env(beside: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in dict.fromkeys((Path(_DOT_ENV).absolute(), (beside / _DOT_ENV).absolute())):
        try:
            found = dict(_variables(path, found)) | found
        except UnreadableError as error:
            raise ConfigError([Problem(str(path), error.line, error.column, str(error))]) from None
    return found


def _variables(path: Path, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give the variables of a file, whose values may refer to the environment, to known ones and others."""
    from dotenv.parser import parse_stream

    if not os.path.exists(path) or path.is_dir():  # some keep a virtual environment in a folder of that name
        return
    try:
        text = read_bytes(path, _LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError(_NO_TEXT) from None
    if text.count("${") > _MOST_REFERENCES or _LONG_BLANK.search(text):
        raise UnreadableError(_NO_VARIABLES)
    values: dict[str, str] = {}
    told = False
    for binding in parse_stream(StringIO(text)):
        line = binding.original.line
        if binding.error and not told:
            logger.warning("%s:%d: this is not of the form 'NAME=value' and is left out", path, line)
            told = True
        if binding.key is not None and binding.value is not None:
            value = _filled_in(binding.value, ChainMap(os.environ, dict(known), values), line)
            values[binding.key] = value
            yield binding.key, value


def _filled_in(text: str, known: Mapping[str, str], line: int) -> str:
    from dotenv.variables import parse_variables

    value = ""
    for atom in parse_variables(text):
        value += atom.resolve(known)
        if len(value) > _LARGEST:
            raise UnreadableError("its variables make too much of each other", line)
    return value
