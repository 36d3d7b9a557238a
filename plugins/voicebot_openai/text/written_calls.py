"""Tool calls that a model writes into its text: its server does not know the model's form, as is common with
small models on local servers.

Most are JSON, `{"name": "weather", "arguments": {"city": "Bonn"}}`, alone, in a list or between tokens of the
model's template; `arguments` may be called `parameters`. Others put the name before the arguments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from voicebot_openai.calls import CallDelta

_DECODER = json.JSONDecoder()
_VALUE = re.compile(r"[{\[]")
_PARAMETER = re.compile(r"<parameter=([\w-]+)>\s*(.*?)\s*</parameter>", re.DOTALL)
_MAY_BE_CALL = re.compile(r"\s*(?:$|\{|\[\s*(?:$|\{)|`{1,2}$|```(?:j(?:son?|s)?)?\s*(?:$|[\[{]))")


class WrittenCalls:
    """Holds back a reply that begins like a call, until it is certain whether it is one.

    Args:
        offered: the names of the tools.
    """

    def __init__(self, offered: Collection[str]) -> None:
        self.found: list[CallDelta] = []
        """The calls in the text."""
        self._offered = offered
        self._held: str | None = "" if offered else None

    def feed(self, text: str) -> str:
        """Return the text that is certainly no call."""
        if self._held is None:
            return text
        self._held += text
        if _MAY_BE_CALL.match(self._held):
            return ""
        return self._release()

    def finish(self, skipped: Collection[str]) -> str:
        """Return the text that was held back, unless it is a call.

        Args:
            skipped: the parts of the reply that tokens of the template mark as calls.
        """
        for text in skipped:
            self.found += _calls_in(text, self._offered)
        held = self._release()
        calls = list(_calls_in(held, self._offered)) if held.strip() else []
        self.found += calls
        return "" if calls else held

    def _release(self) -> str:
        held, self._held = self._held or "", None
        return held


def _calls_in(text: str, offered: Collection[str]) -> Iterator[CallDelta]:
    """Yield the calls of offered tools in a text."""
    values = list(_values(text))
    calls = [call for _, value in values for call in _calls_of(value, offered)]
    if calls:
        yield from calls
        return
    named = sorted((found.start(), name) for name in offered for found in _occurrences(name, text))
    for number, (start, name) in enumerate(named):
        end = named[number + 1][0] if number + 1 < len(named) else len(text)
        given = next((value for at, value in values if start < at < end and isinstance(value, dict)), None)
        if given is None:
            given = dict(_PARAMETER.findall(text[start:end])) or None
        if given is not None:
            yield CallDelta(name=name, arguments=json.dumps(given, ensure_ascii=False))


def _occurrences(name: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)


def _values(text: str) -> Iterator[tuple[int, Any]]:
    """Yield the JSON objects and lists in a text, each with its position."""
    at = 0
    while found := _VALUE.search(text, at):
        try:
            value, at = _DECODER.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            at = found.end()
        else:
            yield found.start(), value


def _calls_of(value: Any, offered: Collection[str]) -> Iterator[CallDelta]:
    """Yield the calls that a JSON value consists of."""
    if isinstance(value, list):
        for item in value:
            yield from _calls_of(item, offered)
    if not isinstance(value, dict):
        return
    inner = value.get("function")
    call = inner if isinstance(inner, dict) else value
    name = call.get("name", inner)
    if isinstance(name, str) and name in offered:
        given: Any = next((call[key] for key in ("arguments", "parameters") if key in call), {})
        arguments = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        yield CallDelta(name=name, arguments=arguments)
