"""A `Notice` is part of the interfaces: providers that give some at every place keep to their contracts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from voicebot import (
    ChatEvent,
    ChatRequest,
    Hints,
    Notice,
    Recognition,
    RecognitionEvent,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    Utterance,
)
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer
from voicebot.testing.contract import (
    ChatModelContract,
    ProviderContract,
    RecognizerContract,
    SynthesizerContract,
)

STORY = "I was born in a storm on a Thursday, and I never was dry since, not for an hour."


async def noticed(events: AsyncGenerator[Any, None] | AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
    """Yield the events, with a notice before each of them and one at the end."""
    async for event in events:
        yield Notice("the spare service speaks now")
        yield event
    yield Notice("")


class Heard(Recognition):
    def __init__(self, session: Recognition) -> None:
        self.session = session

    async def write(self, audio: bytes) -> None:
        await self.session.write(audio)

    async def commit(self) -> None:
        await self.session.commit()

    async def finish(self) -> None:
        await self.session.finish()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        async with aclosing(noticed(aiter(self.session))) as events:
            async for event in events:
                yield event


class NoticingRecognizer(ScriptedRecognizer):
    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with super().listen(hints) as session:
            yield Heard(session)


class NoticingChatModel(ScriptedChatModel):
    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async with aclosing(super().reply(request)) as events, aclosing(noticed(events)) as more:
            async for event in more:
                yield event


class Spoken(SpeechStream):
    def __init__(self, stream: SpeechStream) -> None:
        self.stream = stream

    async def write(self, text: str) -> None:
        await self.stream.write(text)

    async def finish(self) -> None:
        await self.stream.finish()

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        async with aclosing(noticed(aiter(self.stream))) as events:
            async for event in events:
                yield event


class NoticingSynthesizer(ScriptedSynthesizer):
    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        async with aclosing(super().synthesize(utterance)) as events, aclosing(noticed(events)) as more:
            async for event in more:
                yield event

    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        opened = super().stream(utterance)
        assert opened is not None
        return self._noticing(opened)

    @asynccontextmanager
    async def _noticing(
        self, opened: AbstractAsyncContextManager[SpeechStream]
    ) -> AsyncGenerator[SpeechStream, None]:
        async with opened as stream:
            yield Spoken(stream)


def hearing(parrot: Path, said: str) -> type[ProviderContract[Any]]:
    class TestHearing(RecognizerContract):
        clip = parrot
        words = said

        def make(self) -> NoticingRecognizer:
            return NoticingRecognizer(final_delay=0.01)

    return TestHearing


def answering(parrot: Path, said: str) -> type[ProviderContract[Any]]:
    class TestAnswering(ChatModelContract):
        def make(self) -> NoticingChatModel:
            return NoticingChatModel([STORY], first_token=0.01, tokens_per_second=2000)

    return TestAnswering


def speaking(parrot: Path, said: str) -> type[ProviderContract[Any]]:
    class TestSpeaking(SynthesizerContract):
        def make(self) -> NoticingSynthesizer:
            return NoticingSynthesizer(
                first_byte=0.005, speed=1e4, chunk=bytes(19_200), word_timings=True, streams=True
            )

    return TestSpeaking


def slow(kind: Any) -> Any:
    return pytest.param(kind, marks=pytest.mark.slow)


@pytest.mark.parametrize("contract", [*map(slow, (hearing, answering)), speaking])
def test_a_provider_with_notices_everywhere_passes_its_contract(
    contract: Callable[[Path, str], type[ProviderContract[Any]]],
    parrot: tuple[Path, str],
    outcomes: Callable[..., Any],
) -> None:
    failed = {n: o.text for n, o in outcomes(contract(*parrot)).items() if o.result == "failed"}
    assert not failed
