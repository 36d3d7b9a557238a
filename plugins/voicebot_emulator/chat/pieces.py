"""An answer in pieces as they are streamed: tokens of text, and of calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from voicebot import ToolCall

_WORD = re.compile(r"\s*\S+|\s+")
_ARGUMENTS = re.compile(r".{1,8}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A piece of a call: the first has its id and name, the others the arguments."""

    index: int
    id: str = ""
    name: str = ""
    arguments: str = ""

    @property
    def delta(self) -> dict[str, Any]:
        """The piece in the form of the API."""
        if not self.id:
            return {"index": self.index, "function": {"arguments": self.arguments}}
        function = {"name": self.name, "arguments": self.arguments}
        return {"index": self.index, "id": self.id, "type": "function", "function": function}


Piece: TypeAlias = str | CallPiece


def pieces_of(text: str, calls: Iterable[ToolCall], first: int = 0) -> Iterator[Piece]:
    """Yield an answer in pieces; its first call has the index `first`."""
    yield from _WORD.findall(text)
    for index, call in enumerate(calls, first):
        yield CallPiece(index, call.id, call.name)
        for arguments in _ARGUMENTS.findall(call.arguments):
            yield CallPiece(index, arguments=arguments)


def text_of(pieces: Iterable[Piece]) -> str:
    """Return the text in pieces of an answer."""
    return "".join(piece for piece in pieces if isinstance(piece, str))


def calls_of(pieces: Iterable[Piece]) -> list[dict[str, Any]]:
    """Return the calls in the pieces of an answer, in the form of the API."""
    calls: dict[int, dict[str, Any]] = {}
    for piece in pieces:
        if isinstance(piece, CallPiece) and piece.id:
            function = {"name": piece.name, "arguments": ""}
            calls[piece.index] = {"id": piece.id, "type": "function", "function": function}
        elif isinstance(piece, CallPiece) and piece.index in calls:
            calls[piece.index]["function"]["arguments"] += piece.arguments
    return list(calls.values())
