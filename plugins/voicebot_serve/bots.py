"""The bots that a server offers, each started once, shared by its clients, and changed with its config."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from voicebot import (
    AudioDevice,
    AudioStream,
    Bot,
    BotConfig,
    ConfigError,
    DeviceError,
    LiveBot,
    Options,
    Problem,
)
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


@dataclass(slots=True)
class ServedBot:
    """A bot, and how it is offered; `name` is the one in addresses.

    Args:
        held: a bot that stays, or one that changes when its `config` is edited.
        carriers: the telephone carriers of the section `serve.telephony`, by name.
    """

    name: str
    held: Bot | LiveBot
    options: ServeOptions
    carriers: Mapping[str, Carrier[Any]] = field(default_factory=dict)
    config: BotConfig | None = None

    @property
    def bot(self) -> Bot:
        """The bot as it is now, for new conversations."""
        return self.held.bot if isinstance(self.held, LiveBot) else self.held

    @property
    def title(self) -> str:
        """What people call it."""
        return self.bot.settings.name

    async def change(self, config: BotConfig) -> tuple[str, ...]:
        """Go on with another config; return what is different.

        Raises:
            ConfigError: a telephone carrier cannot be used; nothing has changed.
            ProviderError: a provider does not start; nothing has changed.
        """
        if not isinstance(self.held, LiveBot):
            raise TypeError("this bot stays as it is")
        before = self.options, self.carriers
        self.options, self.carriers = options_of(config), _carriers_of(config)
        try:
            return await self.held.apply(_for_clients(config))
        except BaseException:
            self.options, self.carriers = before
            raise


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
            bot = Bot.from_config(_for_clients(config), device=ClientDevice(Options()))
            live = await stack.enter_async_context(LiveBot(bot))
            bots[name] = ServedBot(name, live, options_of(config), carriers, config)
        yield bots


def _for_clients(config: BotConfig) -> BotConfig:
    """Return a config without echo: clients remove it themselves, and their sound takes too long anyway."""
    return replace(config, settings=config.settings.model_copy(update={"echo": "none"}))


def _carriers_of(config: BotConfig) -> dict[str, Carrier[Any]]:
    try:
        return chosen_carriers(options_of(config).telephony)
    except CarrierError as error:
        problems = [Problem(str(config.path), 0, 0, line) for line in str(error).splitlines()]
        raise ConfigError(problems) from error
