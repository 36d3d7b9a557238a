"""The bots that a server offers, each started once and shared by all its clients."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from voicebot import AudioDevice, AudioStream, Bot, BotConfig, ConfigError, DeviceError, Options, Problem
from voicebot_serve.options import ServeOptions
from voicebot_serve.telephony.carrier import Carrier
from voicebot_serve.telephony.carriers import CarrierError, chosen_carriers

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class ClientDevice(AudioDevice[Options]):
    """The clients of a server, which makes their streams itself."""

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AudioStream]:
        """Refuse: a stream belongs to a client."""
        raise DeviceError("a server opens a stream for each of its clients")
        yield  # pragma: no cover - makes this a generator


@dataclass(frozen=True, slots=True)
class ServedBot:
    """A bot, and how it is offered; `name` is the one in addresses."""

    name: str
    bot: Bot
    options: ServeOptions
    carriers: Mapping[str, Carrier[Any]] = field(default_factory=dict)
    """The telephone carriers of the section `serve.telephony`, by name."""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.bot.settings.name


def named(configs: Sequence[BotConfig]) -> dict[str, BotConfig]:
    """Return configs by the names that their bots have in addresses: those of their files.

    Raises:
        ConfigError: a name cannot be in an address, or two are the same.
    """
    found: dict[str, BotConfig] = {}
    for config in configs:
        name = config.path.stem
        file = str(config.path)
        if not _NAME.fullmatch(name):
            message = f"'{name}' cannot be part of an address; use only letters, digits, '.', '-' and '_'"
            raise ConfigError([Problem(file, 0, 0, message)])
        if name in found:
            message = f"has the same name as {found[name].path}; the address of a bot is the name of its file"
            raise ConfigError([Problem(file, 0, 0, message)])
        found[name] = config
    return found


def options_of(config: BotConfig) -> ServeOptions:
    """Return the section `serve` of a config, or the defaults."""
    options = config.sections.get("serve", ServeOptions())
    assert isinstance(options, ServeOptions)
    return options


@asynccontextmanager
async def started(configs: Sequence[BotConfig]) -> AsyncGenerator[dict[str, ServedBot], None]:
    """Start the bots of configs, one after the other; yield them by name.

    Raises:
        ConfigError: see `named`; or a telephone carrier cannot be used.
        ProviderError: one cannot start.
    """
    async with AsyncExitStack() as stack:
        bots: dict[str, ServedBot] = {}
        for name, config in named(configs).items():
            carriers = _carriers_of(config)
            # A client removes its own echo: browsers and telephones do, and the sound takes too long anyway.
            settings = config.settings.model_copy(update={"echo": "none"})
            bot = Bot.from_config(replace(config, settings=settings), device=ClientDevice(Options()))
            entered = await stack.enter_async_context(bot)
            bots[name] = ServedBot(name, entered, options_of(config), carriers)
        yield bots


def _carriers_of(config: BotConfig) -> dict[str, Carrier[Any]]:
    try:
        return chosen_carriers(options_of(config).telephony)
    except CarrierError as error:
        problems = [Problem(str(config.path), 0, 0, line) for line in str(error).splitlines()]
        raise ConfigError(problems) from error
