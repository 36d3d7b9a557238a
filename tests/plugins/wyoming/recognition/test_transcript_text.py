"""Transcripts that come in pieces."""

from __future__ import annotations

from functools import reduce

import pytest

from voicebot_wyoming.recognition.transcript_text import LONGEST, extended


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["bye", " bye"], "bye bye"),
        ([" bye", " bye"], " bye bye"),
        (["bye ", "bye "], "bye bye "),
        ([" I", " It", " was"], " I It was"),
        (["", " no", " no", " nothing"], " no no nothing"),
        ([" ", " no"], "  no"),
        (["un", "usual"], "unusual"),
    ],
)
def test_pieces_are_joined_though_words_are_said_again(pieces: list[str], text: str) -> None:
    assert reduce(extended, pieces, "") == text


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["how", "how are", "how are you?"], "how are you?"),
        (["how", "how"], "how"),
        ([" how", " how are"], " how are"),
        ([" how", " how, are"], " how, are"),
        (["how ", "how are "], "how are "),
        (["wea", "weather"], "weather"),
        (["今日", "今日は"], "今日は"),
    ],
)
def test_a_piece_that_is_all_so_far_with_more_replaces_it(pieces: list[str], text: str) -> None:
    assert reduce(extended, pieces, "") == text


@pytest.mark.parametrize("piece", [None, 1, [" a"], {}])
def test_a_piece_that_is_no_text_is_left_out(piece: object) -> None:
    assert extended("so far", piece) == "so far"


def test_a_transcript_without_end_is_cut() -> None:
    assert len(reduce(extended, ["ab " * 5_000] * 9, "")) == LONGEST
