"""The voice, with the real library."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from itertools import pairwise
from typing import Any

import numpy
import pytest

from voicebot import AudioChunk, ProviderError, Utterance, VoiceDescription, WordTiming
from voicebot_offline.synthesis.espeak_library import library
from voicebot_offline.synthesis.pieces import LONGEST_PIECE, pieces
from voicebot_offline.synthesis.synthesizer import EspeakOptions, EspeakSynthesizer


@asynccontextmanager
async def voice(**options: Any) -> AsyncIterator[EspeakSynthesizer]:
    synthesizer = EspeakSynthesizer(EspeakOptions(**options))
    await synthesizer.start()
    try:
        yield synthesizer
    finally:
        await synthesizer.aclose()


async def spoken(
    synthesizer: EspeakSynthesizer, text: str, language: str | None = None
) -> tuple[bytes, list[WordTiming]]:
    events = [event async for event in synthesizer.synthesize(Utterance(text, language))]
    audio = b"".join(event.audio for event in events if isinstance(event, AudioChunk))
    return audio, [event for event in events if isinstance(event, WordTiming)]


def say(text: str, language: str | None = None, **options: Any) -> tuple[bytes, list[WordTiming]]:
    async def scenario() -> tuple[bytes, list[WordTiming]]:
        async with voice(**options) as synthesizer:
            return await spoken(synthesizer, text, language)

    return asyncio.run(scenario())


Speech = tuple[bytes, list[WordTiming]]


def alike(one: Speech, other: Speech) -> bool:
    """Return whether two speeches are the same but for samples: the voice flutters a little."""
    if places(one) != places(other):
        return False
    flutter = 0.05 + 0.0005 * len(one[1])
    return times(one) == pytest.approx(times(other), rel=0.01, abs=flutter)


def places(speech: Speech) -> list[tuple[int, int]]:
    return [(word.offset, word.length) for word in speech[1]]


def times(speech: Speech) -> list[float]:
    return [word.at for word in speech[1]] + [len(speech[0]) / 44_100]


def loudness(audio: bytes) -> float:
    samples = memoryview(audio).cast("h")
    return float(sum(abs(sample) for sample in samples)) / len(samples)


def pitch(audio: bytes) -> float:
    """Return the median pitch in Hz of what is voiced: the lag at which a piece is most like itself."""
    samples = numpy.frombuffer(audio, "<i2").astype(float)
    size, shortest, longest = 1024, 22_050 // 400, 22_050 // 60
    pitches = []
    for start in range(0, len(samples) - size, size):
        piece = samples[start : start + size]
        likeness = numpy.correlate(piece, piece, "full")[size - 1 :]
        lag = shortest + int(likeness[shortest:longest].argmax())
        if likeness[lag] > likeness[0] / 2:
            pitches.append(22_050 / lag)
    return float(numpy.median(pitches))


@pytest.mark.parametrize(
    "text",
    [
        "Ahoy, matey! The sea is deep.",
        "Don't panic: it costs $1,200.50, or 3/4 of that.",
        "Grüße aus Köln — naïve café 🎉 and then words",
        "One. Two! Three? " * 100,
    ],
)
def test_each_word_is_timed_at_its_place_in_the_text(text: str) -> None:
    audio, words = say(text)
    found = [text[word.offset : word.offset + word.length] for word in words]
    assert found == [word for word in text.split() if word not in {"—", "🎉"}]
    assert all(one.at < other.at for one, other in pairwise(words))
    assert words[0].at == 0
    assert words[-1].at < len(audio) / 2 / 22_050


def test_a_word_timing_comes_before_its_sound() -> None:
    async def scenario() -> None:
        async with voice() as synthesizer:
            written = 0.0
            async for event in synthesizer.synthesize(Utterance("Ahoy, matey! The sea is deep. " * 60)):
                if isinstance(event, AudioChunk):
                    written += synthesizer.output_format.seconds_in(len(event.audio))
                elif isinstance(event, WordTiming):
                    assert event.at >= written - 0.01

    asyncio.run(scenario())


def test_sound_comes_in_small_even_pieces() -> None:
    async def scenario() -> None:
        async with voice() as synthesizer:
            assert synthesizer.output_format.rate == 22_050
            events = [e async for e in synthesizer.synthesize(Utterance("The sea is deep and blue."))]
            sizes = [len(event.audio) for event in events if isinstance(event, AudioChunk)]
            assert len(sizes) > 10
            assert all(size % 2 == 0 and size < 10_000 for size in sizes)

    asyncio.run(scenario())


@pytest.mark.parametrize("text", ["", "   ", "\n\n"])
def test_nothing_to_say_is_silence(text: str) -> None:
    assert say(text) == (b"", [])


@pytest.mark.parametrize("text", ["привет мир", "你好", "🎉", "a\0b", "\ud800 lone", "ا ب", "..."])
def test_any_text_is_spoken_or_skipped(text: str) -> None:
    say(text)


def test_markup_is_read_aloud_and_not_obeyed() -> None:
    obeyed, _ = say("one two")
    read, words = say('one <break time="3s"/> two')
    assert [word.offset for word in words] == [0, 4, 11, 23]
    assert len(read) > len(obeyed) * 2


def test_rate_pitch_volume_and_voice_change_the_sound() -> None:
    text = "The quick brown fox."
    plain, _ = say(text)
    assert len(say(text, rate=320)[0]) < len(plain) * 0.7
    assert pitch(say(text, pitch=90)[0]) > 1.2 * pitch(plain)
    assert loudness(say(text, volume=20)[0]) < loudness(plain) / 2
    assert pitch(say(text, voice="en-us+f3")[0]) > 1.2 * pitch(plain)


def test_options_of_one_voice_do_not_leak_into_another() -> None:
    async def scenario() -> None:
        async with voice(rate=300, voice="en-us+f3") as quick, voice() as plain:
            before = await spoken(plain, "hello there sailor")
            assert not alike(await spoken(quick, "hello there sailor"), before)
            assert alike(await spoken(plain, "hello there sailor"), before)

    asyncio.run(scenario())


def test_the_language_chooses_the_voice_unless_the_config_does() -> None:
    text = "zehn nackte Schweine"
    german, english = say(text, voice="de"), say(text, voice="en-us")
    assert not alike(german, english)
    assert alike(say(text, "de-DE"), german)
    assert alike(say(text, "de-DE", voice="en-us"), english)
    assert alike(say(text, "xx-XX"), english)
    assert alike(say(text), english)


def test_a_voice_can_be_chosen_by_its_language_whatever_the_name_of_its_file() -> None:
    text = "Can't we dance?"
    assert alike(say(text, voice="en-gb+f2"), say(text, voice="English (Great Britain)+f2"))
    assert alike(say(text, voice="fr-fr"), say(text, voice="French (France)"))
    assert not alike(say(text, voice="fr-fr"), say(text, voice="en-gb"))


def test_languages_names_and_variants_that_are_offered_can_be_used() -> None:
    espeak = library()
    names = {"en-us", "en-gb", "pt-br", "de", "es-419", "English (Scotland)"}
    assert names <= set(espeak.voices())
    assert all(espeak.has_voice(name) for name in names)
    assert {"m3", "f2", "Andy"} <= set(espeak.variants())


def test_every_voice_that_is_listed_can_be_chosen_by_a_name_of_its_own() -> None:
    async def scenario() -> list[VoiceDescription]:
        async with voice() as synthesizer:
            return list(await synthesizer.voices())

    voices = asyncio.run(scenario())
    assert len(voices) > 100
    assert VoiceDescription("de", ("de",), "male", "German") in voices
    names = [described.name for described in voices]
    assert len(set(names)) == len(names)
    for described in voices:
        say("", voice=described.name)


@pytest.mark.parametrize(
    ("name", "near"),
    [("english", r"English \(America\)"), ("en-uss", "en-us"), ("en-us+m33", "m3"), ("qqqqqq", "en-us")],
)
def test_an_unknown_voice_is_refused_with_similar_names(name: str, near: str) -> None:
    with pytest.raises(ProviderError, match=near):
        say("never said", voice=name)


def test_several_utterances_at_once_do_not_disturb_each_other() -> None:
    async def scenario() -> None:
        texts = [f"This is sentence number {number}. " * 30 for number in range(8)]
        async with voice() as synthesizer:
            alone = [await spoken(synthesizer, text) for text in texts]
            together = await asyncio.gather(*(spoken(synthesizer, text) for text in texts))
            assert all(alike(one, other) for one, other in zip(together, alone, strict=True))

    asyncio.run(scenario())


def test_an_utterance_that_nobody_consumes_does_not_hold_up_others() -> None:
    async def scenario() -> None:
        async with voice() as synthesizer:
            long = "The sea is deep and blue and wide. " * 2_000
            async with aclosing(synthesizer.synthesize(Utterance(long))) as slow:
                await anext(slow)
                audio, _ = await spoken(synthesizer, "Ahoy!")
                assert audio

    asyncio.run(scenario())


def test_a_slow_consumer_gets_everything_in_order() -> None:
    async def scenario() -> None:
        text = "One two three. Four five six. " * 40
        async with voice() as synthesizer:
            wanted = await spoken(synthesizer, text)
            events = []
            async for event in synthesizer.synthesize(Utterance(text)):
                for _ in range(3):
                    await asyncio.sleep(0)
                events.append(event)
            audio = b"".join(event.audio for event in events if isinstance(event, AudioChunk))
            words = [event for event in events if isinstance(event, WordTiming)]
            assert alike((audio, words), wanted)

    asyncio.run(scenario())


@pytest.mark.slow
def test_being_cancelled_frees_the_voice_and_closing_leaves_no_thread() -> None:
    async def scenario() -> None:
        async with voice() as synthesizer:
            started = asyncio.Event()

            async def talk() -> None:
                async with aclosing(synthesizer.synthesize(Utterance("blah " * 20_000))) as speech:
                    async for _ in speech:
                        started.set()

            for _ in range(20):
                started.clear()
                task = asyncio.create_task(talk())
                await started.wait()
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert (await spoken(synthesizer, "Ahoy!"))[0]

    before = set(threading.enumerate())  # another test's may be at its end
    asyncio.run(scenario())
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("espeak"):
            thread.join(timeout=60)
            assert not thread.is_alive()


def test_closing_in_mid_speech_is_an_error_for_the_listener_and_harmless_twice() -> None:
    async def scenario() -> None:
        synthesizer = EspeakSynthesizer(EspeakOptions())
        await synthesizer.aclose()
        await synthesizer.start()
        await synthesizer.start()
        speech = synthesizer.synthesize(Utterance("blah. " * 20_000))
        await anext(speech)
        await synthesizer.aclose()
        await synthesizer.aclose()
        with pytest.raises(ProviderError, match="closed"):
            async for _ in speech:
                pass

    asyncio.run(scenario())


def test_a_voice_that_was_not_started_says_so() -> None:
    async def scenario() -> None:
        with pytest.raises(ProviderError, match="not started"):
            await spoken(EspeakSynthesizer(EspeakOptions()), "Ahoy!")

    asyncio.run(scenario())


def test_leaving_the_program_in_mid_speech_is_clean() -> None:
    program = """
import asyncio
from voicebot import Utterance
from voicebot_offline.synthesis.synthesizer import EspeakOptions, EspeakSynthesizer

async def main():
    synthesizer = EspeakSynthesizer(EspeakOptions())
    await synthesizer.start()
    speech = synthesizer.synthesize(Utterance("blah " * 20_000))
    await anext(speech)
    raise SystemExit(3)

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (3, "")


def test_pieces_are_short_cut_between_sentences_and_lose_nothing() -> None:
    text = "A short one. " * 100 + "word " * 500 + "x" * 2_000 + "\n\n" + "last one."
    cut = list(pieces(text))
    assert "".join(piece for _, piece in cut) == text
    assert all(len(piece) <= LONGEST_PIECE and text[first:].startswith(piece) for first, piece in cut)
    assert cut[0][1].endswith(". ")


_TWO_AT_ONCE = """
import asyncio
from voicebot import AudioChunk, Utterance
from voicebot_offline.synthesis.synthesizer import EspeakOptions, EspeakSynthesizer

async def main():
    voices = [EspeakSynthesizer(EspeakOptions(voice=name)) for name in ("en-gb", "de", "fr")]
    await asyncio.gather(*(voice.start() for voice in voices))
    for voice in voices:
        events = [event async for event in voice.synthesize(Utterance("Good day."))]
        assert any(isinstance(event, AudioChunk) for event in events)
        await voice.aclose()

asyncio.run(main())
"""


def test_several_voices_of_a_process_may_start_at_the_same_time():
    done = subprocess.run(
        [sys.executable, "-c", _TWO_AT_ONCE], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_characters_that_espeak_reads_as_commands_become_spaces():
    said = "one \x0110A two \x01200S three \x01I[bell] four [[h@l'oU]]"

    heard, plain = say(said), say(said.replace("\x01", " "))
    assert times(heard)[-1] == pytest.approx(times(plain)[-1], rel=0.01)
    assert loudness(heard[0]) == pytest.approx(loudness(plain[0]), rel=0.1)
