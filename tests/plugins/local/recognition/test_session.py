"""Sessions, with a decoder that the test controls: what is decoded, in which order, and what is reported."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from voicebot import FinalTranscript, PartialTranscript, ProviderError, RecognitionEvent
from voicebot_local.recognition.session import WhisperRecognition
from voicebot_local.recognition.whisper_model import BYTES_PER_SECOND, Decoded, Sound

LOUD, SILENT = b"\1\0", b"\0\0"


def speech(seconds: float) -> bytes:
    return LOUD * round(seconds * BYTES_PER_SECOND / 2)


def silence(seconds: float) -> bytes:
    return SILENT * round(seconds * BYTES_PER_SECOND / 2)


class ScriptedDecoder:
    """Says how long the speech in a sound is; waits for `go` if `held`."""

    def __init__(self, *, held: bool = False, idle: bool = True, language: str = "en") -> None:
        self.idle, self.took, self.language = idle, 0.0, language
        self.sounds: list[Sound] = []
        self.begun = asyncio.Event()
        self.error: Exception | None = None
        self._go = asyncio.Semaphore(0 if held else 10_000)

    def go(self) -> None:
        self._go.release()

    async def decode(self, sound: Sound) -> Decoded:
        self.sounds.append(sound)
        self.begun.set()
        await self._go.acquire()
        if self.error is not None:
            raise self.error
        return Decoded(f"{sound.speech:.1f}", self.language)


class LoudIsSpeech:
    def is_speech(self, chunk: bytes) -> bool:
        return LOUD in chunk

    def close(self) -> None:
        pass


def session(decoder: ScriptedDecoder, tags: tuple[str, ...] = ("en-US",)) -> WhisperRecognition:
    return WhisperRecognition(decoder, LoudIsSpeech(), tags, tuple(tag[:2] for tag in tags), "")  # type: ignore[arg-type]


def run(scenario: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(60):
            await scenario

    asyncio.run(limited())


async def rest(events: AsyncIterator[RecognitionEvent]) -> list[str]:
    return [event.text async for event in events if isinstance(event, FinalTranscript)]


def test_each_commit_is_answered_by_exactly_one_final() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())
        await listening.commit()
        await listening.write(silence(3))
        await listening.commit()
        await listening.write(speech(1))
        await listening.commit()
        await listening.commit()
        await listening.write(speech(0.1))
        await listening.commit()
        await listening.finish()
        await listening.finish()
        assert await rest(aiter(listening)) == ["", "", "1.0", "", ""]

    run(scenario())


def test_the_rest_is_final_after_finish_and_later_sound_is_not_taken() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())
        await listening.write(speech(1))
        await listening.finish()
        await listening.write(speech(1))
        assert await rest(aiter(listening)) == ["1.0"]

    run(scenario())


def test_a_final_has_the_language_that_was_asked_for() -> None:
    async def scenario() -> None:
        for language, tag in (("de", "de-AT"), ("fr", "fr"), ("en", "en-US")):
            listening = session(ScriptedDecoder(language=language), ("en-US", "de-AT"))
            await listening.write(speech(1))
            await listening.commit()
            assert await anext(aiter(listening)) == FinalTranscript("1.0", tag)

    run(scenario())


def test_a_partial_comes_before_the_sound_ends_and_grows() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())
        events = aiter(listening)
        for expected in ("0.6", "1.2", "1.8"):
            await listening.write(speech(0.6))
            assert await anext(events) == PartialTranscript(expected)

    run(scenario())


def test_no_partial_is_decoded_while_the_decoder_has_other_work() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder(idle=False)
        listening = session(decoder)
        await listening.write(speech(3))
        await listening.commit()
        assert await anext(aiter(listening)) == FinalTranscript("3.0", "en-US")
        assert len(decoder.sounds) == 1

    run(scenario())


def test_a_slow_decoder_makes_fewer_partials() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder()
        decoder.took = 0.6
        listening = session(decoder)
        await listening.write(speech(1.0))
        task = asyncio.ensure_future(anext(aiter(listening)))
        await asyncio.wait({task}, timeout=0.01)
        assert not decoder.sounds
        await listening.write(speech(0.3))
        assert await task == PartialTranscript("1.3")

    run(scenario())


def test_a_commit_waits_for_one_partial_and_no_more() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder(held=True)
        listening = session(decoder)
        await listening.write(speech(1))
        task = asyncio.ensure_future(anext(aiter(listening)))
        await decoder.begun.wait()
        await listening.write(speech(1))
        await listening.commit()
        decoder.go()
        decoder.go()
        assert await task == FinalTranscript("2.0", "en-US")
        assert len(decoder.sounds) == 2

    run(scenario())


def test_a_partial_of_a_pause_is_the_final_if_nothing_else_was_said() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder()
        listening = session(decoder)
        events = aiter(listening)
        await listening.write(speech(1) + silence(0.25))
        assert await anext(events) == PartialTranscript("1.0")
        await listening.write(silence(0.1))
        await listening.commit()
        assert await anext(events) == FinalTranscript("1.0", "en-US")
        assert len(decoder.sounds) == 1

    run(scenario())


def test_sound_after_a_commit_belongs_to_the_next_final() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())
        for seconds in (1.0, 2.0, 0.5):
            await listening.write(speech(seconds))
            await listening.commit()
        await listening.finish()
        assert [round(float(text)) for text in await rest(aiter(listening))] == [1, 2, 0]

    run(scenario())


def test_a_pause_without_a_commit_ends_a_segment() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder(idle=False))
        events = aiter(listening)
        for seconds in (1, 2):
            await listening.write(speech(seconds) + silence(2))
            final = await anext(events)
            assert isinstance(final, FinalTranscript)
            assert float(final.text) == pytest.approx(seconds, abs=0.1)
        await listening.finish()
        assert await rest(events) == []

    run(scenario())


def test_what_was_said_before_and_after_a_pause_is_one_final_if_a_commit_comes_first() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())
        await listening.write(speech(1) + silence(2) + speech(2) + silence(2))
        await listening.commit()
        await listening.finish()
        (final,) = await rest(aiter(listening))
        assert float(final) == pytest.approx(3, abs=0.2)

    run(scenario())


def test_what_is_said_while_a_pause_is_decoded_belongs_to_the_commit_after_it() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder(held=True, idle=False)
        listening = session(decoder)
        await listening.write(speech(1) + silence(2))
        task = asyncio.ensure_future(rest(aiter(listening)))
        await decoder.begun.wait()
        await listening.write(speech(2))
        await listening.commit()
        await listening.finish()
        decoder.go()
        decoder.go()
        (final,) = await task
        assert sum(map(float, final.split())) == pytest.approx(3, abs=0.2)

    run(scenario())


def test_long_dictation_is_settled_in_pieces_and_ends_at_pauses() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder()
        listening = session(decoder)

        async def dictate() -> None:
            for _ in range(6):
                await listening.write(speech(30))
                await listening.write(silence(2))
                while listening.waiting:  # noqa: ASYNC110 - until the iteration has looked at the pause
                    await asyncio.sleep(0)
            await listening.finish()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(dictate())
            finals = await rest(aiter(listening))
        assert len(finals) == 6
        for final in finals:
            assert sum(map(float, final.split())) == pytest.approx(30, abs=0.5)
        assert max(len(sound.audio) for sound in decoder.sounds) <= 10 * BYTES_PER_SECOND

    run(scenario())


def test_speech_without_any_pause_becomes_final_before_a_minute_is_over() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())

        async def speak() -> None:
            await listening.write(speech(200))
            await listening.finish()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(speak())
            finals = [sum(map(float, text.split())) for text in await rest(aiter(listening))]
        assert len(finals) >= 4
        assert max(finals) < 55
        assert sum(finals) == pytest.approx(200, abs=2)

    run(scenario())


def test_a_writer_waits_while_a_minute_of_speech_is_not_decoded() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())
        writing = asyncio.ensure_future(listening.write(speech(100)))
        done, _ = await asyncio.wait({writing}, timeout=0.2)
        assert not done
        reading = asyncio.ensure_future(rest(aiter(listening)))
        await writing
        await listening.finish()
        assert sum(map(float, " ".join(await reading).split())) == pytest.approx(100, abs=1)

    run(scenario())


def test_ten_minutes_of_silence_are_neither_kept_nor_decoded() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder()
        listening = session(decoder)
        for _ in range(60):
            await listening.write(silence(10))
        assert listening.waiting < 1
        await listening.finish()
        assert await rest(aiter(listening)) == []
        assert not decoder.sounds

    run(scenario())


def test_an_error_of_the_decoder_is_raised_and_loses_no_sound() -> None:
    async def scenario() -> None:
        decoder = ScriptedDecoder()
        listening = session(decoder)
        await listening.write(speech(1))
        await listening.commit()
        decoder.error = ProviderError("broken", retryable=True)
        with pytest.raises(ProviderError, match="broken"):
            await anext(aiter(listening))
        decoder.error = None
        assert await anext(aiter(listening)) == FinalTranscript("1.0", "en-US")

    run(scenario())


def test_closing_ends_the_iteration_and_frees_a_waiting_writer() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder(idle=False))
        writing = asyncio.ensure_future(listening.write(speech(100)))
        await asyncio.wait({writing}, timeout=0.05)
        listening.close()
        await writing
        assert await rest(aiter(listening)) == []

    run(scenario())


def test_what_is_decoded_when_it_is_closed_is_not_reported() -> None:
    async def scenario(speak: bytes, commits: int) -> None:
        decoder = ScriptedDecoder(held=True)
        listening = session(decoder)
        await listening.write(speak)
        for _ in range(commits):
            await listening.commit()
        reading = asyncio.ensure_future(anext(aiter(listening), None))
        await decoder.begun.wait()
        listening.close()
        decoder.go()
        assert await reading is None

    run(scenario(speech(1), commits=0))
    run(scenario(speech(1), commits=2))
    run(scenario(speech(7), commits=0))


def test_a_commit_takes_all_that_a_waiting_writer_has_written() -> None:
    async def scenario() -> None:
        listening = session(ScriptedDecoder())
        writing = asyncio.ensure_future(listening.write(silence(1) + speech(1) + silence(1)))
        await asyncio.sleep(0)
        assert not writing.done()
        await listening.commit()
        await writing
        await listening.finish()
        # all of it as one chunk would be speech of one chunk, or none
        (final,) = await rest(aiter(listening))
        assert float(final) == pytest.approx(1, abs=0.1)

    run(scenario())
