"""A provider whose library leaks a `CancelledError` has failed; nothing else is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from voicebot import (
    AudioChunk,
    AudioDevice,
    AudioStream,
    ChatEvent,
    ChatRequest,
    ConversationEnded,
    DeviceEvent,
    Options,
    ProviderError,
    ProviderFailed,
    Settings,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    TextDelta,
    TurnDetector,
    TurnSoFar,
    Utterance,
)
from voicebot.engine.bot import Bot
from voicebot.engine.filters import ReplyFilterMaker
from voicebot.testing import (
    ScriptedChatModel,
    ScriptedRecognizer,
    ScriptedSynthesizer,
    ScriptedUser,
    converse,
    simulated,
)

SETTINGS = Settings(reply={"first_unit": "sentence"})  # type: ignore[arg-type]


async def lost_connection() -> None:
    """Raise `CancelledError` like an HTTP client whose connection another task has closed."""
    connection = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.1, connection.cancel)
    await connection


class LeakyChatModel(ScriptedChatModel):
    def __init__(self, *, after: str = "") -> None:
        super().__init__()
        self._after = after

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        if self._after:
            yield TextDelta(self._after)
        await lost_connection()


class LeakyVoice(ScriptedSynthesizer):
    """Leaks once, after the safe line was prepared."""

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        async for event in super().synthesize(utterance):
            yield event
            if len(self.utterances) == 2:
                await lost_connection()


class LeakyStreamedVoice(ScriptedSynthesizer):
    """Leaks a cancellation in one of the calls of its speech stream."""

    def __init__(self, leaks: str) -> None:
        super().__init__()
        self._leaks = leaks

    @asynccontextmanager
    async def stream(self, utterance: StreamedUtterance) -> AsyncGenerator[SpeechStream, None]:  # type: ignore[override]
        if self._leaks == "open":
            await lost_connection()
        yield LeakySpeech(self._leaks)


class LeakySpeech(SpeechStream):
    def __init__(self, leaks: str) -> None:
        self._leaks = leaks

    async def write(self, text: str) -> None:
        if self._leaks == "write":
            await lost_connection()

    async def finish(self) -> None:
        if self._leaks == "finish":
            await lost_connection()

    async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
        if self._leaks == "sound":
            await lost_connection()
        yield AudioChunk(bytes(960))
        await asyncio.sleep(60)


class VoiceThatLeaksAtOnce(ScriptedSynthesizer):
    def stream(self, utterance: StreamedUtterance) -> AbstractAsyncContextManager[SpeechStream] | None:
        raise asyncio.CancelledError


async def failures(user: ScriptedUser) -> list[tuple[str, str]]:
    await user.says("hello there")
    await asyncio.wait_for(user.is_answered(), 20)
    return [(event.kind, event.message) for event in user.events if isinstance(event, ProviderFailed)]


@simulated
async def test_if_a_chat_model_leaks_the_safe_line_follows() -> None:
    async with converse(chat=LeakyChatModel(), settings=SETTINGS) as user:
        failed = await failures(user)
    assert failed == [("chat", "the chat model broke: CancelledError (-v shows where)")]
    assert user.conversation.history.messages[-1].content == SETTINGS.on_error


@simulated
async def test_whole_sentences_that_it_wrote_before_leaking_are_spoken() -> None:
    async with converse(chat=LeakyChatModel(after="It is sunny. And"), settings=SETTINGS) as user:
        failed = await failures(user)
    assert [kind for kind, _ in failed] == ["chat"]
    assert user.conversation.history.messages[-1].content == f"It is sunny. {SETTINGS.on_error}"


@simulated
async def test_if_a_synthesizer_leaks_the_safe_line_follows() -> None:
    async with converse(synthesizer=LeakyVoice(), settings=SETTINGS) as user:
        failed = await failures(user)
    assert failed == [("synthesizer", "the synthesizer broke: CancelledError (-v shows where)")]
    assert user.conversation.history.messages[-1].content.endswith(SETTINGS.on_error)


@pytest.mark.parametrize("leaks", ["open", "write", "finish", "sound"])
@simulated
async def test_if_a_synthesizer_leaks_in_its_stream_the_safe_line_follows(leaks: str) -> None:
    async with converse(synthesizer=LeakyStreamedVoice(leaks), settings=SETTINGS) as user:
        failed = await failures(user)
    assert failed == [("synthesizer", "the synthesizer broke: CancelledError (-v shows where)")]
    assert user.conversation.history.messages[-1].content.endswith(SETTINGS.on_error)


@simulated
async def test_if_a_synthesizer_leaks_while_opening_a_stream_the_safe_line_follows() -> None:
    async with converse(synthesizer=VoiceThatLeaksAtOnce(), settings=SETTINGS) as user:
        failed = await failures(user)
    assert failed == [("synthesizer", "the synthesizer broke: CancelledError (-v shows where)")]


async def leaky_filter(texts: AsyncIterator[str]) -> AsyncIterator[str]:
    async for text in texts:
        yield text
        await lost_connection()


async def patient_filter(texts: AsyncIterator[str]) -> AsyncIterator[str]:
    async for text in texts:
        yield text


def maker(owner: str, each: object) -> ReplyFilterMaker:
    def make(settings: Settings) -> object:
        return each

    make.plugin = owner  # type: ignore[attr-defined]
    return make  # type: ignore[return-value]


@simulated
async def test_if_a_filter_leaks_the_safe_line_follows() -> None:
    async with converse(settings=SETTINGS, reply_filters=[maker("mine", leaky_filter)]) as user:
        failed = await failures(user)
    assert failed == [
        ("filter", "the reply filter of 'mine' failed: it broke: CancelledError (-v shows where)")
    ]


@simulated
async def test_a_filter_is_not_blamed_for_a_chat_model_that_leaks() -> None:
    makers = [maker("mine", patient_filter)]
    async with converse(chat=LeakyChatModel(), settings=SETTINGS, reply_filters=makers) as user:
        failed = await failures(user)
    assert [kind for kind, _ in failed] == ["chat"]


class LeakyDetector(TurnDetector[Options]):
    async def wait(self, turn: TurnSoFar) -> float:
        await lost_connection()
        return 0.0


@simulated
async def test_if_a_turn_detector_leaks_the_longest_wait_is_used(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with converse(turn_detector=LeakyDetector(Options())) as user:
        assert await failures(user) == []
    assert (
        "the turn detector failed; the bot uses its longest wait instead: it broke: CancelledError"
        in caplog.text
    )


class LeakyMicrophone(ScriptedUser):
    async def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        yield bytes(640)
        await lost_connection()


@simulated
async def test_a_device_that_leaks_ends_the_conversation_with_the_reason() -> None:
    with pytest.raises(ExceptionGroup) as raised:
        async with converse(user=LeakyMicrophone()) as user:
            await user.waits(5)
    assert str(raised.value.exceptions[0]).startswith("the device broke: CancelledError")
    assert isinstance(user.events[-1], ConversationEnded)
    assert user.events[-1].by == "failure"


class LeakyAtStart(ScriptedChatModel):
    async def start(self) -> None:
        await lost_connection()


class LeakyAtEnd(ScriptedChatModel):
    async def aclose(self) -> None:
        await lost_connection()


class Nowhere(AudioDevice[Options]):
    def open(self) -> AbstractAsyncContextManager[AudioStream]:
        raise NotImplementedError


def bot(chat: ScriptedChatModel) -> Bot:
    device = Nowhere(Options())
    return Bot(recognizer=ScriptedRecognizer(), chat=chat, synthesizer=ScriptedSynthesizer(), device=device)


@simulated
async def test_a_provider_that_leaks_in_start_has_not_started() -> None:
    with pytest.raises(ProviderError, match="chat: could not start: CancelledError"):
        async with bot(LeakyAtStart()):
            pass


@simulated
async def test_a_provider_that_leaks_in_aclose_does_not_keep_others_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with bot(LeakyAtEnd()):
        pass
    assert "chat did not close cleanly: it failed: CancelledError (-v shows where)" in caplog.text
