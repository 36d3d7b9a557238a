"""`retry` for chat models and synthesizers: ask again where that may help and nothing was given yet."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from voicebot import (
    ChatEvent,
    ChatModel,
    ChatRequest,
    Choice,
    Field,
    Options,
    ProviderError,
    SynthesisEvent,
    Synthesizer,
    Utterance,
)
from voicebot_combine.children import Part
from voicebot_combine.error_text import reason, retryable
from voicebot_combine.pending_answer import TEXT, EventT, Opening, Wanted, sound_of
from voicebot_combine.wrapper import AroundChatModels, AroundSynthesizers

logger = logging.getLogger(__name__)


class RetryOptions(Options):
    """What every retry can be configured with."""

    attempts: int = Field(3, ge=1, le=20)
    """How often to ask at most."""
    wait: float = Field(0.2, ge=0, le=60)
    """Seconds to wait before asking again, twice as many each time; chance takes off up to half, so that many
    who fail together do not ask together."""
    within: float = Field(6.0, gt=0, le=600)
    """Seconds after which it is given up, all attempts and waits together. Should be less than
    `reply.chat_timeout` or `reply.speech_timeout`."""


class RetryChatOptions(RetryOptions):
    """Options of the `retry` for chat models."""

    of: Choice[ChatModel[Any]]
    """Who is asked."""


class RetryChatModel(AroundChatModels[RetryChatOptions]):
    """Asks a chat model again if it fails before its first word, and says that trying again may help."""

    def __init__(self, options: RetryChatOptions) -> None:
        super().__init__(options, (options.of,))

    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the reply of the first attempt that begins one."""
        (part,) = self.parts
        return _retried(self.options, part, lambda: self.answer(part, request), TEXT)


class RetrySynthesizerOptions(RetryOptions):
    """Options of the `retry` for synthesizers."""

    of: Choice[Synthesizer[Any]]
    """Who speaks."""


class RetrySynthesizer(AroundSynthesizers[RetrySynthesizerOptions]):
    """Asks a synthesizer again if it fails before its first sound, and says that trying again may help.

    Sentences are handed over whole (`text_streaming` has no effect).
    """

    def __init__(self, options: RetrySynthesizerOptions) -> None:
        super().__init__(options, (options.of,))

    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of the first attempt that makes sound."""
        (part,), wanted = self.parts, sound_of(utterance.text)
        return _retried(self.options, part, lambda: self.speech(part, utterance), wanted)


async def _retried(
    options: RetryOptions,
    part: Part[Any],
    ask: Callable[[], AsyncGenerator[EventT, None]],
    wanted: Wanted[EventT],
) -> AsyncGenerator[EventT, None]:
    now = asyncio.get_running_loop().time
    deadline = now() + options.within
    attempt, wait = 1, options.wait
    while True:
        opening = Opening(part, ask(), wanted)
        try:
            if not await opening.begin(deadline - now()):
                raise ProviderError(f"it gave nothing within {options.within:g} s", retryable=True)
        except Exception as error:
            pause = wait * random.uniform(0.5, 1.0)
            if attempt >= options.attempts or not retryable(error) or now() + pause >= deadline:
                raise
            logger.info("%s (asking again)", reason(error))
        else:
            async with aclosing(opening.events) as events:
                for event in opening.received:
                    yield event
                async for event in events:
                    yield event
            return
        for notice in opening.notices:
            yield notice
        await asyncio.sleep(pause)
        attempt, wait = attempt + 1, 2 * wait
