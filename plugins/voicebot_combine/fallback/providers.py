"""`fallback` for chat models and synthesizers: where one fails before it has begun, the next is asked."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from voicebot import ChatEvent, ChatModel, ChatRequest, Choice, Field, SynthesisEvent, Synthesizer, Utterance
from voicebot_combine.fallback.order import Ladder, LadderOptions
from voicebot_combine.pending_answer import TEXT, sound_of
from voicebot_combine.wrapper import AroundChatModels, AroundSynthesizers


class FallbackChatOptions(LadderOptions):
    """Options of the `fallback` for chat models."""

    of: tuple[Choice[ChatModel[Any]], ...] = Field(min_length=2)
    """Who is asked, in this order."""


class FallbackChatModel(AroundChatModels[FallbackChatOptions]):
    """Asks several chat models in order, until one begins to reply.

    A conversation stays with the one that did, and its observers are told. One that fails in mid-reply ends
    that reply, and the next reply is another's.
    """

    def __init__(self, options: FallbackChatOptions) -> None:
        super().__init__(options, ())
        self._ladder = Ladder(options.of, options, "answers")
        self.parts = self._ladder.parts
        self.acts = self.any_acts()

    async def start(self) -> None:
        """Start all; one is enough."""
        await self._ladder.start()

    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the reply of the first that begins one."""
        return self._ladder.stream(request.conversation, lambda part: self.answer(part, request), TEXT)


class FallbackSynthesizerOptions(LadderOptions):
    """Options of the `fallback` for synthesizers."""

    of: tuple[Choice[Synthesizer[Any]], ...] = Field(min_length=2)
    """Who speaks, in this order."""


class FallbackSynthesizer(AroundSynthesizers[FallbackSynthesizerOptions]):
    """Lets several synthesizers speak in order, until one makes sound.

    A conversation stays with the one that did, and its observers are told. One that fails in mid-sentence
    ends that sentence, and the next sentence is another's. Sentences are handed over whole
    (`text_streaming` has no effect), and sound comes at the rate of the first that started.
    """

    def __init__(self, options: FallbackSynthesizerOptions) -> None:
        super().__init__(options, ())
        self._ladder = Ladder(options.of, options, "speaks")
        self.parts = self._ladder.parts

    async def start(self) -> None:
        """Start all; one is enough."""
        self.output_format = (await self._ladder.start()).output_format

    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of the first that makes sound."""
        return self._ladder.stream(
            utterance.conversation, lambda part: self.speech(part, utterance), sound_of(utterance.text)
        )
