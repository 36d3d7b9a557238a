"""Applying the edits of a served bot's config, while clients talk with it."""

from __future__ import annotations

import asyncio
import logging

from voicebot import BotConfig, ConfigError, ProviderError, config_edits, printable
from voicebot_serve.access.gate import Gate
from voicebot_serve.bots import ServedBot, options_of

logger = logging.getLogger(__name__)


class Edits:
    """The edits of one config, each of which is applied as a whole or not at all.

    Args:
        served: the bot.
        gate: guards it.
        tells: whether to log what all workers of a server would log alike.
    """

    def __init__(self, served: ServedBot, gate: Gate, *, tells: bool) -> None:
        self._served = served
        self._gate = gate
        self._level = logging.WARNING if tells else logging.DEBUG

    async def run(self) -> None:
        """Apply edits until cancelled; if a newer one comes, one that waits for its turn is given up."""
        if (config := self._served.config) is None:
            return
        applying: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as tasks:
            async for edit in config_edits(config):
                if isinstance(edit, ConfigError):
                    self._refuse(edit)
                    continue
                for warning in edit.warnings:
                    if warning not in config.warnings:
                        logger.log(self._level, "%s", printable(str(warning)))
                config = edit
                if applying is not None:
                    applying.cancel()
                    await asyncio.wait([applying])
                applying = tasks.create_task(self._apply(edit), name=f"config of {self._served.name}")

    async def _apply(self, config: BotConfig) -> None:
        served = self._served
        self._gate.use(options_of(config))  # before all conversations have changed: a key may have leaked
        try:
            changes = await served.change(config)
        except ConfigError as error:
            self._refuse(error)
        except ProviderError as error:  # which may be that of this worker alone
            reason = printable("; ".join(dict.fromkeys(str(error).splitlines())))
            logger.warning("%s was not changed: %s", config.path, reason)
        else:
            if changes:
                logger.log(self._level, "%s was changed: %s", served.name, printable(", ".join(changes)))
        finally:
            self._gate.use(served.options)

    def _refuse(self, error: ConfigError) -> None:
        for problem in error.problems:
            if problem.severity == "error":
                logger.log(self._level, "%s; the bot goes on as it was", printable(str(problem)))
