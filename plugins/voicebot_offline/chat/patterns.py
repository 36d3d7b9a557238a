"""Patterns of what a user may say, written in plain words.

========================  ==========================================================================
``tell me a joke``        these words, in this order, anywhere in what was said
``[please] tell me``      optional words
``tell me (a joke|one)``  one of several alternatives; brackets may be nested
``my name is {name}``     any word, captured as `name` (or one of the values that the rule lists)
``i like {thing...}``     one or more words, as many as there are
========================  ==========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import TypeAlias

from voicebot_offline.words import spoken, words_of

MOST_PHRASES = 300
MOST_WORDS = 80
"""Words of a message that are considered; nobody says more to a script."""
_TOKEN = re.compile(r"\{(?P<capture>[^{}]*)\}|(?P<sign>[\[\]()|{}])|(?P<text>[^\[\]()|{}]+)")
_CAPTURE = re.compile(r"([a-z][a-z0-9_]*)(\.\.\.)?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word that must be said."""

    word: str


@dataclass(frozen=True, slots=True)
class Capture:
    """A placeholder for any word, or for several."""

    name: str
    many: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice among sequences."""

    options: tuple[Nodes, ...]


Nodes: TypeAlias = "tuple[Word | Capture | Choice, ...]"


@dataclass(frozen=True, slots=True)
class Match:
    """How well a pattern matches: how many of its own words were said, and what was captured."""

    words: int
    captures: Mapping[str, str] = field(default_factory=dict)


class Pattern:
    """A pattern, ready to be matched.

    Args:
        values: likely values of captures, which may consist of several words.

    Raises:
        ValueError: the pattern is malformed; the message says where and why.
    """

    def __init__(self, text: str, values: Mapping[str, Sequence[str]] | None = None) -> None:
        self.text = text
        self._values = dict(values or {})
        self._nodes, self.captures = _parsed(text)
        self._regex = re.compile("(?:^|(?<= ))" + self._compile(self._nodes))

    @property
    def sure(self) -> frozenset[str]:
        """The names of the captures that every match has."""
        paths = [frozenset(p.name for p in parts if isinstance(p, Capture)) for parts in _paths(self._nodes)]
        return frozenset.intersection(*paths)

    def match(self, text: str) -> Match | None:
        """Return how the pattern matches what was said, or None."""
        said = spoken(text)[:MOST_WORDS]
        found = self._regex.search("".join(f"{word} " for word, _ in said))
        if found is None:
            return None
        captures = {name: found.span(name) for name in self.captures if found.group(name) is not None}
        written = {name: self._as_written(found.string, span, said) for name, span in captures.items()}
        captured = sum(found.string[first:last].count(" ") for first, last in captures.values())
        return Match(found.group().count(" ") - captured, written)

    def phrases(self) -> list[str]:
        """Return at most `MOST_PHRASES` matching phrases, without those whose captures have no values."""
        found = chain.from_iterable(self._spell(parts) for parts in _paths(self._nodes))
        return list(dict.fromkeys(islice(found, MOST_PHRASES)))

    def _as_written(self, string: str, span: tuple[int, int], said: list[tuple[str, str]]) -> str:
        first, last = (string[:position].count(" ") for position in span)
        words = tuple(word for word, _ in said[first:last])
        as_said = " ".join(written for _, written in said[first:last])
        values = chain.from_iterable(self._values.values())
        return next((value for value in values if words_of(value) == words), as_said)

    def _compile(self, nodes: Nodes) -> str:
        return "".join(self._compile_one(node) for node in nodes)

    def _compile_one(self, node: Word | Capture | Choice) -> str:
        if isinstance(node, Word):
            return re.escape(node.word) + " "
        if isinstance(node, Choice):
            return f"(?:{'|'.join(self._compile(option) for option in node.options)})"
        values = sorted((words_of(v) for v in self._values.get(node.name, ())), key=len, reverse=True)
        known = [re.escape(" ".join(words)) + " " for words in values if words]
        anything = r"(?:\S+ )+" if node.many else r"\S+ "
        return f"(?P<{node.name}>{'|'.join([*known, anything])})"

    def _spell(self, parts: Nodes) -> Iterator[str]:
        texts = [""]
        for part in parts:
            if isinstance(part, Word):
                texts = [f"{text} {part.word}" for text in texts]
            elif isinstance(part, Capture):
                values = [" ".join(words_of(value)) for value in self._values.get(part.name, ())]
                texts = [f"{text} {value}" for text in texts for value in values][:MOST_PHRASES]
        return (text.strip() for text in texts)


class _Parser:
    """Recursive descent over the tokens of one pattern."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(_TOKEN.finditer(text))
        self._next = 0

    def parse(self) -> Nodes:
        nodes = self._sequence()
        if (sign := self._peek()) is not None:
            why = "is outside brackets" if sign == "|" else "closes nothing"
            raise self._error(f"{sign!r} {why}", self._tokens[self._next].start())
        if not nodes:
            raise ValueError(f"pattern {self._text!r} has no words")
        return nodes

    def _sequence(self) -> Nodes:
        nodes: list[Word | Capture | Choice] = []
        while self._next < len(self._tokens):
            token = self._tokens[self._next]
            sign = token["sign"]
            if sign is not None and sign in "|)]":
                break
            self._next += 1
            if token["text"] is not None:
                nodes += [Word(word) for word in words_of(token["text"])]
            elif token["capture"] is not None:
                nodes.append(self._capture(token["capture"].strip(), token.start()))
            elif sign in ("(", "["):
                nodes.append(self._choice(sign, token.start()))
            else:
                raise self._error(f"{sign!r} has no matching bracket", token.start())
        return tuple(nodes)

    def _choice(self, opening: str, start: int) -> Choice:
        options = [self._sequence()]
        while self._peek() == "|":
            self._next += 1
            options.append(self._sequence())
        closing = ")" if opening == "(" else "]"
        if self._peek() != closing:
            raise self._error(f"{opening!r} is never closed by {closing!r}", start)
        self._next += 1
        if not all(options):
            raise self._error("an alternative in these brackets is empty", start)
        # longest first, to match as much as possible
        options.sort(key=lambda nodes: -max(len(parts) for parts in _paths(nodes)))
        return Choice((*options, ()) if opening == "[" else tuple(options))

    def _capture(self, name: str, start: int) -> Capture:
        if (parts := _CAPTURE.fullmatch(name)) is None:
            raise self._error(
                f"{{{name}}} should be a name in lower case, such as {{name}} or {{name...}}", start
            )
        return Capture(parts[1], parts[2] is not None)

    def _peek(self) -> str | None:
        return self._tokens[self._next]["sign"] if self._next < len(self._tokens) else None

    def _error(self, why: str, position: int) -> ValueError:
        return ValueError(f"pattern {self._text!r}, character {position + 1}: {why}")


@lru_cache(maxsize=1024)  # each pattern is parsed on its own, with its rule and in the chat model
def _parsed(text: str) -> tuple[Nodes, frozenset[str]]:
    """Return a pattern's nodes and the names of its captures."""
    nodes = _Parser(text).parse()
    captures = list(_captures(nodes))
    if twice := next((name for name in captures if captures.count(name) > 1), None):
        raise ValueError(f"pattern {text!r} captures {{{twice}}} twice")
    if not all(any(isinstance(part, Word) for part in parts) for parts in _paths(nodes)):
        raise ValueError(f"pattern {text!r} would match anything: none of its words is required")
    return nodes, frozenset(captures)


def _paths(nodes: Nodes) -> list[Nodes]:
    """Return at most `MOST_PHRASES` paths through all choices, as sequences of words and captures."""
    paths: list[Nodes] = [()]
    for node in nodes:
        options = (
            [path for o in node.options for path in _paths(o)] if isinstance(node, Choice) else [(node,)]
        )
        paths = list(islice(((*path, *option) for path in paths for option in options), MOST_PHRASES))
    return paths


def _captures(nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Capture):
            yield node.name
        elif isinstance(node, Choice):
            for option in node.options:
                yield from _captures(option)
