"""A chat model whose tokens are counted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from voicebot.engine.counting.meter import Source, meter_of
from voicebot.events import ProviderUsed
from voicebot.interfaces import ChatModel
from voicebot.messages import ChatEvent, ChatRequest, ReplyEnded, TextDelta, ToolCall, Usage
from voicebot.options import Options

_CHARACTERS_PER_TOKEN = 4


class CountedChatModel(ChatModel[Options]):
    """Passes everything on to another chat model.

    A reply that is cancelled, or breaks off, does not report its tokens; they are estimated from its
    characters, if the model has a name or has reported tokens before. What has neither, such as a script, has
    no tokens. The model is named as its service names it, if it does: a deployment may have another name.
    """

    def __init__(self, chat: ChatModel[Options], source: Source) -> None:
        super().__init__(chat.options)
        self.model, self.acts = chat.model, chat.acts
        self._chat, self._source = chat, source
        self._reports = bool(chat.model)
        self._named = ""
        """What the service calls the model."""

    @property
    def phrases(self) -> Sequence[str]:
        """Those of the other."""
        return self._chat.phrases

    async def start(self) -> None:
        """Start the other."""
        await self._chat.start()
        self.model = self._chat.model
        self._reports = self._reports or bool(self.model)

    async def aclose(self) -> None:
        """Close the other."""
        await self._chat.aclose()

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the other's reply."""
        meter = meter_of(request.conversation)
        began = meter.now() if meter is not None else 0.0
        usage: Usage | None = None
        written, is_refused = 0, True
        try:
            async with aclosing(self._chat.reply(request)) as events:
                async for event in events:
                    is_refused = False
                    match event:
                        case TextDelta(text):
                            written += len(text)
                        case ToolCall(arguments=arguments):
                            written += len(arguments)
                        case ReplyEnded(usage=reported):
                            usage = reported
                        case _:
                            pass
                    yield event
        except (GeneratorExit, asyncio.CancelledError):
            is_refused = False  # the service may be at work already
            raise
        finally:
            self._reports = self._reports or usage is not None
            self._named = usage.model if usage is not None and usage.model else self._named
            if meter is not None and self._reports and not is_refused:
                used = usage or _estimate(request, written)
                meter.add(
                    ProviderUsed(
                        meter.now(),
                        self._source.kind,
                        self._source.provider,
                        self._named or self.model,
                        began,
                        input_tokens=used.input_tokens,
                        cached_tokens=used.cached_tokens,
                        output_tokens=used.output_tokens,
                        estimated=usage is None,
                    )
                )


def _estimate(request: ChatRequest, written: int) -> Usage:
    asked = sum(
        len(message.content) + sum(len(call.arguments) for call in message.calls)
        for message in request.messages
    )
    return Usage(asked // _CHARACTERS_PER_TOKEN, written // _CHARACTERS_PER_TOKEN)
