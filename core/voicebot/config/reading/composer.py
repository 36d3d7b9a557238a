"""Parsing YAML within limits, since a file may come from anybody: none crashes Python or takes long."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.composer import Composer
from yaml.reader import Reader, ReaderError

MAX_DEPTH = 100
"""Nesting of lists and mappings; with some thousands, a recursive parser crashes Python."""
MAX_NODES = 20_000
"""Values and keys, counted once for every alias that repeats them."""
TOO_DEEP = "lists and mappings are nested too deeply, or one contains itself"
_MOST_DIRECTIVES = 100  # libyaml compares each with all others
_SLOW_FROM = 30_000
"""Characters that the parser in pure Python reads in half a second; beyond, its messages are not worth it."""


class TooLargeError(Exception):
    """A file that is larger than any config needs to be."""


class _Bounded:
    """Counts the nodes that a composer makes."""

    _depth = 0
    _nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise TooLargeError(f"the file is too large for a config (over {MAX_NODES:,} values)")
        if self._depth >= MAX_DEPTH:
            raise TooLargeError(TOO_DEEP)
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)  # type: ignore[misc]
        self._depth -= 1
        return node


class _Slow(_Bounded, yaml.SafeLoader):
    """Python's own parser."""


class _Fast(_Bounded, Composer, getattr(yaml, "CSafeLoader", object)):  # type: ignore[misc]
    """The parser in C, without its own composer, which recurses until Python crashes."""

    def __init__(self, stream: Any) -> None:
        yaml.CSafeLoader.__init__(self, stream)
        Composer.__init__(self)


def compose(text: str) -> yaml.Node | None:
    """Parse with the C parser; if that fails early on, parse again in pure Python for a better message.

    Raises:
        TooLargeError: the document is nested too deeply or too large.
        yaml.YAMLError: the text is not YAML.
    """
    if text.count("%TAG") > _MOST_DIRECTIVES:
        raise TooLargeError("the file is too complex for a config (over 100 '%TAG')")
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
