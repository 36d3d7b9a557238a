"""The voice says written forms in words, and times the words of the text as it was written."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from voicebot import AudioChunk, NormalizedText, Utterance, WordTiming, normalize_text
from voicebot_offline.synthesis.synthesizer import EspeakOptions, EspeakSynthesizer
from voicebot_offline.synthesis.word_positions import WordPositions


def say(text: str, language: str | None = None, voice: str | None = None) -> tuple[int, list[WordTiming]]:
    """Return the bytes of sound of a text, and the timings of its words."""

    async def scenario() -> tuple[int, list[WordTiming]]:
        synthesizer = EspeakSynthesizer(EspeakOptions(voice=voice))
        await synthesizer.start()
        try:
            events = [event async for event in synthesizer.synthesize(Utterance(text, language))]
        finally:
            await synthesizer.aclose()
        size = sum(len(event.audio) for event in events if isinstance(event, AudioChunk))
        return size, [event for event in events if isinstance(event, WordTiming)]

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en-US", "It costs $3.50.", "It costs three dollars and fifty cents."),
        ("en-US", "Call 555-0199.", "Call five five five, zero one nine nine."),
        ("de-DE", "Am 3. Mai um 8 Uhr.", "Am dritten Mai um acht Uhr."),
    ],
)
def test_written_forms_sound_like_their_words(language: str, written: str, spoken: str) -> None:
    assert say(written, language)[0] == pytest.approx(say(spoken, language)[0], rel=0.02)


def test_the_language_of_the_voice_is_that_of_a_text_without_one() -> None:
    assert say("5 km", voice="de+f2")[0] == pytest.approx(say("fünf Kilometer", voice="de+f2")[0], rel=0.02)


@pytest.mark.parametrize(
    ("voice", "language", "read_in"),
    [
        ("de", "en-US", "de"),
        ("de+f2", "xx", "de"),
        ("German", "en-US", "de"),
        ("English (America)", "de-DE", "en"),
        (None, "xx", "en"),
        (None, "de-AT", "de"),
    ],
)
def test_a_text_is_read_in_the_language_of_the_voice(voice: str | None, language: str, read_in: str) -> None:
    written = "777 kg, 555 kg, 333 kg"
    heard = say(written, language, voice)[0]
    sizes = {tag: say(normalize_text(written, tag).text, language, voice)[0] for tag in ("en", "de")}

    assert abs(sizes["en"] - sizes["de"]) > 0.03 * heard
    assert min(sizes, key=lambda tag: abs(sizes[tag] - heard)) == read_in


def test_each_written_word_is_timed_once_at_its_place() -> None:
    text = "On 2025-03-14, Dr. Jones paid $4.20 (i.e. 5 EUR) — at 10:30 am 🎉 near Elm St. See?"

    size, words = say(text, "en-US")

    assert [text[word.offset : word.offset + word.length] for word in words] == (
        "On|2025-03-14,|Dr.|Jones|paid|$4.20|(i.e.|5 EUR)|at|10:30 am|near|Elm|St.|See?".split("|")
    )
    assert all(one.at < other.at for one, other in pairwise(words))
    assert words[-1].at < size / 44_100


def test_a_word_that_is_said_in_several_is_found_once() -> None:
    text = "a $3.50 b"
    spoken = normalize_text(text, "en")
    positions = WordPositions(text, spoken)

    found = [positions.next_at(spoken.text.index(word)) for word in ("a", "three", "dollars", "cents", " b")]

    assert found == [(0, 1), (2, 7), None, None, None]
    assert positions.next_at(len(spoken.text) - 1) == (8, 9)
    assert positions.next_at(len(spoken.text) - 1) is None


def test_a_word_whose_beginning_was_not_reported_is_not_found_later() -> None:
    positions = WordPositions("one two three", NormalizedText("one two three"))

    assert positions.next_at(8) == (8, 13)
    assert positions.next_at(4) is None
