"""`fallback` for chat models and synthesizers: if one fails before its answer begins, the next is asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from voicebot import ChatEvent, ChatModel, ChatRequest, Choice, Field, SynthesisEvent, Synthesizer, Utterance
from voicebot_combine.fallback.order import FallbackOptions, FallbackOrder
from voicebot_combine.pending_answer import reply_to, speech_of
from voicebot_combine.wrapper import ChatModelWrapper, SynthesizerWrapper


class FallbackChatOptions(FallbackOptions):
    """Options of `fallback` for chat models."""

    of: tuple[Choice[ChatModel[Any]], ...] = Field(min_length=2)
    """The chat models, in the order in which to ask them."""


class FallbackChatModel(ChatModelWrapper[FallbackChatOptions]):
    """Asks several chat models in order until one begins to reply.

    A conversation stays with that one, and its observers get a notice. If it fails in mid-reply, that reply
    ends, and the next reply comes from the next one.
    """

    def __init__(self, options: FallbackChatOptions) -> None:
        self._order = FallbackOrder(options.of, options, "answers")
        super().__init__(options, self._order.children)

    async def start(self) -> None:
        """Start all; one is enough."""
        await self._order.start()

    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the reply of the first chat model that begins one."""
        expected = reply_to(request)
        return self._order.stream(request.conversation, lambda child: self.reply_of(child, request), expected)


class FallbackSynthesizerOptions(FallbackOptions):
    """Options of `fallback` for synthesizers."""

    of: tuple[Choice[Synthesizer[Any]], ...] = Field(min_length=2)
    """The synthesizers, in the order in which to ask them."""


class FallbackSynthesizer(SynthesizerWrapper[FallbackSynthesizerOptions]):
    """Asks several synthesizers in order until one makes sound.

    A conversation stays with that one, and its observers get a notice. If it fails in mid-sentence, that
    sentence ends, and the next sentence comes from the next one. They get whole sentences (`text_streaming`
    has no effect), and the audio has the sample rate of the first one that started.
    """

    def __init__(self, options: FallbackSynthesizerOptions) -> None:
        self._order = FallbackOrder(options.of, options, "speaks")
        super().__init__(options, self._order.children)

    async def start(self) -> None:
        """Start all; one is enough."""
        self.output_format = (await self._order.start()).output_format

    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of the first synthesizer that makes sound."""
        return self._order.stream(
            utterance.conversation,
            lambda child: self.speech_by(child, utterance),
            speech_of(utterance.text),
        )
