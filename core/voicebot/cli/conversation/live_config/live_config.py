"""Applying what is saved or typed to the bot that is talking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import click

from voicebot.cli.conversation.live_config.option_paths import option_path, value_at
from voicebot.cli.output.errors import show_error, show_problem, show_problems
from voicebot.config.load import BotConfig
from voicebot.config.reading.assignments import Assignment
from voicebot.config.reading.tree import COMMAND_LINE
from voicebot.config.schema import Settings
from voicebot.config.watched_files import WatchedFiles
from voicebot.engine.live.live_bot import LiveBot
from voicebot.errors import ConfigError, Problem, ProviderError

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
        self._typed: tuple[Assignment, ...] = ()
        self._live = live
        self._show = show
        self._applied = applied
        self._files = WatchedFiles(config.states)
        self._asked: asyncio.Queue[Assignment | None] = asyncio.Queue()
        """What commands set, and None for each time that a file was saved."""

    async def run(self, *, watch: bool) -> None:
        """Apply changes until cancelled, each by itself; only a save that waits is given up for a newer one.

        Args:
            watch: whether saving a file is one.
        """
        applying: tuple[Assignment | None, asyncio.Task[None]] | None = None
        async with asyncio.TaskGroup() as tasks:
            if watch:
                tasks.create_task(self._watch(), name="config files")
            while True:
                asked = await self._asked.get()
                config = await self._load(asked)
                if config is not None and applying is not None and not applying[1].done():
                    if asked is applying[0] is None:
                        applying[1].cancel()
                    await asyncio.wait([applying[1]])
                    config = await self._load(asked)  # the one before may have failed
                if config is None:
                    self._asked.task_done()
                    continue
                if asked is not None:
                    self._assignments += (asked,)
                    self._typed += (asked,)
                task = tasks.create_task(self._apply(config, asked), name="config change")
                task.add_done_callback(lambda _: self._asked.task_done())
                applying = asked, task

    async def settled(self) -> None:
        """Wait until all that was asked for is applied, or has failed."""
        await self._asked.join()

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
            self._asked.put_nowait(Assignment.parse(setting))
        except ValueError as error:
            show_error(str(error))

    def reload(self) -> None:
        """Load the config again and apply it: one of its files has been saved."""
        self._asked.put_nowait(None)

    async def _watch(self) -> None:
        async for _ in self._files.saved():
            self.reload()

    async def _load(self, asked: Assignment | None) -> BotConfig | None:
        """Load and check the config; show what is wrong with it."""
        typed = () if asked is None else (asked,)
        try:
            config = await self._files.load(partial(self._load_again, (*self._assignments, *typed)))
        except ConfigError as error:
            show_problems([_as_typed(each) for each in error.problems] if typed else error.problems)
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

    async def _apply(self, config: BotConfig, asked: Assignment | None) -> None:
        try:
            changes = await self._live.apply(config)
        except (ProviderError, ValueError) as error:
            if asked is not None:
                self._assignments, self._typed = self._assignments[:-1], self._typed[:-1]
            for line in dict.fromkeys(str(error).splitlines()):
                show_error(line)
            show_error(UNCHANGED)
            return
        self._used = config
        self._applied(config.settings)
        if asked is None:
            for name in dict.fromkeys(".".join(each.keys) for each in self._typed):
                self._show(f"{name} stays as you typed it")
        elif not changes:
            self._show("nothing is different")


def _as_typed(problem: Problem) -> Problem:
    """Return a problem of a command as one of what was typed, and any other as it is."""
    if problem.file != COMMAND_LINE:
        return problem
    message = problem.message.removeprefix("--set ")
    return replace(problem, file="typed setting", line=0, column=0, message=message)
