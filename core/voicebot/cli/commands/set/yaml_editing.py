"""Setting values in the text of a config; comments, order, quotes and line ends stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import yaml

from voicebot.config.reading.assignments import Assignment

_PROVIDER = "provider"
_BETWEEN = re.compile(r"\s*:(?:\s|#[^\n]*\n)*(?:[&!]\S*\s+)*")
"""What is between a key and a value that is written there."""
_ALIASED = "shares its value with another place (an alias); change it in an editor"


class UneditableError(Exception):
    """A value cannot be set; the message says why."""


class NotYamlError(Exception):
    """The text is not YAML, or several documents."""


def edited(
    text: str, assignments: Iterable[Assignment], inherited: Callable[[Sequence[str]], Any] = lambda _: None
) -> str:
    """Return a config's text with values set; a section that selects another provider keeps nothing else.

    Args:
        inherited: returns the value at these keys of what the config extends; None if there is none.

    Raises:
        NotYamlError: the text is not YAML.
        UneditableError: a value cannot be set.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    line_end = "\r\n" if "\r\n" in text else "\n"
    text = text.removeprefix(mark).replace("\r\n", "\n")
    for assignment in assignments:
        if "\n" in assignment.value.strip():
            raise UneditableError(f"{'.'.join(assignment.keys)}: a value of several lines cannot be set")
        value = assignment.value.strip() or '""'
        before = inherited(assignment.keys)
        changed = _set(text, _composed(text), assignment.keys, value, before)
        _verify(text, changed, assignment.keys, value, before)
        text = changed
    return mark + text.replace("\n", line_end)


def _composed(text: str) -> Any:
    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise NotYamlError from error


def _set(text: str, node: Any, keys: Sequence[str], value: str, before: Any, depth: int = 0) -> str:
    """Return the text with a value set below a node; `depth` is how many of the keys lead to the node."""
    path, key, rest = ".".join(keys[: depth + 1]), keys[depth], keys[depth + 1 :]
    if node is None:
        return f"{text}{_newline(text)}{_nested(keys, value, '')}\n"
    if isinstance(node, yaml.SequenceNode):
        if not key.isdecimal() or int(key) >= len(node.value):
            raise UneditableError(f"{path}: the list has {len(node.value)} items, which count from 0")
        item = node.value[int(key)]
        return _set(text, item, keys, value, before, depth + 1) if rest else _replaced(text, item, value)
    if not isinstance(node, yaml.MappingNode):
        raise UneditableError(f"{path} is within a value that has no options")
    entry = next(((name, item) for name, item in node.value if name.value == key), None)
    if entry is None and key == _PROVIDER and before not in (None, value):
        return _begun_anew(text, node, value)
    if entry is None:
        return _inserted(text, node, keys[depth:], value)
    name, item = entry
    between = _BETWEEN.fullmatch(text, name.end_mark.index, item.start_mark.index)
    if between is None and not (item.start_mark.index == item.end_mark.index >= name.end_mark.index):
        raise UneditableError(f"{path} {_ALIASED}")
    if rest and not (isinstance(item, yaml.ScalarNode) and item.tag.endswith(":null")):
        return _set(text, item, keys, value, before, depth + 1)
    if rest:
        indent = " " * (name.start_mark.column + 2)
        below = f"{{{_flow(rest, value)}}}" if node.flow_style else f"\n{_nested(rest, value, indent)}"
        return _replaced(text, item, below)
    if key == _PROVIDER and len(node.value) > 1 and item.value != value:
        return _begun_anew(text, node, value)
    return _replaced(text, item, value)


def _replaced(text: str, node: Any, value: str) -> str:
    start, end = node.start_mark.index, _end(text, node)
    blank = " " if start == end and text[start - 1 : start] == ":" and not value.startswith("\n") else ""
    return f"{text[:start]}{blank}{value}{text[end:]}"


def _begun_anew(text: str, section: Any, provider: str) -> str:
    start, end = section.start_mark.index, _end(text, section)
    only = f"{_PROVIDER}: {provider}"
    return f"{text[:start]}{f'{{{only}}}' if section.flow_style else only}{text[end:]}"


def _inserted(text: str, section: Any, keys: Sequence[str], value: str) -> str:
    """Return the text with another entry at the end of a mapping."""
    if any(key.isdecimal() for key in keys):
        raise UneditableError(f"{'.'.join(keys)}: the file has no such list; write it in an editor")
    end = _end(text, section)
    if section.flow_style:
        at = _end(text, section.value[-1][1]) if section.value else section.start_mark.index + 1
        return f"{text[:at]}{', ' if section.value else ''}{_flow(keys, value)}{text[at:]}"
    line = text.find("\n", end)
    at = len(text) if line < 0 else line
    return f"{text[:at]}\n{_nested(keys, value, ' ' * section.start_mark.column)}{text[at:]}"


def _end(text: str, node: Any) -> int:
    """Return where a node's own text ends, before comments and blank lines that follow."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        end: int = node.end_mark.index
        is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
        return len(text[:end].rstrip()) if is_block else end
    last = node.value[-1]
    return max(_end(text, each) for each in (last if isinstance(last, tuple) else (last,)))


def _nested(keys: Sequence[str], value: str, indent: str) -> str:
    """Return an entry in block style."""
    lines = [f"{indent}{'  ' * number}{key}:" for number, key in enumerate(keys)]
    return "\n".join(lines) + f" {value}"


def _flow(keys: Sequence[str], value: str) -> str:
    """Return an entry in flow style."""
    *outer, last = keys
    return "".join(f"{key}: {{" for key in outer) + f"{last}: {value}" + "}" * len(outer)


def _newline(text: str) -> str:
    return "" if not text or text.endswith("\n") else "\n"


def _verify(text: str, changed: str, keys: Sequence[str], value: str, before: Any) -> None:
    """Raise `UneditableError` unless the text has that value there, and is the same otherwise."""
    path = ".".join(keys)
    try:
        wanted = yaml.safe_load(f"value: {value}")["value"]
    except yaml.YAMLError as error:
        how = "use an editor" if "'" in value or '"' in value else f"quote it: '{path}=\"{value}\"'"
        raise UneditableError(f"{path} cannot be set to {value}; {how}") from error
    try:
        is_right = yaml.safe_load(changed) == _assigned(yaml.safe_load(text), keys, wanted, before)
    except (yaml.YAMLError, LookupError, TypeError, ValueError):
        is_right = False
    if not is_right:
        raise UneditableError(f"{path} cannot be set without changing something else; use an editor")


def _assigned(data: Any, keys: Sequence[str], wanted: Any, before: Any) -> Any:
    """Return data with a value set in it, as `_set` does it to the text."""
    if not keys:
        return wanted
    key, *rest = keys
    if isinstance(data, list):
        items = list(data)
        items[int(key)] = _assigned(items[int(key)], rest, wanted, before)
        return items
    entries = dict(data or {})
    if key == _PROVIDER and entries.get(key, before) not in (None, wanted):
        return {key: wanted}
    return entries | {key: _assigned(entries.get(key), rest, wanted, before)}
