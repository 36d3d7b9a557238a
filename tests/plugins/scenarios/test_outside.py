"""The clock runs while a provider is at work elsewhere, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any

from voicebot import (
    AudioChunk,
    ChatRequest,
    FinalTranscript,
    Hints,
    Message,
    PartialTranscript,
    Recognition,
    SpeechStream,
    StreamedUtterance,
    SynthesisEvent,
    TurnSoFar,
)
from voicebot.testing import ScriptedChatModel, ScriptedRecognizer, ScriptedSynthesizer
from voicebot.testing.scripted import speech_frames
from voicebot_scenarios.clock import ScenarioLoop, current_loop
from voicebot_scenarios.outside import (
    OutsideChatModel,
    OutsideRecognizer,
    OutsideSynthesizer,
    OutsideTurnDetector,
)
from voicebot_turns.judgement.detector import JudgementDetector, JudgementOptions


def run(main: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=ScenarioLoop) as runner:
        return runner.run(main)


def test_a_chat_model_is_waited_for_between_its_words() -> None:
    during: list[bool] = []

    class Chat(ScriptedChatModel):
        async def reply(self, request: ChatRequest) -> AsyncGenerator[Any, None]:
            during.append(current_loop().is_real)
            async with aclosing(super().reply(request)) as events:
                async for event in events:
                    yield event

    async def main() -> list[bool]:
        chat = OutsideChatModel(Chat(["a b"], first_token=0.001, tokens_per_second=1000))
        async with aclosing(chat.reply(ChatRequest((Message("user", "x"),)))) as events:
            after = [current_loop().is_real async for _ in events]
        return [*after, current_loop().is_real]

    assert set(run(main())) == {False}
    assert during == [True]


def test_a_recogniser_is_at_work_from_the_first_sound_to_the_final_words() -> None:
    async def main() -> None:
        loop = current_loop()
        recognizer = OutsideRecognizer(ScriptedRecognizer(final_delay=0.001))
        await recognizer.start()
        async with recognizer.listen(Hints()) as session:
            events = aiter(session)
            assert not loop.is_real
            for frame in speech_frames("ahoy", 0.02):
                await session.write(frame)
            assert loop.is_real
            assert await anext(events) == PartialTranscript("ahoy")
            await session.commit()
            assert loop.is_real
            assert await anext(events) == FinalTranscript("ahoy")
            assert not loop.is_real
            await session.write(bytes(640))
            assert loop.is_real
        assert not loop.is_real

    run(main())


def test_a_recogniser_is_at_work_while_it_opens_and_closes() -> None:
    during: list[bool] = []

    class Slow(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
            during.append(current_loop().is_real)
            async with super().listen(hints) as session:
                yield session
            during.append(current_loop().is_real)

    async def main() -> None:
        recognizer = OutsideRecognizer(Slow())
        await recognizer.start()
        async with recognizer.listen(Hints()):
            assert not current_loop().is_real
        assert not current_loop().is_real

    run(main())
    assert during == [True, True]


def test_a_stream_of_speech_is_waited_for() -> None:
    class Stream(SpeechStream):
        async def write(self, text: str) -> None:
            assert current_loop().is_real

        async def finish(self) -> None:
            assert current_loop().is_real

        async def __aiter__(self) -> AsyncIterator[SynthesisEvent]:
            assert current_loop().is_real
            yield AudioChunk(b"\x00\x00")

    class Voice(ScriptedSynthesizer):
        def stream(self, utterance: StreamedUtterance) -> Any:
            @asynccontextmanager
            async def opened() -> AsyncGenerator[SpeechStream, None]:
                assert current_loop().is_real
                yield Stream()

            return opened()

    async def main() -> None:
        loop = current_loop()
        opening = OutsideSynthesizer(Voice()).stream(StreamedUtterance())
        assert opening is not None
        async with opening as speech:
            await speech.write("a")
            await speech.finish()
            assert [event async for event in speech] == [AudioChunk(b"\x00\x00")]
            assert not loop.is_real
        assert OutsideSynthesizer(ScriptedSynthesizer()).stream(StreamedUtterance()) is None

    run(main())


def test_a_turn_detector_hears_only_a_user_with_a_voice() -> None:
    async def main() -> None:
        detector = JudgementDetector(JudgementOptions())
        turn = TurnSoFar("ahoy", settled=True, language="en", earliest=0.2, latest=2.0)
        for listens in (True, False):
            outside = OutsideTurnDetector(detector, listens=listens)
            assert await outside.wait(turn) == await detector.wait(turn)
            assert outside.input_format == (detector.input_format if listens else None)
            assert outside.audio_seconds == (detector.audio_seconds if listens else 0)

    run(main())
