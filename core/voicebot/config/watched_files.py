"""Waiting until one of a config's files is saved.

A handful of files is looked at five times a second. That takes less of a core than can be measured, needs no
library, and notices whatever an editor does: it writes the file, or another that gets its name. It also works
where the system reports no changes, such as for network drives and directories of containers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from pathlib import Path

from voicebot.config.bot_config import BotConfig
from voicebot.config.reading.files import FileState, file_state
from voicebot.errors import ConfigError

_INTERVAL = 0.2
_QUIET = 0.05
"""Seconds without another change after which a file counts as saved."""


class WatchedFiles:
    """Files, with their states when they were read last; some may not exist."""

    def __init__(self, states: Mapping[Path, FileState]) -> None:
        self.use(states)

    def use(self, states: Mapping[Path, FileState]) -> None:
        """Watch these files; what has been saved since they were in these states is noticed too."""
        self._states = dict(states)

    async def load(self, load: Callable[[], BotConfig]) -> BotConfig:
        """Load a config in a thread and watch its files; if it cannot be used, also those that it looked for.

        Raises:
            ConfigError: it cannot be used.
        """
        try:
            config = await asyncio.to_thread(load)
        except ConfigError as error:
            self.use({**self._states, **error.states})
            raise
        self.use(config.states)
        return config

    async def saved(self) -> AsyncGenerator[None, None]:
        """Yield whenever a file has changed, appeared or gone, forever."""
        while True:
            await asyncio.sleep(_INTERVAL)
            if await self._take_changes():
                is_changing = True
                while is_changing:  # it may still be written
                    await asyncio.sleep(_QUIET)
                    is_changing = await self._take_changes()
                yield

    async def _take_changes(self) -> bool:
        """Return whether a file has changed, and record its state; a network drive may take long."""
        before = self._states
        now = await asyncio.to_thread(_states, before)
        if before is not self._states:  # others are watched since
            return False
        self._states = now
        return now != before


def _states(files: Iterable[Path]) -> dict[Path, FileState]:
    return {file: file_state(file) for file in files}
