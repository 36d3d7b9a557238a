"""Makes the providers of a config, except those that there are already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from voicebot.config.load import ProviderChoice
from voicebot.interfaces import Provider

Made: TypeAlias = tuple[ProviderChoice, Provider[Any]]


class ProviderMaker:
    """Makes providers; `made` are those that it has returned, with what selected them.

    Args:
        existing: providers of another bot, to return for the same choices.
    """

    def __init__(self, existing: Iterable[Made] = ()) -> None:
        self.made: list[Made] = []
        self._existing = list(existing)

    def make(self, choice: ProviderChoice) -> Any:
        """Return the provider that a config selects; each existing one at most once."""
        provider: Provider[Any] | None = None
        for number, (chosen, existing) in enumerate(self._existing):
            if chosen == choice:
                provider = existing
                del self._existing[number]
                break
        provider = provider or choice.make()
        self.made.append((choice, provider))
        return provider
