"""The journal: all messages between clients and the emulator, in order, without keys."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal, TextIO

from voicebot_emulator.redaction import Redaction

logger = logging.getLogger(__name__)
_MOST_ENTRIES = 100_000
_MOST_CHARACTERS = 32_000_000
_LONGEST_BODY = 65_536
_ENTRY_OVERHEAD = 200
"""Characters that an entry counts for in addition to its texts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message; `at` is in seconds on the event loop's clock, `size` in bytes."""

    at: float
    service: str
    connection: int
    direction: Literal["in", "out"]
    what: str
    """The path of a message, or `open` or `close`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    size: int = 0


class Journal:
    """Keeps the latest entries, and writes all of them to a file, if given, as JSON lines.

    Args:
        keys: keys to leave out, in addition to values with the names of keys.
    """

    def __init__(self, path: Path | None = None, keys: Iterable[str] = ()) -> None:
        self.redaction = Redaction(keys)
        self.entries: deque[Entry] = deque()
        self._characters = 0
        self._file: TextIO | None = path.open("w", encoding="utf-8", buffering=1) if path else None

    def add(self, entry: Entry) -> None:
        """Add a message."""
        hide = self.redaction
        headers = hide.headers(entry.headers)
        body = hide.address(entry.body) if entry.what == "open" else hide.body(entry.body)
        if (more := len(body) - _LONGEST_BODY) > 0:
            body = f"{body[:_LONGEST_BODY]}… and {more} characters more"
        entry = replace(entry, what=hide.text(entry.what), headers=headers, body=body)
        self._keep(entry)
        self._write(entry)

    def find(self, *, service: str | None = None, what: str | None = None) -> list[Entry]:
        """Return the entries of a service, of a kind of message, or both."""
        return [e for e in _snapshot(self.entries) if service in (None, e.service) and what in (None, e.what)]

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                logger.warning("the journal is incomplete: %s", error.strerror or error)

    def _keep(self, entry: Entry) -> None:
        if not self.entries:  # a reader may have cleared them
            self._characters = 0
        self.entries.append(entry)
        self._characters += _cost(entry)
        while len(self.entries) > _MOST_ENTRIES or (
            self._characters > _MOST_CHARACTERS and len(self.entries) > 1
        ):
            self._characters -= _cost(self.entries.popleft())

    def _write(self, entry: Entry) -> None:
        if self._file is None:
            return
        try:
            # ASCII without DEL is harmless on a terminal.
            self._file.write(json.dumps(asdict(entry)).replace("\x7f", r"\u007f") + "\n")
        except OSError as error:
            logger.warning("the journal can no longer be written: %s", error.strerror or error)
            file, self._file = self._file, None
            with suppress(OSError):  # this was reported already
                file.close()


def _cost(entry: Entry) -> int:
    headers = sum(len(name) + len(value) for name, value in entry.headers.items())
    return _ENTRY_OVERHEAD + headers + len(entry.what) + len(entry.body)


def _snapshot(entries: Iterable[Entry]) -> list[Entry]:
    return list(entries)
