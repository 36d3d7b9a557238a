"""Known phrases are found in what was said, however it is spaced and drawn out."""

from __future__ import annotations

import pytest

from voicebot.engine.text.phrases import PhraseSet

PHRASES = PhraseSet([("okay",), ("of", "course"), ("mm",), ("all", "right"), ("good",)])


def covers(text: str) -> bool:
    words = tuple(text.split())
    return len(words) in PHRASES.reached(words)


@pytest.mark.parametrize(
    "text", ["okay", "of course", "ofcourse", "of course okay", "all right all right", "", "okaaay", "mmmm"]
)
def test_phrases_follow_each_other_in_any_spacing(text: str) -> None:
    assert covers(text)


@pytest.mark.parametrize("text", ["of", "of course not", "not okay", "m", "okkay", "al right", "god"])
def test_other_words_are_not_phrases(text: str) -> None:
    assert not covers(text)


@pytest.mark.parametrize(
    ("text", "known"), [("goooood", True), ("goodd", False), ("gooddd", True), ("ggood", False)]
)
def test_a_consonant_is_drawn_out_by_three_letters(text: str, *, known: bool) -> None:
    assert covers(text) is known


def test_the_ends_of_a_phrase_are_found_from_its_beginning() -> None:
    words = ("well", "all", "right", "then")

    assert PHRASES.ends(words, 1) == {3}
    assert PHRASES.ends(words, 0) == set()
    assert PHRASES.reached(words[1:]) == {0, 2}
