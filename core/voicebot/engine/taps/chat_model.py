"""A chat model whose requests and answers are published."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from voicebot.engine.taps.tap import Tap
from voicebot.interfaces import ChatModel
from voicebot.messages import ChatEvent, ChatRequest
from voicebot.options import Options


class TappedChatModel(ChatModel[Options]):
    """Passes everything on to another chat model."""

    def __init__(self, chat: ChatModel[Options], tap: Tap) -> None:
        super().__init__(chat.options)
        self.model, self.acts = chat.model, chat.acts
        self._chat, self._tap = chat, tap

    @property
    def phrases(self) -> Sequence[str]:
        """Those of the other."""
        return self._chat.phrases

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the other's reply."""
        with self._tap.asking("chat", request) as asked:
            async with aclosing(self._chat.reply(request)) as events:
                async for event in events:
                    asked.answered(event)
                    yield event
