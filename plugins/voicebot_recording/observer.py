"""The observer that records: it passes events to a thread that writes, several times a second."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self, TypeAlias

from voicebot import (
    BotConfig,
    ConfigChanged,
    ConversationDetail,
    ConversationEvent,
    ConversationInfo,
    Observer,
    ProviderError,
    secrets_in,
)
from voicebot_recording.disk import writable_part
from voicebot_recording.options import RecordOptions
from voicebot_recording.shelf import folder_for, keep_alive, tidy
from voicebot_recording.writing.recording import RecordingWriter

logger = logging.getLogger(__name__)
_FLUSHED_EVERY = 0.25
"""Seconds that an event waits at most until it is written."""
_MOST_WAITING = 500
"""Events that wait at most, where time passes quickly: that of a recorded conversation."""
_TIDIED_EVERY = 60.0

AnyEvent: TypeAlias = ConversationEvent | ConversationDetail


class Recorder(Observer[RecordOptions]):
    """Records the conversations of a bot.

    If a recording cannot be written any more, that is logged once, and the conversation goes on.

    Args:
        config: that of the bot, which is kept with each recording.
    """

    details = True

    def __init__(self, options: RecordOptions, config: BotConfig | None = None) -> None:
        super().__init__(options)
        self._config = config
        self._tidied = float("-inf")
        self._writers: set[RecordingWriter] = set()

    def renewed(self, other: Self) -> None:
        """Keep the changed config with recordings, and hide its secrets in those that grow."""
        self._config = other._config
        if self._config is not None:
            for writer in self._writers:
                writer.hide(secrets_in(self._config))

    async def start(self) -> None:
        """Check that recordings can be written, and import what writes sound."""
        await asyncio.to_thread(_check, self.options.folder)
        if self.options.sound:
            await asyncio.to_thread(_import_sound)

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[AnyEvent]) -> None:
        """Record one conversation."""
        try:
            await self._tidy()
            writer = await self._opened(conversation)
        except OSError as error:
            _warn(self.options.folder, "is not made", error)
            return
        writing = _Writing(writer)
        self._writers.add(writer)
        try:
            async with asyncio.TaskGroup() as tasks:
                flushing = tasks.create_task(_flush(writing), name="recording: write")
                tidying = tasks.create_task(self._keep_tidy(writer.folder), name="recording: tidy")
                async for event in events:
                    if isinstance(event, ConfigChanged):
                        writer.config_changed(self._config)
                    await writing.add(event)
                    if writing.is_over:
                        break
                flushing.cancel()
                tidying.cancel()
            await writing.finish()
        finally:
            self._writers.remove(writer)
            writing.abandon()

    async def _opened(self, conversation: ConversationInfo) -> RecordingWriter:
        """Open a recording; if this is cancelled, close it, since the thread that opens it goes on."""
        opening = asyncio.ensure_future(asyncio.to_thread(self._new_writer, conversation))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            (await opening).close()
            raise

    def _new_writer(self, conversation: ConversationInfo) -> RecordingWriter:
        while True:
            folder = folder_for(self.options.folder, conversation)
            try:
                return RecordingWriter(folder, self.options, self._config, conversation)
            except FileExistsError:  # another process has just taken that name
                continue

    async def _keep_tidy(self, recording: Path) -> None:
        while True:
            await asyncio.sleep(_TIDIED_EVERY)
            await asyncio.to_thread(keep_alive, recording)
            await self._tidy()

    async def _tidy(self) -> None:
        if (now := time.monotonic()) - self._tidied >= _TIDIED_EVERY:
            self._tidied = now
            await asyncio.to_thread(tidy, self.options)


async def _flush(writing: _Writing) -> None:
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        await writing.filled.wait()
        await asyncio.sleep(due - loop.time())
        due = loop.time() + _FLUSHED_EVERY  # from its beginning: the loop may notice late that it is done
        await writing.flush()


class _Writing:
    """The events of one recording on their way to the disk.

    The thread that writes takes them only when it begins: if that is cancelled before, they still wait.
    """

    def __init__(self, writer: RecordingWriter) -> None:
        self.filled = asyncio.Event()
        self.is_over = False
        """Whether nothing more can be written."""
        self._writer = writer
        self._waiting: deque[AnyEvent] = deque()
        self._lock = threading.Lock()

    async def add(self, event: AnyEvent) -> None:
        """Add an event; write at once if many wait."""
        self._waiting.append(event)
        self.filled.set()
        if len(self._waiting) >= _MOST_WAITING:
            await self.flush()

    async def flush(self) -> None:
        """Write what waits."""
        self.filled.clear()
        if self._waiting:
            await asyncio.to_thread(self._write)

    async def finish(self) -> None:
        """Write the rest, and close the files."""
        await self.flush()
        await asyncio.to_thread(self._close)

    def abandon(self) -> None:
        """Do the same at once, unless it is done: the conversation was cancelled, and nobody waits."""
        self._write()
        self._close()

    def _write(self) -> None:
        """Write what waits, in order: one thread at a time."""
        with self._lock:
            events = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if not events or self.is_over:
                return
            try:
                self._writer.write(events)
            except OSError as error:
                self._report(error)

    def _close(self) -> None:
        """Close the files; a thread that has taken events writes them first."""
        with self._lock:
            try:
                self._writer.close()
            except OSError as error:
                self._report(error)

    def _report(self, error: OSError) -> None:
        """Say that the recording ends, once."""
        if not self.is_over:
            self.is_over = True
            _warn(self._writer.folder, "ends here", error)


def _warn(folder: Path, what: str, error: OSError) -> None:
    reason = error.strerror or str(error)
    logger.warning("the recording %s %s: %s; the conversation goes on", folder, what, reason)


def _import_sound() -> None:
    """Import what would otherwise delay the beginning of the first recording."""
    import numpy  # noqa: F401
    import soundfile  # noqa: F401
    import soxr  # noqa: F401


def _check(folder: Path) -> None:
    """Check that recordings can be made in a folder, without leaving anything behind."""
    try:
        writable_part(folder)
    except OSError as error:
        raise ProviderError(f"cannot record to {folder}: {error.strerror or error}") from error
