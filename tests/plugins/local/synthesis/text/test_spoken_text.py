"""What the voice reads for a text, and where its words are in the original."""

from __future__ import annotations

import pytest

from voicebot_local.synthesis.text.spoken_text import blocks, spoken_text


def words(text, language="en-US"):
    spoken = spoken_text(text, language)
    return [text[word.offset : word.offset + word.length] for word in spoken.words]


def test_each_word_is_at_its_place_in_the_original():
    assert words("Ahoy, matey!  The sea\nis “deep”.") == ["Ahoy,", "matey!", "The", "sea", "is", "“deep”."]


@pytest.mark.parametrize(
    "text",
    [
        "one [[ two",
        "one ]] [[a]] two",
        "one [[[a]]] two",
        "one [[a\nb]] two",
        "one \x01200S two",
        "one \x00\x1b\x7f\x9b two",
        "one \ud800 two",
    ],
)
def test_brackets_commands_and_control_characters_are_not_read(text):
    spoken = spoken_text(text, "en-US")
    assert spoken.text.split()[0] == "one"
    assert spoken.text.split()[-1] == "two"
    assert "[[" not in spoken.text
    assert "]]" not in spoken.text
    assert all(character.isprintable() or character.isspace() for character in spoken.text)


@pytest.mark.parametrize(
    "text",
    [
        "one [[two]] three",
        "one [[two three",
        "one two]] three",
        "one [[ two\n\nthree ]]",
        "one [[two [[three",
        "[[one]] [[two three]]",
        "[[[one]]] two]][[three",
        "one [[ two ]] three",
    ],
)
def test_words_within_double_brackets_are_read_as_words(text):
    spoken = spoken_text(text, "en-US")
    assert spoken.text.split() == ["one", "two", "three"]
    assert [text[word.offset : word.offset + word.length] for word in spoken.words] == [
        word for word in text.split() if word.strip("[]")
    ]


def test_single_brackets_are_kept():
    assert words("see [1] and [two]") == ["see", "[1]", "and", "[two]"]


def test_dots_within_a_sentence_are_a_pause():
    assert spoken_text("Wait... what? Well… yes. No...", "en-US").text == "Wait,   what? Well, yes. No..."


def test_written_forms_are_words_that_point_to_the_original():
    text = "Pay $3.50 to Dr. Smith on 2026-11-28, or see https://example.com/a."
    spoken = spoken_text(text, "en-US")

    assert spoken.text.startswith("Pay three dollars and fifty cents to Doctor Smith on November ")
    assert "example dot com" in spoken.text
    assert [text[word.offset : word.offset + word.length] for word in spoken.words] == text.split()
    starts = [spoken.text[word.start : word.end] for word in spoken.words]
    assert starts == ["Pay", "three", "to", "Doctor", "Smith", "on", "November", "or", "see", "example"]


def test_brackets_and_commands_do_not_come_back_by_normalisation():
    assert "[[" not in spoken_text("3[[3]]3 [ [x] ] [[$5]]", "en-US").text


def test_a_huge_text_is_read_in_blocks_of_sentences():
    text = "The sea is deep. I met Dr. No! It was 3.5 miles away? " * 100
    found = list(blocks(text))
    assert "".join(block for _, block in found) == text
    assert all(text[start:].startswith(block) for start, block in found)
    assert all(block.rstrip()[-1] in ".!?" and 600 <= len(block) < 700 for _, block in found[:-1])
    assert list(blocks("")) == []
    assert list(blocks("x" * 2000)) == [(0, "x" * 2000)]
