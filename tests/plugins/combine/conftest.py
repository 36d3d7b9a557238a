"""Scripted providers as choices, and the outcomes of asking them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from voicebot import (
    AudioChunk,
    AudioFormat,
    ChatEvent,
    ChatRequest,
    Choice,
    Message,
    Notice,
    Options,
    Provider,
    ProviderError,
    SynthesisEvent,
    TextDelta,
    Utterance,
    WordTiming,
)
from voicebot.plugin.registry import Registration
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer


class Outage(ProviderError):
    def __init__(self) -> None:
        super().__init__("the service is away", retryable=True)


class Refusal(ProviderError):
    def __init__(self) -> None:
        super().__init__("the key is not accepted")


def choice(provider: Provider[Any], name: str) -> Choice[Any]:
    """Return the choice of an existing provider."""
    maker: Any = lambda options: provider  # noqa: E731
    return Choice(Registration(name, provider.kind, maker, Options, "scripted"), provider.options)


def around(maker: type[Provider[Any]], name: str, options: Options) -> Choice[Any]:
    """Return the choice of a provider that wraps others."""
    return Choice(Registration(name, maker.kind, maker, type(options), "voicebot-framework"), options)


class CountingMixin:
    """Counts starts and closes, either of which may fail."""

    starts = closes = 0
    start_error: Exception | None = None
    close_error: Exception | None = None
    start_seconds = 0.0

    async def start(self) -> None:
        self.starts += 1
        await asyncio.sleep(self.start_seconds)
        if self.start_error is not None:
            raise self.start_error

    async def aclose(self) -> None:
        self.closes += 1
        if self.close_error is not None:
            raise self.close_error


class Chat(CountingMixin, ScriptedChatModel):
    phrases: tuple[str, ...] = ()  # type: ignore[assignment]


class Awkward(Chat):
    """Is slow to close, and may raise while it is closed."""

    def __init__(
        self, *script: Any, closing: float = 0.0, close_failure: BaseException | None = None
    ) -> None:
        super().__init__(*script)
        self.closing = closing
        self.close_failure = close_failure

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        try:
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event
        finally:
            await asyncio.sleep(self.closing)
            if self.close_failure is not None:
                raise self.close_failure


class Voice(CountingMixin, ScriptedSynthesizer):
    """A scripted synthesizer at any sample rate; its next utterances fail with `errors` before any sound."""

    def __init__(self, *errors: Exception, rate: int = 24_000, **script: Any) -> None:
        super().__init__(**script)
        self.output_format = AudioFormat(rate)
        self.errors = list(errors)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        error = self.errors.pop(0) if self.errors else None
        async with aclosing(super().synthesize(utterance)) as events:
            async for event in events:
                if error is not None and isinstance(event, AudioChunk):
                    raise error
                yield event


@dataclass
class Answer:
    """The outcome of asking: when it began, and how it ended."""

    text: str = ""
    sound: bytes = b""
    notices: list[str] = field(default_factory=list)
    timings: list[WordTiming] = field(default_factory=list)
    began: float | None = None
    ended: float = 0.0
    error: Exception | None = None


async def _collect(events: AsyncGenerator[Any, None]) -> Answer:
    loop = asyncio.get_running_loop()
    begun, answer = loop.time(), Answer()
    try:
        async with aclosing(events):
            async for event in events:
                match event:
                    case TextDelta(text):
                        answer.text += text
                    case AudioChunk(audio):
                        answer.sound += audio
                    case Notice(message):
                        answer.notices.append(message)
                        continue
                    case WordTiming():
                        answer.timings.append(event)
                        continue
                if answer.began is None:
                    answer.began = round(loop.time() - begun, 6)
    except ProviderError as error:
        answer.error = error
    answer.ended = round(loop.time() - begun, 6)
    return answer


async def ask(chat: Any, conversation: str = "one") -> Answer:
    """Ask a chat model."""
    return await _collect(chat.reply(ChatRequest((Message("user", "hello"),), conversation)))


async def say(synthesizer: Any, text: str = "Good day.", conversation: str = "one") -> Answer:
    """Speak with a synthesizer."""
    return await _collect(synthesizer.synthesize(Utterance(text, "en-US", conversation)))
