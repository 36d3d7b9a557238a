"""What was said between the SDKs and the emulator, in order; keys are left out."""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, TextIO

logger = logging.getLogger(__name__)
_SECRET = {"ocp-apim-subscription-key", "api-key", "authorization", "x-ms-client-secret"}
_KEPT = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One message; `at` is in seconds on the event loop's clock, `size` in bytes."""

    at: float
    service: str
    connection: int
    direction: Literal["in", "out"]
    what: str
    """The path of a message, or `open` and `close`."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    size: int = 0


class Journal:
    """Keeps the latest entries, and writes all of them to a file as JSON lines if there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self.entries: deque[Entry] = deque(maxlen=_KEPT)
        self._file: TextIO | None = path.open("w", encoding="utf-8", buffering=1) if path else None

    def add(self, entry: Entry) -> None:
        """Note a message."""
        headers = {k: "***" if k.lower() in _SECRET else v for k, v in entry.headers.items()}
        entry = Entry(
            entry.at,
            entry.service,
            entry.connection,
            entry.direction,
            entry.what,
            headers,
            entry.body,
            entry.size,
        )
        self.entries.append(entry)
        if self._file is not None:
            try:
                self._file.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            except OSError as error:
                logger.warning("the journal cannot be written any more: %s", error.strerror or error)
                self.close()

    def find(self, *, service: str | None = None, what: str | None = None) -> list[Entry]:
        """Return the entries of a service, or of a kind of message."""
        return [e for e in _snapshot(self.entries) if service in (None, e.service) and what in (None, e.what)]

    def close(self) -> None:
        """Finish the file."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what could not be written was told
                file.close()


def _snapshot(entries: Iterable[Entry]) -> list[Entry]:
    return list(entries)
