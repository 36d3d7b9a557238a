"""The edits of a config: it is loaded again whenever one of its files is saved."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Sequence
from functools import partial
from pathlib import Path

from voicebot.config.environment.variables import variables_beside
from voicebot.config.load import BotConfig, load_with_assignments
from voicebot.config.reading.assignments import Assignment
from voicebot.config.watched_files import WatchedFiles
from voicebot.errors import ConfigError, Problem
from voicebot.plugin.manager import Plugins

logger = logging.getLogger(__name__)


async def config_edits(config: BotConfig) -> AsyncGenerator[BotConfig | ConfigError, None]:
    """Yield a config whenever one of its files is saved, and at once if one was saved since it was loaded.

    These are the config, those that it extends, its file of prices, and `.env` beside it. If the config
    cannot be used then, its problems are yielded. It never ends.

    Args:
        config: as it was loaded, without overrides.
    """
    files = WatchedFiles(config.states)
    async for _ in files.saved():
        try:
            yield await files.load(partial(load_again, config.path, plugins=config.plugins))
        except ConfigError as error:
            yield error


def load_again(
    path: Path, assignments: Sequence[Assignment] = (), *, plugins: Plugins | None = None
) -> BotConfig:
    """Load a config again from the file that it was loaded from, in any thread.

    Raises:
        ConfigError: it cannot be used, or the options of a plugin broke when they were checked.
    """
    try:
        return load_with_assignments(
            path, assignments, plugins=plugins, environ=variables_beside(path.parent)
        )
    except ConfigError:
        raise
    except Exception as error:  # the options of a plugin may raise anything
        logger.info("%s could not be checked", path, exc_info=error)
        message = f"a plugin broke when its options were checked: {type(error).__name__} (-v shows where)"
        raise ConfigError([Problem(str(path), 0, 0, message)]) from error
