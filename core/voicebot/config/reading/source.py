"""From the text of a YAML file to a tree with places, variables in place and nothing of Python's in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.resolver import Resolver

from voicebot.config.reading.composer import DEEPEST, MOST_NODES, TOO_DEEP, TooMuchError, compose
from voicebot.config.reading.files import UnreadableError, read_text
from voicebot.config.reading.substitution import Substituted, VariableSyntaxError, substitute
from voicebot.config.reading.syntax_errors import syntax_problem
from voicebot.config.reading.tree import COMMAND_LINE, Entry, Items, Node, Place, Scalar, Section
from voicebot.encodable import encodable
from voicebot.errors import Problem

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_MOST_DIGITS = 100  # a number of base 60 takes time by the square of its length
_RESOLVER = Resolver()
_CONSTRUCTOR = SafeConstructor()
_TYPED = {
    f"{_TAG}null": lambda _: None,
    f"{_TAG}bool": _CONSTRUCTOR.construct_yaml_bool,
    f"{_TAG}int": _CONSTRUCTOR.construct_yaml_int,
    f"{_TAG}float": _CONSTRUCTOR.construct_yaml_float,
}
# Dates are of no use to a config and surprising where text is meant, so they stay text.
_TEXT = {f"{_TAG}str", f"{_TAG}timestamp", f"{_TAG}value", f"{_TAG}merge"}


def read_source(
    path: Path, environ: Mapping[str, str], problems: list[Problem], *, pipes: bool = False
) -> Section | None:
    """Read one file; add what is wrong to `problems`, and return None when there is nothing to go on with.

    Args:
        pipes: whether the file may be a pipe.
    """
    file = str(path)
    try:
        text = read_text(path, pipes=pipes)
    except UnreadableError as error:
        problems.append(Problem(file, error.line, error.column, str(error)))
        return None
    tree = read_node(text, file, environ, problems)
    if tree is None:
        return None
    if isinstance(tree, Section):
        return tree
    what = "a list" if isinstance(tree, Items) else "a single value"
    problems.append(tree.place.problem(f"a config is a mapping of 'key: value' lines, not {what}"))
    return None


def read_node(text: str, file: str, environ: Mapping[str, str], problems: list[Problem]) -> Node | None:
    """Return what a text in YAML holds, or None for nothing; add what is wrong to `problems`."""
    try:
        root = compose(text)
        if root is not None:
            return _Planter(file, environ, problems).plant(root)
        problem = Place(file).problem("the file is empty; `voicebot init` writes a config to start from")
    except TooMuchError as error:
        problem = Place(file).problem(str(error))
    except yaml.YAMLError as error:
        problem = syntax_problem(error, file, text)
    problems.append(problem)
    return None


class _Planter:
    def __init__(self, file: str, environ: Mapping[str, str], problems: list[Problem]) -> None:
        self.file = file
        self.environ = environ
        self.problems = problems
        self.planted = 0
        self.depth = 0

    def plant(self, node: yaml.Node) -> Node:
        """Return a node of YAML's as one of ours."""
        with self.counted(node):
            return self.planted_at(node)

    @contextmanager
    def counted(self, node: yaml.Node) -> Iterator[None]:
        """Count a node while the block goes through it; aliases may repeat it, and it may hold itself."""
        self.planted += 1
        if self.planted > MOST_NODES:
            raise ConstructorError(None, None, "its aliases make too much of it", node.start_mark)
        if self.depth >= DEEPEST:
            raise TooMuchError(TOO_DEEP)
        self.depth += 1
        yield
        self.depth -= 1

    def planted_at(self, node: yaml.Node) -> Node:
        if isinstance(node, yaml.MappingNode):
            self.refuse_tag(node, "map")
            return Section(self.place(node), self.entries(node))
        if isinstance(node, yaml.SequenceNode):
            self.refuse_tag(node, "seq")
            return Items(self.place(node), tuple(self.plant(item) for item in node.value))
        assert isinstance(node, yaml.ScalarNode)
        return self.scalar(node)

    def place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def complain(self, node: yaml.Node, message: str) -> None:
        self.problems.append(self.place(node).problem(message))

    def refuse_tag(self, node: yaml.Node, expected: str) -> None:
        if node.tag != _TAG + expected:
            self.complain(node, f"the tag '{node.tag.replace(_TAG, '!!')}' is not supported; remove it")

    def entries(self, node: yaml.MappingNode) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        inherited: dict[str, Entry] = {}
        for key, value in node.value:
            if key.tag == _MERGE:
                self.merge(value, inherited)
            elif not isinstance(key, yaml.ScalarNode):
                self.complain(key, "a key must be a plain word, not a list or a mapping")
            else:
                name = encodable(key.value)
                if first := entries.get(name):
                    where = "there" if self.file == COMMAND_LINE else f"on line {first.place.line}"
                    self.complain(key, f"duplicate key '{name}'; it stands {where} already")
                entries[name] = Entry(self.place(key), self.plant(value))
        return inherited | entries

    def merge(self, value: yaml.Node, into: dict[str, Entry]) -> None:
        """Take over what `<<` names, a mapping or several; what comes first wins."""
        for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
            if isinstance(source, yaml.MappingNode):
                with self.counted(source):
                    for key, entry in self.entries(source).items():
                        into.setdefault(key, entry)
            else:
                self.complain(source, "'<<' takes over a mapping, as in '<<: *anchor', or a list of them")

    def scalar(self, node: yaml.ScalarNode) -> Scalar:
        place = self.place(node)
        text, tag = encodable(node.value), node.tag
        used = Substituted(text, (), ())
        quoted = bool(node.style)  # None or "" where it is plain
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
        except (ValueError, KeyError, IndexError):  # a tag that lies, or more digits than Python reads
            self.complain(node, f"this value cannot be read as '{tag.replace(_TAG, '!!')}'")
            return text
