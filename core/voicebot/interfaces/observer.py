"""The interface of observers of conversations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, ClassVar, Self

from voicebot.interfaces.provider import OptionsT, Provider

if TYPE_CHECKING:
    from voicebot.events import ConversationEvent, ConversationInfo


class Observer(Provider[OptionsT]):
    """Receives every event of a conversation, for example to write transcripts or metrics.

    It can neither slow down nor break the conversation. An observer that falls behind loses the oldest
    events; one that raises is dropped from that conversation with a warning. Like all providers, it must not
    block the event loop.
    """

    kind = "observer"
    details: ClassVar[bool] = False
    """True for an observer that also receives every `ConversationDetail`: all sound, and what providers were
    asked and answered. That is a hundred events a second, so it holds more of them if it falls behind."""

    def renewed(self, other: Self) -> None:
        """Go on with a changed config of the bot; by default, nothing has to be done.

        Only for what the hook `voicebot_observe` returned, if the hook takes the config. It was called again,
        and returned an observer with the same options: `other`, which is not used itself.
        """

    @abstractmethod
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        """Watch one conversation, from its beginning until the events end; several may run at the same time.

        The last event is a `ConversationEnded`, however the conversation ends. After it, the observer has a
        few seconds to finish (one after Ctrl-C) before it is cancelled. A config that changes may add an
        observer to a conversation, or remove it: then its events begin later, or end without that. Ignore
        events that you do not know: later versions may add some. Their texts have been through the redaction
        of plugins (`voicebot_redact`).
        """
