"""Turning YAML into a tree with places, with variables replaced and only plain types allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.resolver import Resolver

from voicebot.config.reading.composer import MAX_DEPTH, MAX_NODES, TOO_DEEP, TooLargeError, compose
from voicebot.config.reading.files import UnreadableError, read_text
from voicebot.config.reading.substitution import Substituted, VariableSyntaxError, substitute
from voicebot.config.reading.syntax_errors import syntax_problem
from voicebot.config.reading.tree import COMMAND_LINE, Entry, Items, Node, Place, Scalar, Section
from voicebot.encodable import encodable
from voicebot.errors import Problem

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_EMPTY = "the file is empty; `voicebot init` writes a config to start from"
_MOST_DIGITS = 100  # the time for a number in base 60 grows with the square of its length
_RESOLVER = Resolver()
_CONSTRUCTOR = SafeConstructor()
_TYPED = {
    f"{_TAG}null": lambda _: None,
    f"{_TAG}bool": _CONSTRUCTOR.construct_yaml_bool,
    f"{_TAG}int": _CONSTRUCTOR.construct_yaml_int,
    f"{_TAG}float": _CONSTRUCTOR.construct_yaml_float,
}
# A config has no use for dates, and they are surprising where text is meant, so they stay text.
_TEXT = {f"{_TAG}str", f"{_TAG}timestamp", f"{_TAG}value", f"{_TAG}merge"}


def read_yaml_file(
    path: Path, environ: Mapping[str, str], problems: list[Problem], *, pipes: bool = False
) -> Section | None:
    """Read one file; add what is wrong to `problems`, and return None if the file cannot be used at all.

    Args:
        pipes: whether the file may be a pipe.
    """
    file = str(path)
    try:
        text = read_text(path, pipes=pipes)
    except UnreadableError as error:
        problems.append(Problem(file, error.line, error.column, str(error)))
        return None
    tree = read_yaml(text, file, environ, problems)
    if tree is None:
        return None
    if isinstance(tree, Section):
        return tree
    what = "a list" if isinstance(tree, Items) else "a single value"
    problems.append(tree.place.problem(f"a config must be a mapping of 'key: value' lines, not {what}"))
    return None


def read_yaml(
    text: str, file: str, environ: Mapping[str, str], problems: list[Problem], *, if_empty: str = _EMPTY
) -> Node | None:
    """Return the tree of a YAML text, or None if it has none; add what is wrong to `problems`."""
    try:
        root = compose(text)
        if root is not None:
            return _TreeBuilder(file, environ, problems).build(root)
        problem = Place(file).problem(if_empty)
    except TooLargeError as error:
        problem = Place(file).problem(str(error))
    except yaml.YAMLError as error:
        problem = syntax_problem(error, file, text)
    problems.append(problem)
    return None


class _TreeBuilder:
    def __init__(self, file: str, environ: Mapping[str, str], problems: list[Problem]) -> None:
        self.file = file
        self.environ = environ
        self.problems = problems
        self.built = 0
        self.depth = 0

    def build(self, node: yaml.Node) -> Node:
        """Return a YAML node as a node of the tree."""
        with self.counted(node):
            return self.build_counted(node)

    @contextmanager
    def counted(self, node: yaml.Node) -> Iterator[None]:
        """Count a node while the block visits it; aliases may repeat it, and it may contain itself."""
        self.built += 1
        if self.built > MAX_NODES:
            raise ConstructorError(None, None, "its aliases expand to too many values", node.start_mark)
        if self.depth >= MAX_DEPTH:
            raise TooLargeError(TOO_DEEP)
        self.depth += 1
        yield
        self.depth -= 1

    def build_counted(self, node: yaml.Node) -> Node:
        if isinstance(node, yaml.MappingNode):
            self.refuse_tag(node, "map")
            return Section(self.place(node), self.entries(node))
        if isinstance(node, yaml.SequenceNode):
            self.refuse_tag(node, "seq")
            return Items(self.place(node), tuple(self.build(item) for item in node.value))
        assert isinstance(node, yaml.ScalarNode)
        return self.scalar(node)

    def place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def report(self, node: yaml.Node, message: str) -> None:
        self.problems.append(self.place(node).problem(message))

    def refuse_tag(self, node: yaml.Node, expected: str) -> None:
        if node.tag != _TAG + expected:
            self.report(node, f"the tag '{node.tag.replace(_TAG, '!!')}' is not supported; remove it")

    def entries(self, node: yaml.MappingNode) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        inherited: dict[str, Entry] = {}
        for key, value in node.value:
            if key.tag == _MERGE:
                self.merge(value, inherited)
            elif not isinstance(key, yaml.ScalarNode):
                self.report(key, "a key must be a plain word, not a list or a mapping")
            else:
                name = encodable(key.value)
                if first := entries.get(name):
                    where = "" if self.file == COMMAND_LINE else f" on line {first.place.line}"
                    self.report(key, f"duplicate key '{name}'; already defined{where}")
                entries[name] = Entry(self.place(key), self.build(value))
        return inherited | entries

    def merge(self, value: yaml.Node, into: dict[str, Entry]) -> None:
        """Merge what `<<` names, a mapping or several; the first one wins."""
        for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if isinstance(source, yaml.MappingNode):
                with self.counted(source):
                    for key, entry in self.entries(source).items():
                        into.setdefault(key, entry)
            else:
                self.report(source, "'<<' merges a mapping, such as '<<: *anchor', or a list of mappings")

    def scalar(self, node: yaml.ScalarNode) -> Scalar:
        place = self.place(node)
        text, tag = encodable(node.value), node.tag
        used = Substituted(text, (), ())
        quoted = bool(node.style)  # None or "" if it is plain
        if "$" in text:
            try:
                used = substitute(text, self.environ)
                used = replace(used, text=encodable(used.text))
            except VariableSyntaxError as error:
                self.problems.append(place.problem(str(error)))
            if used.text != text and not quoted and tag == f"{_TAG}str":
                tag = _RESOLVER.resolve(yaml.ScalarNode, used.text, (True, False))  # type: ignore[no-untyped-call]
        return Scalar(place, self.typed(node, tag, used.text), used.text, quoted, used.names, used.unset)

    def typed(self, node: yaml.ScalarNode, tag: str, text: str) -> object:
        if tag in _TEXT:
            return text
        construct = _TYPED.get(tag)
        if construct is None:
            self.refuse_tag(node, "str")
            return text
        try:
            if len(text) > _MOST_DIGITS:
                raise ValueError
            return construct(yaml.ScalarNode(tag, text))
        except (ValueError, KeyError, IndexError):  # a wrong tag, or more digits than Python reads
            self.report(node, f"this value cannot be read as '{tag.replace(_TAG, '!!')}'")
            return text
