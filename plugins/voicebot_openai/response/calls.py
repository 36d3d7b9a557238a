"""The tool calls of a reply, from what servers stream of them.

OpenAI streams each call under an index: id and name first, then its arguments in pieces. Others send whole
calls, without an index, all under the same one, without an id, or with the id of an earlier call.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from voicebot import ToolCall

_NAME = re.compile(r"\s*(?:[\w-]+[./])*([\w-]+)")
"""A name, possibly behind a namespace (`functions.weather`) or before a token of the model's template."""


@dataclass(frozen=True, slots=True)
class CallDelta:
    """A piece of a call; `extra` is what the server wants back with the call in later requests."""

    index: int | None = None
    id: str = ""
    name: str = ""
    arguments: str = ""
    extra: Any = None


@dataclass(slots=True, eq=False)
class CollectedCall:
    """A call as far as it has arrived."""

    id: str
    name: str = ""
    arguments: str = ""
    extra: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether the arguments are a JSON object."""
        try:
            return isinstance(json.loads(self.arguments), dict)
        except (ValueError, RecursionError):
            return False

    def add(self, delta: CallDelta) -> None:
        """Add the next piece."""
        self.id = self.id or delta.id
        if delta.name != self.name:  # some servers repeat it with every piece
            self.name += delta.name
        self.arguments += delta.arguments
        self.extra = delta.extra if delta.extra is not None else self.extra

    def goes_on_with(self, delta: CallDelta) -> bool:
        """Return whether a piece under the same index, or under none, belongs to this call."""
        if self.id and delta.id:
            return self.id == delta.id
        if not delta.name:
            return True
        if delta.name == self.name:
            return not (delta.arguments and self.is_whole)
        return delta.index is not None and not self.arguments


def read_call_deltas(calls: object) -> tuple[CallDelta, ...]:
    """Convert the tool calls in a chunk, or in a message that was not streamed."""
    return tuple(_read(call) for call in calls if isinstance(call, dict)) if isinstance(calls, list) else ()


def _read(call: dict[str, Any]) -> CallDelta:
    index, function = call.get("index"), call.get("function")
    function = function if isinstance(function, dict) else {}
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        arguments = json.dumps(arguments)
    return CallDelta(
        index if isinstance(index, int) else None,
        _text(call.get("id")),
        _text(function.get("name")),
        _text(arguments),
        call.get("extra_content"),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


class CallCollector:
    """Joins the pieces of the calls of one reply."""

    def __init__(self) -> None:
        self._calls: list[CollectedCall] = []
        self._by_index: dict[int, CollectedCall] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, deltas: tuple[CallDelta, ...]) -> None:
        """Add the pieces of one chunk."""
        touched: list[CollectedCall] = []  # without an index, two pieces in one chunk are two calls
        for delta in deltas:
            if delta.index is not None:
                call = self._by_index.get(delta.index)
            else:
                call = next((call for call in self._calls if call.id and call.id == delta.id), None)
                if call is None and self._calls and self._calls[-1] not in touched:
                    call = self._calls[-1]
            if call is None or not call.goes_on_with(delta):
                call = CollectedCall(delta.id)
                self._calls.append(call)
            if delta.index is not None:
                self._by_index[delta.index] = call
            touched.append(call)
            call.add(delta)

    @property
    def are_whole(self) -> bool:
        """Whether there are calls, all with arguments that are a JSON object."""
        return bool(self._calls) and all(call.is_whole for call in self._calls)

    def calls(self, offered: Collection[str], used: Collection[str]) -> Iterator[tuple[ToolCall, Any]]:
        """Yield the calls, each with what the server wants back with it.

        Args:
            offered: the names of the tools.
            used: the ids of earlier calls in the conversation.
        """
        used = set(used)
        for call in self._calls:
            if not call.id or call.id in used:
                # Mistral requires exactly nine letters or digits.
                call.id = next(new for new in iter(_new_id, None) if new not in used)
            used.add(call.id)
            arguments = call.arguments if call.arguments.strip() not in ("", "null") else "{}"
            yield ToolCall(call.id, _offered(call.name, offered), arguments), call.extra


def _new_id() -> str:
    return secrets.token_hex(5)[:9]


def _offered(name: str, offered: Collection[str]) -> str:
    """Return the name of the tool that a model means; the name as it is if there is none."""
    if name in offered or not (found := _NAME.match(name)):
        return name
    return found[1] if found[1] in offered else name.strip()
