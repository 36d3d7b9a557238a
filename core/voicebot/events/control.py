"""What an observer may do to the conversation that it watches."""

from __future__ import annotations

from abc import ABC, abstractmethod

from voicebot.events.usage import ProviderUsed


class ConversationControl(ABC):
    """What an observer may do to a conversation; nothing happens once it has ended."""

    @property
    @abstractmethod
    def now(self) -> float:
        """Seconds since the conversation began, on its own clock."""

    @property
    @abstractmethod
    def used(self) -> tuple[ProviderUsed, ...]:
        """What each provider was used for since the beginning, added up."""

    @abstractmethod
    def notice(self, kind: str, message: str) -> None:
        """Tell everybody who watches the conversation, as a `ProviderNoticed`."""

    @abstractmethod
    def end(self, line: str = "") -> None:
        """End the conversation when nobody is speaking and everything is answered.

        Args:
            line: what the bot says then, and last.
        """
