"""The edits of a config: it is loaded again whenever one of its files is saved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from voicebot.config.environment.variables import dot_env_files, variables_beside
from voicebot.config.load import BotConfig, load_config
from voicebot.config.watched_files import WatchedFiles
from voicebot.errors import ConfigError


async def config_edits(config: BotConfig) -> AsyncGenerator[BotConfig | ConfigError, None]:
    """Yield a config whenever it is saved, or a config that it extends, or `.env` beside it; forever.

    If it cannot be used then, its problems are yielded.

    Args:
        config: as it was loaded, without overrides.
    """
    files = WatchedFiles(files_of(config))
    async for _ in files.saved():
        try:
            edited = await asyncio.to_thread(_load_again, config)
        except ConfigError as error:
            files.add(files_of_problems(error))
            yield error
        else:
            files.use(files_of(edited))
            yield edited


def files_of(config: BotConfig) -> list[Path]:
    """Return the files that a config is made from; those of variables may not exist."""
    return [*dict.fromkeys([config.path, *config.files, *dot_env_files(config.path.parent)])]


def files_of_problems(error: ConfigError) -> list[Path]:
    """Return the files in which something is wrong: one may be new to the config."""
    return [Path(problem.file) for problem in error.problems]


def _load_again(config: BotConfig) -> BotConfig:
    environ = variables_beside(config.path.parent)
    return load_config(config.path, plugins=config.plugins, environ=environ)
