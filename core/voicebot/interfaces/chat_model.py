"""Text to text."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, Sequence

from voicebot.interfaces.provider import OptionsT, Provider
from voicebot.messages import ChatEvent, ChatRequest


class ChatModel(Provider[OptionsT]):
    """Text to text: writes the bot's replies."""

    kind = "chat"
    model: str = ""
    """The name of the model, if there is one; for metrics."""
    acts: bool = False
    """True for a model whose `reply` has side effects, such as making a booking.

    It is then called only once for each turn of the user, when the turn is over: no reply is prepared in
    advance, and what the user adds in the meantime is another turn. Must be set before `start`.
    """

    @property
    def phrases(self) -> Sequence[str]:
        """Phrases that the model knows how to answer, offered to the recogniser as hints."""
        return ()

    @abstractmethod
    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream one reply.

        It may be called more than once for a turn of the user, unless the model `acts`: during a pause, a
        reply is prepared in advance (`ChatRequest.ahead`), and if the user goes on before any of it was
        heard, another one is requested.
        """
