"""The observers that hooks of plugins add to a bot, and which of them go on when its config changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from voicebot.config.load import BotConfig
from voicebot.engine.failures import as_provider_error
from voicebot.engine.observers import NamedObserver, hooked
from voicebot.interfaces import Observer

logger = logging.getLogger(__name__)


def hooks_of(config: BotConfig) -> Callable[[str], list[Any]]:
    """Return what returns the implementations of a hook, by its name."""
    if config.plugins is None:
        return lambda _: []
    return partial(config.plugins.implementations, config=config)


class AddedObservers:
    """The observers that hooks add to one bot.

    Args:
        observers: those of the hooks.
        renewals: observers that go on, each with what its hook made of the changed config.
    """

    def __init__(
        self,
        observers: Sequence[NamedObserver] = (),
        renewals: Sequence[tuple[NamedObserver, Observer[Any]]] = (),
    ) -> None:
        self.observers = tuple(observers)
        self._renewals = list(renewals)

    @classmethod
    def of(cls, config: BotConfig) -> AddedObservers:
        """Return those of a bot that is made from a config."""
        return cls(hooked(hooks_of(config)("voicebot_observe"), config.settings))

    def changed(self, config: BotConfig, observing: Sequence[Observer[Any]]) -> AddedObservers:
        """Return those of a bot with a changed config.

        Hooks that take the config are called again. Where one returns an observer with the same options as
        before, that before goes on.

        Args:
            observing: the observers that were started.
        """
        before = {each.name: each for each in self.observers if each.observer in observing}
        observers: list[NamedObserver] = []
        renewals = []
        for hook in hooks_of(config)("voicebot_observe"):
            old = before.get(hook.plugin)
            if "config" not in hook.arguments:
                observers += [old] if old is not None else []
                continue
            for new in hooked([hook], config.settings):
                if old is not None and _is_like(old.observer, new.observer):
                    renewals.append((old, new.observer))
                    new = old  # noqa: PLW2901
                observers.append(new)
        return AddedObservers(observers, renewals)

    def renew(self) -> None:
        """Tell those that go on of the config, which is used from now on."""
        while self._renewals:
            before, after = self._renewals.pop()
            try:
                before.observer.renewed(after)
            except Exception as error:  # a foreign observer may raise anything
                reason = as_provider_error("it broke", error)
                logger.warning("the observer '%s' goes on with the config before: %s", before.name, reason)


def _is_like(one: Observer[Any], other: Observer[Any]) -> bool:
    return type(one) is type(other) and bool(one.options == other.options)
