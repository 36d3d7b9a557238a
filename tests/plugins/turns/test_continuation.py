"""What usually follows the last words: the table, and what the `transcript` detector makes of it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from voicebot import TurnSoFar
from voicebot_turns.continuation import Continuation, continuation_for
from voicebot_turns.transcript import TranscriptDetector, TranscriptOptions

SENTENCES = Path(__file__).with_name("sentences_in_parts.txt")
"""Turns of users of an assistant; `/` is where one may stop within a phrase, `//` between clauses."""
CUT_IN_TWO = [
    ("put milk on the shopping", "put milk on the shopping list"),
    ("stay home if it doesn't", "stay home if it doesn't cost much"),
    ("no I couldn't", "no I couldn't find it"),
    ("turn off the lights and close", "turn off the lights and close the blinds"),
    ("well it depends", "well it depends on the weather"),
    ("the museum was already", "the museum was already closed"),
]


def wait(text: str, tag: str = "en-US") -> float:
    turn = TurnSoFar(text, settled=True, language=tag, earliest=0.3, latest=3.0)
    return asyncio.run(TranscriptDetector(TranscriptOptions()).wait(turn))


@pytest.mark.parametrize(("part", "whole"), CUT_IN_TWO)
def test_a_phrase_that_is_cut_in_two_is_waited_for(part: str, whole: str) -> None:
    assert wait(part) > wait(whole)


def test_most_places_within_phrases_are_told_from_ends() -> None:
    within, ends = [], []
    for sentence in SENTENCES.read_text(encoding="utf-8").splitlines():
        parts = re.split(r" (//?) ", sentence)
        texts = [" ".join(parts[: index + 1 : 2]) for index in range(0, len(parts), 2)]
        within += [wait(text) for text, mark in zip(texts, parts[1::2], strict=False) if mark == "/"]
        ends.append(wait(texts[-1]))

    assert len(within) > 2 * len(ends) > 200
    assert sum(seconds > 0.8 for seconds in within) > 0.9 * len(within)
    assert sum(seconds < 0.9 for seconds in ends) > 0.85 * len(ends)


def test_the_probability_of_an_end_depends_on_the_last_two_words() -> None:
    table = Continuation(["list 200 shopping 250 a 30", "the 0"])

    assert table.ends(["the", "list"]) == 0.2
    assert table.ends(["my", "shopping", "list"]) == 0.25
    assert table.ends(["a", "list"]) == 0.03
    assert table.ends(["list"]) == 0.2
    assert table.ends(["a", "to-do-list"]) == 0.2
    assert table.ends(["list", "the"]) == 0.0


def test_nothing_is_known_after_an_unknown_word() -> None:
    table = Continuation(["list 200 shopping 250"])

    assert table.ends(["shopping"]) is None
    assert table.ends([]) is None


def test_the_first_word_of_a_turn_has_a_sentence_start_before_it() -> None:
    assert Continuation(["paul 120 <s> 90"]).ends(["paul"]) == 0.09


def test_english_alone_has_a_table() -> None:
    assert continuation_for("en-GB") is continuation_for("English")
    assert [continuation_for(tag) for tag in ("de", "fr", "it", "es", "xx", "")] == [None] * 6


def test_the_table_says_what_the_language_model_says() -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx")
    log = pocketsphinx.LogMath()
    config = pocketsphinx.Config(hmm=None, lm=None, dict=None)
    model = pocketsphinx.NGramModel(config, log, pocketsphinx.get_model_path("en-us/en-us.lm.bin"))
    english = continuation_for("en")
    assert english is not None

    for words in (["the", "shopping"], ["doesn't"], ["i", "think", "so"], ["thank", "you"], ["is", "the"]):
        *before, last = words[-2:]
        history = [last, *(before or ["<s>"])]
        ends = english.ends(words)
        assert ends == pytest.approx(log.exp(model.prob(["</s>", *history])), abs=0.02, rel=0.65)
