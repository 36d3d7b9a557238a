"""`fallback` for recognisers: another one takes over, and no word is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicebot import (
    AudioFormat,
    FinalTranscript,
    Hints,
    Notice,
    PartialTranscript,
    ProviderError,
    Recognition,
    SpeechStarted,
    SpeechStopped,
)
from voicebot.config.schema import Settings, TurnOptions
from voicebot.events import ProviderNoticed, UserTurnEnded
from voicebot.testing import ScriptedRecognizer, ScriptedUser, converse, simulated
from voicebot.testing.scripted import SILENT_FRAME, speech_frames
from voicebot_combine.fallback.recognizer import FallbackRecognizer, FallbackRecognizerOptions

from ..conftest import CountingMixin, Outage, Refusal, choice

SETTINGS = Settings(on_error="", turns=TurnOptions(prepare="off"))


class CountedRecognizer(CountingMixin, ScriptedRecognizer):
    pass


def fallback_of(*recognizers: ScriptedRecognizer, **options: float) -> FallbackRecognizer:
    of = tuple(choice(each, name) for each, name in zip(recognizers, "abcdef", strict=False))
    return FallbackRecognizer(FallbackRecognizerOptions(of=of, **options))


def asked(user: ScriptedUser) -> list[str]:
    return [event.text for event in user.events if isinstance(event, UserTurnEnded)]


def noticed(user: ScriptedUser) -> list[str]:
    """Return the notices, except that recognition works again."""
    messages = [event.message for event in user.events if isinstance(event, ProviderNoticed)]
    return [message for message in messages if message != "the recogniser works again"]


@pytest.mark.parametrize("error", [Outage(), Refusal(), ZeroDivisionError("very-secret")])
def test_if_a_stream_fails_in_mid_speech_the_next_gets_all_the_audio(error) -> None:
    @simulated
    async def test() -> None:
        first, second = CountedRecognizer(), CountedRecognizer()
        async with converse(recognizer=fallback_of(first, second), settings=SETTINGS) as user:
            speaking = asyncio.ensure_future(user.says("where is the treasure hidden", 2.0))
            await user.waits(1.0)
            first.break_off(error)
            await speaking
            await user.is_answered()
            await user.says("thank you")
            await user.is_answered()
        assert asked(user) == ["where is the treasure hidden", "thank you"]
        assert (len(first.sessions), len(second.sessions)) == (1, 1)
        (news,) = noticed(user)
        assert news.startswith("a failed (")
        assert news.endswith("); b listens from now on")
        assert "very-secret" not in news

    test()


@simulated
async def test_if_a_stream_fails_before_its_final_the_next_recognises_the_words() -> None:
    first, second = CountedRecognizer(final_delay=1.0), CountedRecognizer()
    async with converse(recognizer=fallback_of(first, second), settings=SETTINGS) as user:
        await user.says("where is the treasure")
        await user.waits(0.3)
        first.break_off(Outage())
        await user.is_answered()
    assert asked(user) == ["where is the treasure"]


@simulated
async def test_a_recogniser_that_cannot_open_a_stream_is_skipped_at_once() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    first.refusals = [Outage()]
    async with converse(recognizer=fallback_of(first, second), settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
    assert asked(user) == ["hello"]
    assert noticed(user) == ["a failed (the service is away); b listens from now on"]


@simulated
async def test_a_recogniser_that_hangs_while_opening_is_skipped_after_the_timeout() -> None:
    class Hanging(CountedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            await asyncio.get_running_loop().create_future()
            yield None  # type: ignore[misc]

    fallback = fallback_of(Hanging(), CountedRecognizer(), timeout=2.0)
    await fallback.start()
    async with fallback.listen(Hints()) as session:
        assert asyncio.get_running_loop().time() == 2.0
        assert await anext(aiter(session)) == Notice(
            "a failed (it did not listen within 2 s); b listens from now on"
        )


@simulated
async def test_an_idle_stream_that_the_service_closes_does_not_move_the_conversation() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    async with converse(recognizer=fallback_of(first, second), settings=SETTINGS) as user:
        await user.says("hello")
        await user.is_answered()
        await user.waits(30.0)
        first.break_off(Outage())
        await user.waits(1.0)
        await user.says("still here")
        await user.is_answered()
    assert asked(user) == ["hello", "still here"]
    assert (len(first.sessions), len(second.sessions)) == (2, 0)
    assert noticed(user) == []


@pytest.mark.parametrize(("silence", "moves"), [(3.0, True), (30.0, False)])
def test_an_open_microphone_in_a_silent_room_is_not_speech(silence: float, *, moves: bool) -> None:
    @simulated
    async def test() -> None:
        first, second = CountedRecognizer(), CountedRecognizer()
        fallback = fallback_of(first, second)
        await fallback.start()
        async with fallback.listen(Hints()) as session:
            first.sessions[0].put(PartialTranscript("hello"))
            first.sessions[0].put(FinalTranscript("hello"))
            events = aiter(session)
            assert [await anext(events), await anext(events)][-1] == FinalTranscript("hello")
            for _ in range(round(silence / 0.5)):
                await session.write(SILENT_FRAME)
                await asyncio.sleep(0.5)
            first.break_off(Outage())
            with pytest.raises(ProviderError, match="away"):
                await anext(events)
        async with fallback.listen(Hints()):
            assert len(second.sessions) == moves

    test()


@simulated
async def test_a_noise_that_the_recogniser_reports_does_not_move_the_conversation() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    fallback = fallback_of(first, second)
    await fallback.start()
    async with fallback.listen(Hints()) as session:
        first.sessions[0].put(SpeechStarted())
        first.sessions[0].put(SpeechStopped())
        events = aiter(session)
        await anext(events)
        await anext(events)
        await asyncio.sleep(60)
        first.break_off(Outage())
        with pytest.raises(ProviderError, match="away"):
            await anext(events)
    async with fallback.listen(Hints()):
        assert len(second.sessions) == 0


@simulated
async def test_words_without_a_final_move_the_conversation_however_long_ago() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    fallback = fallback_of(first, second)
    await fallback.start()
    async with fallback.listen(Hints()) as session:
        first.sessions[0].put(PartialTranscript("hello"))
        events = aiter(session)
        await anext(events)
        await asyncio.sleep(60)
        first.break_off(Outage())
        with pytest.raises(ProviderError, match="away"):
            await anext(events)
    async with fallback.listen(Hints()):
        assert len(second.sessions) == 1


@simulated
async def test_a_noise_before_the_silence_does_not_move_the_conversation() -> None:
    class Unmoved(CountedRecognizer):
        """Finds the ends of speech by itself, and none in a noise."""

        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            async with super().listen(hints) as session:
                yield Uncommitted(session)

    class Uncommitted(Recognition):
        def __init__(self, session: Recognition) -> None:
            self.session = session

        async def write(self, audio: bytes) -> None:
            await self.session.write(audio)

        async def finish(self) -> None:
            await self.session.finish()

        async def __aiter__(self):  # type: ignore[no-untyped-def, override]
            async for event in self.session:
                yield event

    first, second = Unmoved(), CountedRecognizer()
    async with converse(recognizer=fallback_of(first, second), settings=SETTINGS) as user:
        await user.says("", 0.5)
        await user.waits(30.0)
        first.break_off(Outage())
        await user.waits(1.0)
    assert (len(first.sessions), len(second.sessions)) == (2, 0)


@simulated
async def test_an_idle_stream_that_fails_again_at_once_moves_the_conversation() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    async with converse(recognizer=fallback_of(first, second), settings=SETTINGS) as user:
        await user.waits(30.0)
        first.break_off(Outage())
        await user.waits(1.0)
        first.break_off(Outage())
        await user.waits(1.0)
        await user.says("still here")
        await user.is_answered()
    assert asked(user) == ["still here"]
    assert (len(first.sessions), len(second.sessions)) == (2, 1)


@simulated
async def test_if_no_stream_can_be_opened_the_error_names_all() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    first.refusals, second.refusals = [Outage()], [Refusal()]
    fallback = fallback_of(first, second)
    await fallback.start()
    with pytest.raises(ProviderError) as caught:
        async with fallback.listen(Hints()):
            pass
    assert str(caught.value) == "a failed (the service is away); b failed (the key is not accepted)"
    assert caught.value.retryable


@simulated
async def test_one_recogniser_that_starts_is_enough_and_sets_the_sample_rate() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    first.start_error = Refusal()
    second.input_format = AudioFormat(8_000)
    fallback = fallback_of(first, second)
    await fallback.start()
    assert fallback.input_format.rate == 8_000
    async with fallback.listen(Hints()) as session:
        assert await anext(aiter(session)) == Notice(
            "a failed (it could not start: the key is not accepted); b listens from now on"
        )
    await fallback.aclose()
    assert (first.closes, second.closes) == (1, 1)


@simulated
async def test_a_recogniser_at_another_rate_gets_all_the_audio_before_each_commit() -> None:
    class Counting(CountedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            yield Silent(written)

    class Silent(Recognition):
        def __init__(self, written: list[Any]) -> None:
            self.written = written

        async def write(self, audio: bytes) -> None:
            self.written[-1] += len(audio)

        async def commit(self) -> None:
            self.written.append(0)

        async def finish(self) -> None:
            pass

        async def __aiter__(self):  # type: ignore[no-untyped-def, override]
            yield FinalTranscript("")

    written = [0]
    spare = Counting()
    spare.input_format = AudioFormat(8_000)
    broken = CountedRecognizer()
    broken.refusals = [Outage()]
    fallback = fallback_of(broken, spare)
    await fallback.start()
    async with fallback.listen(Hints()) as session:
        for _ in range(2):
            for _ in range(50):
                await session.write(bytes(640))
            await session.commit()
    assert written == [16_000, 16_000, 0]


@simulated
async def test_hints_reach_the_recogniser_that_is_used() -> None:
    first, second = CountedRecognizer(), CountedRecognizer()
    fallback = fallback_of(first, second)
    await fallback.start()
    hints = Hints(("ahoy",), ("en-GB",), "one")
    async with fallback.listen(hints) as session:
        assert first.sessions[0].hints == hints
        for frame in speech_frames("hello", 0.02):
            await session.write(frame)
        assert await anext(aiter(session)) == PartialTranscript("hello")
