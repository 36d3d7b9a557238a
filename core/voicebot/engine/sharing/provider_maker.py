"""Makes the providers of a config, except those that there are already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from voicebot.config.load import ProviderChoice
from voicebot.engine.failures import as_provider_error
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
        """Return the provider that a config selects; each existing one at most once.

        Raises:
            ProviderError: it cannot be made.
        """
        provider: Provider[Any] | None = None
        for number, (chosen, existing) in enumerate(self._existing):
            if chosen == choice:
                provider = existing
                del self._existing[number]
                break
        try:
            provider = provider or choice.make()
        except Exception as error:  # a foreign provider may raise anything
            raise as_provider_error(f"{choice.kind}: '{choice.name}' could not start", error) from error
        self.made.append((choice, provider))
        return provider
