"""Server-sent events, all that their specification allows, from bytes that are cut anywhere.

The SDK takes an event without data for an answer and an invalid byte for the end of everything, so that a
reply would break off. https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event that has data; `whole` unless the stream ended before the blank line that ends an event."""

    name: str
    data: str
    whole: bool = True


class EventDecoder:
    """Makes events of a stream's bytes; an invalid byte becomes U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = self._after_return = False
        self._line: list[str] = []
        self._name = ""
        self._data: list[str] = []
        self.no_field = ""
        """The first line that is no field: of an event stream none is."""

    def feed(self, data: bytes) -> Iterator[ServerEvent]:
        """Give the events that are complete now that `data` has come."""
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
        """Give the event that the stream ended in, if there is one."""
        self._read("".join(self._line) + self._decoder.decode(b"", final=True))
        if (event := self._dispatch(whole=False)) is not None:
            yield event

    def _read(self, line: str) -> None:
        field, _, value = line.partition(":")
        if field == "data":
            self._data.append(value.removeprefix(" "))
        elif field == "event":
            self._name = value.removeprefix(" ")
        elif field not in ("", "id", "retry") and not self.no_field:
            self.no_field = line

    def _dispatch(self, *, whole: bool = True) -> ServerEvent | None:
        name, data = self._name, "\n".join(self._data)
        self._name = ""
        self._data.clear()
        return ServerEvent(name, data, whole) if data.strip() else None
