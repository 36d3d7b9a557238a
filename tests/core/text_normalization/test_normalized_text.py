"""What is spoken remembers where it came from."""

from __future__ import annotations

import random

import pytest

from voicebot import NormalizedText, normalize_text
from voicebot.text_normalization.normalized_text import Change, changed

LANGUAGES = ("en", "de", "fr", "es", "it", "pl", "zh", "xx")
CHARACTERS = (
    "0123456789" * 3
    + "  .,;:/-–—+=$€£%°'\"()[]#@&*<>~^_|\\\n\t" * 2
    + "&abcdhkmxABCIVXLü áßñ½²³№≤×−🎉\u200d\ufe0f\x00\x1b\ud800\u0663१三日"
)
FORMS = (
    "Dr. St. No. am pm Uhr Nov. 2026 3.50 $ € 1/2 10:30 www. example.com http:// Mio. km/h z.B. Henry VIII "
    "h 1. 24. Mai e.g. '90s 555-1234 2026-11-28 5' c.-à-d. n.º sig.ra §§ @²"
).split()


def random_text(choices: random.Random) -> str:
    parts = (
        choices.choice(CHARACTERS) if choices.random() < 0.7 else f"{choices.choice(FORMS)} "
        for _ in range(choices.randrange(60))
    )
    return "".join(parts)


def sources(normalized: NormalizedText) -> list[tuple[int, int]]:
    return [normalized.source(at, at + 1) for at in range(len(normalized.text))]


@pytest.mark.parametrize("seed", range(8))
def test_the_sources_of_all_characters_cover_the_text_in_order(seed: int) -> None:
    choices = random.Random(seed)
    for _ in range(12):
        text = random_text(choices)
        for language in LANGUAGES:
            normalized = normalize_text(text, language)
            covered = begun = 0
            for first, last in sources(normalized):
                assert first in {covered, begun}, (language, text)
                assert covered <= last <= len(text), (language, text)
                covered, begun = last, first
            assert covered == (len(text) if normalized.text else 0), (language, text)


@pytest.mark.parametrize("seed", range(4))
def test_the_source_of_a_range_is_that_of_its_characters(seed: int) -> None:
    choices = random.Random(seed)
    for _ in range(20):
        normalized = normalize_text(random_text(choices), choices.choice(LANGUAGES))
        all_sources = sources(normalized)
        for _ in range(20):
            start, end = sorted(choices.randrange(len(normalized.text) + 1) for _ in range(2))
            if start < end:
                first, last = all_sources[start][0], all_sources[end - 1][1]
                assert normalized.source(start, end) == (first, last)


def test_unchanged_characters_come_from_themselves() -> None:
    text = "I paid $5 at 10:30 am, see?"
    normalized = normalize_text(text, "en")

    for index, character in enumerate(normalized.text):
        first, last = normalized.source(index, index + 1)
        assert character == text[first:last] or text[first:last] in {"$5", "10:30 am"}


def test_words_come_from_the_form_that_they_replace() -> None:
    text = "It was $3.50, then."
    normalized = normalize_text(text, "en")
    start = normalized.text.index("fifty")

    first, last = normalized.source(start, start + len("fifty"))

    assert text[first:last] == "$3.50"


def test_what_is_removed_belongs_to_the_character_before_it() -> None:
    normalized = changed("<a>b<c>", [Change(0, 3, ""), Change(4, 7, "")])

    assert normalized.text == "b"
    assert normalized.source(0, 1) == (0, 7)


def test_what_is_removed_at_the_beginning_belongs_to_the_first_word() -> None:
    normalized = changed("<a>5 b", [Change(0, 3, ""), Change(3, 4, "five")])

    assert [normalized.source(0, 1), normalized.source(1, 4), normalized.source(4, 5)] == [
        (0, 4),
        (0, 4),
        (4, 5),
    ]


def test_places_outside_of_the_text_are_its_ends() -> None:
    normalized = NormalizedText("abc")

    assert normalized.source(-5, 99) == (0, 3)
    assert normalized.source(9, 12) == (3, 3)
    assert normalized.source(2, 1) == (2, 2)
    assert NormalizedText("").source(0, 1) == (0, 0)
