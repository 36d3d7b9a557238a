"""`retry` for chat models and synthesizers: ask again if that may help and the answer has not begun."""

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
from voicebot_combine.children import Child
from voicebot_combine.error_text import describe, is_retryable
from voicebot_combine.pending_answer import EventT, Expected, PendingAnswer, reply_to, speech_of
from voicebot_combine.wrapper import ChatModelWrapper, SynthesizerWrapper, children_of

logger = logging.getLogger(__name__)


class RetryOptions(Options):
    """Options of every `retry`."""

    attempts: int = Field(3, ge=1, le=20)
    """Maximum number of attempts."""
    wait: float = Field(0.2, ge=0, le=60)
    """Seconds to wait before the second attempt, doubled each time. Each wait is shortened at random by up to
    half, so that many conversations that fail together do not retry together."""
    within: float = Field(6.0, gt=0, le=600)
    """Seconds for all attempts and waits together. Should be less than `reply.chat_timeout` or
    `reply.speech_timeout`."""


class RetryChatOptions(RetryOptions):
    """Options of `retry` for chat models."""

    of: Choice[ChatModel[Any]]
    """The chat model to ask."""


class RetryChatModel(ChatModelWrapper[RetryChatOptions]):
    """Asks a chat model again if it fails before its first word or tool call, and says that this may help."""

    def __init__(self, options: RetryChatOptions) -> None:
        super().__init__(options, children_of(options.of))

    def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the reply of the first attempt that begins one."""
        (child,) = self.children
        return _retried(self.options, child, lambda: self.reply_of(child, request), reply_to(request))


class RetrySynthesizerOptions(RetryOptions):
    """Options of `retry` for synthesizers."""

    of: Choice[Synthesizer[Any]]
    """The synthesizer to use."""


class RetrySynthesizer(SynthesizerWrapper[RetrySynthesizerOptions]):
    """Asks a synthesizer again if it fails before its first sound and says that trying again may help.

    It gets whole sentences (`text_streaming` has no effect).
    """

    def __init__(self, options: RetrySynthesizerOptions) -> None:
        super().__init__(options, children_of(options.of))

    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of the first attempt that makes sound."""
        (child,), expected = self.children, speech_of(utterance.text)
        return _retried(self.options, child, lambda: self.speech_by(child, utterance), expected)


async def _retried(
    options: RetryOptions,
    child: Child[Any],
    ask: Callable[[], AsyncGenerator[EventT, None]],
    expected: Expected[EventT],
) -> AsyncGenerator[EventT, None]:
    now = asyncio.get_running_loop().time
    deadline = now() + options.within
    attempt, wait = 1, options.wait
    while True:
        answer = PendingAnswer(child, ask(), expected)
        try:
            if not await answer.wait_begun(deadline - now()):
                raise ProviderError(f"it gave no answer within {options.within:g} s", retryable=True)
        except Exception as error:
            pause = wait * random.uniform(0.5, 1.0)
            if attempt >= options.attempts or not is_retryable(error) or now() + pause >= deadline:
                raise
            logger.info("%s (retrying)", describe(error))
        else:
            async with aclosing(answer.events) as events:
                for event in answer.received:
                    yield event
                async for event in events:
                    yield event
            return
        for notice in answer.notices:
            yield notice
        await asyncio.sleep(pause)
        attempt, wait = attempt + 1, 2 * wait
