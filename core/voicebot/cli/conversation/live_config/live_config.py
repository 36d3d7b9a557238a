"""Applying what is saved or typed to the bot that is talking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import click

from voicebot.cli.conversation.live_config.option_paths import option_path, value_at
from voicebot.cli.output.errors import show_error, show_problem, show_problems
from voicebot.config.load import BotConfig
from voicebot.config.reading.assignments import Assignment
from voicebot.config.schema import Settings
from voicebot.config.watched_files import WatchedFiles
from voicebot.engine.live.live_bot import LiveBot
from voicebot.errors import ConfigError, ProviderError

UNCHANGED = "nothing was changed, and the conversation goes on"


class LiveConfig:
    """Loads a config again when one of its files is saved or a command sets an option, and applies it.

    Args:
        config: as it is used.
        assignments: settings from the command line; those of commands are added.
        load: loads the config again with such settings; called in a thread.
        live: the bot.
        show: shows a line that answers a command.
        applied: called with the new settings when they are used.
    """

    def __init__(
        self,
        config: BotConfig,
        assignments: Sequence[Assignment],
        load: Callable[[Sequence[Assignment]], BotConfig],
        live: LiveBot,
        *,
        show: Callable[[str], None],
        applied: Callable[[Settings], None],
    ) -> None:
        self._used = self._loaded = config
        self._assignments = tuple(assignments)
        self._load_again = load
        self._live = live
        self._show = show
        self._applied = applied
        self._files = WatchedFiles(config.states)
        self._asked = asyncio.Event()
        self._typed: tuple[Assignment, ...] = ()

    async def run(self, *, watch: bool) -> None:
        """Apply changes until cancelled; if a newer one comes, one that waits for its turn is given up.

        Args:
            watch: whether saving a file is one.
        """
        applying: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as tasks:
            if watch:
                tasks.create_task(self._watch(), name="config files")
            while True:
                await self._asked.wait()
                self._asked.clear()
                typed, self._typed = self._typed, ()
                config = await self._load(typed)
                if config is None:
                    continue
                if applying is not None:
                    applying.cancel()
                    await asyncio.wait([applying])
                self._assignments += typed
                applying = tasks.create_task(self._apply(config, typed), name="config change")

    def choose(self, kind: str, name: str) -> None:
        """Use another voice (`synthesizer`) or model (`chat`); without a name, show which one is used."""
        choice = self._used.synthesizer if kind == "synthesizer" else self._used.chat
        path = option_path(choice)
        if not path:
            show_error(f"{choice.name} has no such option; /set SECTION.OPTION=VALUE sets others")
        elif name:
            self.set(f"{path}={name}")
        else:
            self._show(f"{path} is {value_at(choice, path) or 'not set'}")

    def set(self, setting: str) -> None:
        """Set an option of the config, such as `synthesizer.rate=180`, for this conversation."""
        try:
            self._typed += (Assignment.parse(setting),)
        except ValueError as error:
            show_error(str(error))
        else:
            self._asked.set()

    def reload(self) -> None:
        """Load the config again and apply it: one of its files has been saved."""
        self._asked.set()

    async def _watch(self) -> None:
        async for _ in self._files.saved():
            self.reload()

    async def _load(self, typed: tuple[Assignment, ...]) -> BotConfig | None:
        """Load and check the config; show what is wrong with it."""
        try:
            config = await self._files.load(partial(self._load_again, (*self._assignments, *typed)))
        except ConfigError as error:
            show_problems(error.problems)
            show_error(UNCHANGED)
            return None
        except click.UsageError as error:  # the command line chooses a device that does not go with it
            show_error(error.message)
            show_error(UNCHANGED)
            return None
        known = set(self._loaded.warnings)
        for warning in config.warnings:
            if warning not in known:
                show_problem(warning)
        self._loaded = config
        return config

    async def _apply(self, config: BotConfig, typed: tuple[Assignment, ...]) -> None:
        try:
            changes = await self._live.apply(config)
        except (ProviderError, ValueError) as error:
            self._assignments = tuple(each for each in self._assignments if each not in typed)
            for line in dict.fromkeys(str(error).splitlines()):
                show_error(line)
            show_error(UNCHANGED)
            return
        self._used = config
        self._applied(config.settings)
        if typed and not changes:
            self._show("nothing is different")
