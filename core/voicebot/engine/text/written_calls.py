"""Reading the call of a tool that a chat model has written into its text, in the forms that models learn.

Most are JSON, `{"name": "weather", "arguments": {"city": "Bonn"}}`, alone or in a list (Hermes, Qwen, Llama
3, Mistral). In others the name comes before the arguments: `weather[ARGS]{"city": "Bonn"}` (Mistral; DeepSeek
and Kimi with other marks), `<function=weather>{"city": "Bonn"}</function>` (Llama 3.1, functionary), the same
with a tag for each argument (Qwen Coder), or `weather(city="Bonn")` (Llama 4, Gemma).

Each function returns where the call ends, with the calls of known tools, or None if it is no call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple, TypeAlias

_NAMESPACES = ("", "functions.", "default_api.", "tools.")
_NAMESPACE = r"(?:(?:functions|default_api|tools)\.)?"
_NAME_KEYS = frozenset({"name", "function", "tool", "tool_name"})
_ARGUMENT_KEYS = ("arguments", "parameters", "args")
_KINDS = frozenset({"function", "tool_call", "tool_use"})
_FIRST_KEYS = _NAME_KEYS.union(_ARGUMENT_KEYS, {"type", "tool_calls"})
_FIRST = re.compile(
    r"""\s*(?:\[\s*)?(?:\Z|\{\s*(?:\Z|"(?P<key>[^"]*)(?:\Z|(?P<closed>")\s*
    (?:\Z|:\s*(?:\Z|"(?P<value>[^"]*)(?P<complete>")?|[{\[])))))""",
    re.VERBOSE,
)
"""An object, or the first one of a list, up to its first value or the end of the text."""
_BRACKETS = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*(?:"|(?P<open>\Z))', re.DOTALL)
_TAG = re.compile(r'<(?:function=|(?:invoke|function|tool)\s+name=")([\w.-]{1,64})"?>\s*')
_PARAMETER = re.compile(r'<parameter(?:=|\s+name=")([\w.-]{1,64})"?>\s*(.*?)\s*</parameter>\s*', re.DOTALL)
_NAMED = re.compile(
    rf"""(?:function\s*<[^>\s]{{1,40}}>)?{_NAMESPACE}([\w-]{{1,64}})(?::\d+)?\s*
    (?:\[ARGS\]|<[^>\s]{{1,40}}>)?\s*(?:```json\s*)?(?={{)""",
    re.VERBOSE,
)
_MAY_BE_NAMED = re.compile(
    r"""(?:function\s*<[^>\s]{0,40}>?)?[\w.:-]{0,80}\s*(?:\[[A-Z]{0,4}\]?|<[^>\s]{0,40}>?)?\s*
    (?:`{1,3}[a-z]{0,4}\s*)?""",
    re.VERBOSE,
)
_CALLED = re.compile(rf"(print\(\s*)?{_NAMESPACE}([\w-]{{1,64}})\(\s*")
_KEYWORD = re.compile(r"(\w+)\s*=\s*")
_WORD = re.compile(r"\w+\s*")
_NUMBER = re.compile(r"[\d.eE+-]*")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)
_CONSTANTS = {"True": True, "False": False, "None": None}
_DECODER = json.JSONDecoder()


class WrittenCall(NamedTuple):
    """A call of a tool; `arguments` is JSON, unless the model has written something else."""

    name: str
    arguments: str


class Incomplete(Exception):
    """The text ends before it is certain whether it is a call, or before the call ends."""


Reading: TypeAlias = tuple[int, list[WrittenCall]] | None


def begins_like_call(text: str, at: int, names: Collection[str], *, certainly: bool = False) -> bool:
    """Return whether JSON may be a call of one of some tools, by its first key and value.

    Args:
        certainly: whether the name of the tool must be there.
    """
    if (found := _FIRST.match(text, at)) is None:
        return False
    key, value = found["key"], found["value"]
    if not found["closed"]:
        return not certainly and (key is None or any(first.startswith(key) for first in _FIRST_KEYS))
    if key not in _NAME_KEYS and key != "type":
        return not certainly and key in _FIRST_KEYS
    if value is None:
        return not certainly
    known = _KINDS if key == "type" else {space + name for space in _NAMESPACES for name in names}
    if found["complete"]:
        return value in known and not (certainly and key == "type")
    return not certainly and any(each.startswith(value) for each in known)


def json_calls(text: str, at: int, names: Collection[str], *, is_marked: bool) -> Reading:
    """Read JSON; what is marked as a call is one even if it cannot be read."""
    if not is_marked and not begins_like_call(text, at, names):
        return None
    end = _end_of_json(text, at)
    try:
        value = json.loads(text[at:end])
    except (ValueError, RecursionError):
        return end, []
    calls = list(_calls_of(value, names))
    return (end, calls) if calls or is_marked else None


def tagged_call(text: str, at: int, names: Collection[str]) -> Reading:
    """Read `<function=NAME>`, with JSON or a tag for each argument after it."""
    if (found := _TAG.match(text, at)) is None:
        if ">" in text[at:]:
            return None
        raise Incomplete
    end, arguments = found.end(), "{}"
    if text[end : end + 1] == "{":
        start, end = end, _end_of_json(text, end)
        arguments = text[start:end]
    else:
        given: dict[str, str] = {}
        while parameter := _PARAMETER.match(text, end):
            given[parameter[1]], end = parameter[2], parameter.end()
        rest = text[end:]
        if not rest.startswith("</"):
            if rest.startswith("<parameter") or "<parameter".startswith(rest) or not rest:
                raise Incomplete
            return None
        arguments = json.dumps(given, ensure_ascii=False)
    return end, _known(found[1], arguments, names)


def named_call(text: str, at: int, names: Collection[str]) -> Reading:
    """Read a name and JSON after it, which has been marked as a call."""
    if (found := _NAMED.match(text, at)) is None:
        if _MAY_BE_NAMED.fullmatch(text, at):
            raise Incomplete
        return None
    end = _end_of_json(text, found.end())
    return end, _known(found[1], text[found.end() : end], names)


def python_calls(text: str, at: int, names: Collection[str]) -> Reading:
    """Read `NAME(argument=value)`, or several in a list."""
    try:
        if text[at] != "[":
            end, call = _python_call(text, at, names)
            return end, [call]
        calls: list[WrittenCall] = []
        end = at
        while not calls or text[end] == ",":
            end, call = _python_call(text, _next(text, end + 1), names)
            calls.append(call)
            end = _next(text, end)
        return (end + 1, calls) if text[end] == "]" else None
    except ValueError:
        return None


def _python_call(text: str, at: int, names: Collection[str]) -> tuple[int, WrittenCall]:
    found = _CALLED.match(text, at)
    if found is None or found[2] not in names:
        begun = (
            f"{show}{space}{name}(" for show in ("", "print(") for space in _NAMESPACES for name in names
        )
        if any(each.startswith(text[at:]) for each in begun):
            raise Incomplete
        raise ValueError
    given: dict[str, Any] = {}
    end = _next(text, found.end())
    while text[end] != ")":
        if text[end] == "{" and not given:
            given, end = _value(text, end)
        elif keyword := _KEYWORD.match(text, end):
            given[keyword[1]], end = _value(text, keyword.end())
        elif _WORD.fullmatch(text, end):
            raise Incomplete
        else:
            raise ValueError
        end = _next(text, end)
        if text[end] == ",":
            end = _next(text, end + 1)
        elif text[end] != ")":
            raise ValueError
    end += 1
    if found[1]:
        end = _next(text, end) + 1
    return end, WrittenCall(found[2], json.dumps(given, ensure_ascii=False))


def _value(text: str, at: int) -> tuple[Any, int]:
    """Return a value, written as in Python or JSON, and where it ends; raise `ValueError` if it is none."""
    rest = text[at:]
    if rest[:1] == "'":
        if (quoted := _QUOTED.match(text, at)) is None:
            raise Incomplete
        return quoted[1].replace("\\'", "'"), quoted.end()
    if rest[:1] in {"{", "["}:
        end = _end_of_json(text, at)
        return json.loads(text[at:end]), end
    for word, value in _CONSTANTS.items():
        if rest.startswith(word):
            return value, at + len(word)
    if _NUMBER.fullmatch(rest) or any(
        word.startswith(rest) for word in (*_CONSTANTS, "true", "false", "null")
    ):
        raise Incomplete
    if rest[:1] == '"' and _BRACKETS.match(text, at)["open"] is not None:  # type: ignore[index]  # it matches
        raise Incomplete
    return _DECODER.raw_decode(text, at)


def _next(text: str, at: int) -> int:
    """Return where the next character is that is not blank."""
    while at < len(text):
        if not text[at].isspace():
            return at
        at += 1
    raise Incomplete


def _end_of_json(text: str, at: int) -> int:
    """Return where the bracket closes that opens there."""
    depth = 0
    for found in _BRACKETS.finditer(text, at):
        if found["open"] is not None:
            break
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    raise Incomplete


def _calls_of(value: Any, names: Collection[str]) -> Iterator[WrittenCall]:
    """Yield the calls that a JSON value consists of."""
    if isinstance(value, list):
        for item in value:
            yield from _calls_of(item, names)
    if not isinstance(value, dict):
        return
    if isinstance(value.get("tool_calls"), list):
        yield from _calls_of(value["tool_calls"], names)
        return
    call = value["function"] if isinstance(value.get("function"), dict) else value
    name = next((call[key] for key in _NAME_KEYS if isinstance(call.get(key), str)), "")
    given = next((call[key] for key in _ARGUMENT_KEYS if key in call), None)
    if given is None and not call.keys() <= _NAME_KEYS | {"type", "id", *_ARGUMENT_KEYS}:
        return
    arguments = given if isinstance(given, str) else json.dumps(given or {}, ensure_ascii=False)
    yield from _known(name, arguments, names)


def _known(name: str, arguments: str, names: Collection[str]) -> list[WrittenCall]:
    for space in _NAMESPACES:
        if name.removeprefix(space) in names:
            return [WrittenCall(name.removeprefix(space), arguments)]
    return []
