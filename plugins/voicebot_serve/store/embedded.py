"""The store of one machine: SQLite, in memory, or in a file for several processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from voicebot_serve.store.store import GRACE, Hold, Lease, Store, StoreAway, StoreError

_TABLES = """
CREATE TABLE IF NOT EXISTS agreed (name TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS spent (nonce TEXT PRIMARY KEY, ends REAL NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, fence INTEGER NOT NULL, whose TEXT NOT NULL, token TEXT NOT NULL,
    former TEXT NOT NULL, used REAL NOT NULL, value BLOB NOT NULL, ends REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS ending ON sessions (ends);
"""
_CLEAN_AFTER = 60.0
_BUSY_TIMEOUT = 1.0


def _wall_clock() -> float:
    return datetime.now(UTC).timestamp()


class EmbeddedStore(Store):
    """Keeps sessions as long as the server runs.

    Every call takes some 50 us, and is made in the event loop.

    Args:
        file: shared by the processes of one server, in a directory that only their user can read. None keeps
            everything in this process.
        now: returns seconds since 1970.
    """

    def __init__(self, file: Path | None = None, now: Callable[[], float] = _wall_clock) -> None:
        self._file = file
        self._now = now
        self._database: sqlite3.Connection | None = None
        self._cleaned = 0.0

    @property
    def how_to_empty(self) -> str:
        """See `Store`."""
        return "start the server again"

    async def start(self) -> None:
        """See `Store`."""
        try:
            self._database = database = sqlite3.connect(
                self._file or ":memory:", timeout=_BUSY_TIMEOUT, isolation_level=None
            )
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")  # it need not survive the machine
            database.executescript(_TABLES)
        except sqlite3.Error as error:
            await self.aclose()
            raise StoreError(f"sessions cannot be kept in {self._file}: {error}") from error

    async def aclose(self) -> None:
        """See `Store`."""
        if self._database is not None:
            self._database.close()
            self._database = None

    async def agree(self, name: str, value: bytes) -> bytes:
        """See `Store`."""
        with self._changing() as database:
            database.execute("INSERT OR IGNORE INTO agreed VALUES (?, ?)", (name, value))
            found: tuple[bytes] = database.execute(
                "SELECT value FROM agreed WHERE name = ?", (name,)
            ).fetchone()
        return found[0]

    async def spend(self, nonce: str, seconds: float) -> bool:
        """See `Store`."""
        with self._changing() as database:
            added = database.execute(
                "INSERT INTO spent VALUES (?, ?) ON CONFLICT DO NOTHING", (nonce, self._now() + seconds)
            )
            return added.rowcount == 1

    async def save(self, lease: Lease, value: bytes, seconds: float) -> bool:
        """See `Store`."""
        with self._changing() as database:
            saved = database.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?, '', 0, ?, ?) ON CONFLICT (id) DO UPDATE "
                "SET value = excluded.value, ends = excluded.ends WHERE fence = excluded.fence",
                (lease.session, lease.fence, lease.whose, lease.token, value, self._now() + seconds),
            )
            return saved.rowcount == 1

    async def take(self, session: str, shown: str, whose: str, token: str) -> tuple[Lease, bytes] | None:
        """See `Store`."""
        with self._changing() as database:
            now = self._now()
            row = database.execute(
                "SELECT fence, token, former, used, value FROM sessions WHERE id = ? AND whose = ?",
                (session, whose),
            ).fetchone()
            if row is None:
                return None
            fence, current, former, used, value = row
            if shown != current and (shown != former or now - used > GRACE):
                return None
            database.execute(
                "UPDATE sessions SET fence = ?, token = ?, former = ?, used = ? WHERE id = ?",
                (fence + 1, token, shown, now, session),
            )
            return Lease(session, fence + 1, token, whose), value

    async def renew(self, leases: Sequence[Lease], seconds: Sequence[float]) -> list[Hold]:
        """See `Store`."""
        with self._changing() as database:
            return [self._renew(database, lease, each) for lease, each in zip(leases, seconds, strict=True)]

    def _renew(self, database: sqlite3.Connection, lease: Lease, seconds: float) -> Hold:
        row = database.execute("SELECT fence FROM sessions WHERE id = ?", (lease.session,)).fetchone()
        if row is None:
            return "absent"
        if row[0] != lease.fence:
            return "lost"
        database.execute("UPDATE sessions SET ends = ? WHERE id = ?", (self._now() + seconds, lease.session))
        return "held"

    async def forget(self, lease: Lease) -> None:
        """See `Store`."""
        with self._changing() as database:
            database.execute("DELETE FROM sessions WHERE id = ? AND fence = ?", (lease.session, lease.fence))

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Change the database, all or nothing."""
        if self._database is None:
            raise StoreAway("the store is closed")
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                self._clean(self._database)
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise StoreAway(str(error)) from error

    def _clean(self, database: sqlite3.Connection) -> None:
        now = self._now()
        if now - self._cleaned > _CLEAN_AFTER:
            self._cleaned = now
            database.execute("DELETE FROM spent WHERE ends < ?", (now,))
        # A session that has ended is gone at once, as it is in Redis.
        database.execute("DELETE FROM sessions WHERE ends < ?", (now,))
