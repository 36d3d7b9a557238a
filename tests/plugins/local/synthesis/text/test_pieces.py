"""Where a text is cut."""

from __future__ import annotations

import pytest

from voicebot_local.synthesis.text.pieces import FIRST, LONGEST, pieces

CLAUSES = "when the rain had stopped, " * 10
WORDS = "sailors and birds " * 20


def cut(text):
    return [text[piece.start : piece.end] for piece in pieces(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", []),
        (" \n ", []),
        ("?!", []),
        ("Ahoy!", ["Ahoy!"]),
        ("Ahoy! Who is there? A bird.", ["Ahoy! ", "Who is there? ", "A bird."]),
        ("one\n\ntwo", ["one\n\n", "two"]),
        ("It costs 3.50 in all.", ["It costs 3.50 in all."]),
        ("z. b. das", ["z. b. das"]),
        ("The U.S. Navy and J. Smith. Aye.", ["The U.S. Navy and J. Smith. ", "Aye."]),
        ("海は青い。空も青い。", ["海は青い。", "空も青い。"]),
    ],
)
def test_each_sentence_is_a_piece(text, wanted):
    assert cut(text) == wanted


@pytest.mark.parametrize("text", [CLAUSES, WORDS, "x" * 500, "。".join(["海" * 130] * 3), "a, " * 300])
def test_no_piece_is_longer_than_the_limit_and_none_is_lost(text):
    found = cut(text)
    assert "".join(found) == text
    assert all(0 < len(piece) <= LONGEST for piece in found)


def test_a_long_sentence_is_cut_between_clauses_rather_than_words():
    assert all(piece.endswith(", ") for piece in cut(CLAUSES))
    assert {piece.boundary for piece in pieces(CLAUSES)} == {"clause", "sentence"}


def test_a_sentence_without_clauses_is_cut_between_words():
    assert all(piece.endswith(" ") for piece in cut(WORDS))


def test_the_first_piece_is_the_first_clause_that_is_short():
    text = "Well, to tell you the truth, the ship is old, and slow, and it will not sail before dawn."
    first, *rest = cut(text)
    assert first == "Well, to tell you the truth, the ship is old, and slow, "
    assert len(first) <= FIRST
    assert rest == ["and it will not sail before dawn."]


def test_a_first_sentence_that_is_not_too_long_is_not_cut_within_a_clause():
    text = "The old sailors came in and went to the market to buy a barrel of apples and a bird."
    assert FIRST < len(text) < LONGEST
    assert cut(text) == [text]


def test_no_word_or_two_are_left_for_a_piece_of_their_own():
    text = f"{'and so they went, ' * 6}all of it, yes."
    assert all(len(piece) > 11 for piece in cut(text))
