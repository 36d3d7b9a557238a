"""A decoder for server-sent events that accepts everything in their specification, split at any byte.

The SDK's own decoder mistakes an event without data for a chunk, and fails at an invalid byte; either would
break a reply off. https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event with data; `complete` unless the stream ended before the blank line that ends an event."""

    name: str
    data: str
    complete: bool = True


class EventDecoder:
    """Decodes the bytes of a stream into events; an invalid byte becomes U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = self._after_return = False
        self._line: list[str] = []
        self._name = ""
        self._data: list[str] = []
        self.unknown_line = ""
        """The first line that is not a field; an event stream has none."""

    def feed(self, data: bytes) -> Iterator[ServerEvent]:
        """Yield the events that `data` completes."""
        text = self._decoder.decode(data)
        if not text:
            return
        if not self._begun:
            text, self._begun = text.removeprefix("\ufeff"), True
        if self._after_return:
            text = text.removeprefix("\n")
        self._after_return = text.endswith("\r")
        first, *others = _LINE_ENDS.split(text)
        self._line.append(first)
        for following in others:
            line = "".join(self._line)
            self._line = [following]
            if line:
                self._read(line)
            elif (event := self._dispatch()) is not None:
                yield event

    def finish(self) -> Iterator[ServerEvent]:
        """Yield the incomplete event at the end of the stream, if there is one."""
        self._read("".join(self._line) + self._decoder.decode(b"", final=True))
        if (event := self._dispatch(complete=False)) is not None:
            yield event

    def _read(self, line: str) -> None:
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif field == "event":
            self._name = value.removeprefix(" ")
        elif field not in ("", "id", "retry") and not self.unknown_line:
            self.unknown_line = line

    def _dispatch(self, *, complete: bool = True) -> ServerEvent | None:
        name, data = self._name, "\n".join(self._data)
        self._name = ""
        self._data.clear()
        return ServerEvent(name, data, complete) if data.strip() else None
