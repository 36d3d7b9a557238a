"""Parsing YAML with bounds, for a file may be a stranger's: nothing in it crashes Python or takes long."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.composer import Composer
from yaml.reader import Reader, ReaderError

DEEPEST = 100
"""Lists and mappings within each other; a parser that recurses ends Python at some thousands."""
MOST_NODES = 20_000
"""Values and keys, each of them once for every alias that repeats it."""
TOO_DEEP = "lists and mappings are nested too deeply, or one holds itself"
_MOST_DIRECTIVES = 100  # libyaml compares each of them with all before it
_SLOW_FROM = 30_000
"""Characters that the parser in pure Python reads in half a second."""


class TooMuchError(Exception):
    """A file that no config needs to be like."""


class _Bounded:
    """Counts what a composer makes."""

    _depth = 0
    _nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise TooMuchError(f"there is too much in it for a config (over {MOST_NODES:,} values)")
        if self._depth >= DEEPEST:
            raise TooMuchError(TOO_DEEP)
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)  # type: ignore[misc]
        self._depth -= 1
        return node


class _Slow(_Bounded, yaml.SafeLoader):
    """Python's own parser."""


class _Fast(_Bounded, Composer, getattr(yaml, "CSafeLoader", object)):  # type: ignore[misc]
    """The parser in C, without its composer, which recurses until Python crashes."""

    def __init__(self, stream: Any) -> None:
        yaml.CSafeLoader.__init__(self, stream)
        Composer.__init__(self)


def compose(text: str) -> yaml.Node | None:
    """Parse fast; parse again in pure Python, whose messages are better, when that fails early on.

    Raises:
        TooMuchError: it is nested too deeply, or there is too much of it.
        yaml.YAMLError: it is no YAML.
    """
    if text.count("%TAG") > _MOST_DIRECTIVES:
        raise TooMuchError("there is too much in it for a config (over 100 '%TAG')")
    try:
        return yaml.compose(text, Loader=_Fast if yaml.__with_libyaml__ else _Slow)
    except ReaderError:
        if found := Reader.NON_PRINTABLE.search(text):
            raise ReaderError(
                "<file>", found.start(), found.group(), "unicode", "special characters are not allowed"
            ) from None
        raise
    except yaml.MarkedYAMLError as error:
        if error.problem_mark is not None and error.problem_mark.index > _SLOW_FROM:
            raise
        return yaml.compose(text, Loader=_Slow)
