"""Texts are cut so that each piece fits into a request."""

from __future__ import annotations

import pytest

from voicebot_openai.synthesis.text_pieces import MOST_BYTES, text_pieces


@pytest.mark.parametrize(
    "text",
    [
        "word " * 3_000,
        "A sentence of a few words. " * 1_000,
        "one, two, three, " * 1_500,
        "x" * 30_000,
        "これは文です。" * 2_000,
        "字" * 9_000,
        "🏴 ahoy " * 2_000,
        "Line\n" * 4_000,
    ],
)
def test_pieces_are_short_and_lose_nothing(text):
    pieces = list(text_pieces(text))

    assert "".join(pieces) == text
    assert all(0 < len(piece.encode()) <= MOST_BYTES for piece in pieces)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("One two. Three four.", ["One two. ", "Three four."]),
        ("One two, three four five.", ["One two, ", "three four ", "five."]),
        ("Short.", ["Short."]),
        ("", []),
        ("... !!", []),
        ("Ah\ud83doy.", ["Ah?oy."]),
    ],
)
def test_a_text_is_cut_between_sentences_then_clauses_then_words(text, pieces):
    assert list(text_pieces(text, 12)) == pieces
