"""Which phonemes are which words."""

from __future__ import annotations

import pytest

from voicebot_local.synthesis.text.word_alignment import word_starts


def starts(words, phonemes):
    """Return what follows in the sentence from the start of each word."""
    found = word_starts(words, list(phonemes))
    return [None if start is None else phonemes[start : start + 3] for start in found]


def test_words_that_are_joined_are_found():
    words = ["fɹʌm", "ðə", "sˈiː", "ʌv", "ðə", "wˈɜːld"]
    assert starts(words, "fɹʌmðə sˈiːʲ ʌvðə wˈɜːld.") == ["fɹʌ", "ðə ", "sˈi", "ʌvð", "ðə ", "wˈɜ"]


def test_a_word_of_several_spoken_words_begins_with_the_first():
    assert starts(["θɹˈiː pɔɪnt fˈaɪv", "dˈɑːlɚz"], "θɹˈiː pɔɪnt fˈaɪv dˈɑːlɚz") == ["θɹˈ", "dˈɑ"]


def test_stress_belongs_to_the_word_that_it_begins():
    assert starts(["ðə", "ˈæpəl"], "ðɪʲ ˈæpəl") == ["ðɪʲ", "ˈæp"]


def test_a_word_that_is_pronounced_differently_is_found_by_its_neighbours():
    assert starts(["tuː", "bˈiː", "ˈɔːɹ", "nˈɑːt"], "təbi ɔːɹ nˈɑːt") == ["təb", "bi ", "ɔːɹ", "nˈɑ"]


def test_a_word_that_is_not_spoken_has_no_start():
    assert starts(["wˈʌn", "", "tˈuː"], "wˈʌn; tˈuː") == ["wˈʌ", None, "tˈu"]


def test_the_same_word_again_and_again_is_found_each_time():
    phonemes = "nˈoʊ, nˈoʊ nˈoʊ! nˈoʊ"
    assert word_starts(["nˈoʊ"] * 4, list(phonemes)) == [0, 6, 11, 17]


@pytest.mark.parametrize(
    ("words", "phonemes"), [([], "abc"), (["abc"], ""), (["abc"], ".,"), ([""], "abc"), ([], "")]
)
def test_nothing_is_found_where_nothing_is(words, phonemes):
    assert word_starts(words, list(phonemes)) == [None] * len(words)


def test_starts_never_go_back_whatever_the_phonemes():
    words = ["ðə", "kˈæt", "sˈæt", "ɔn", "ðə", "mˈæt"]
    for phonemes in ("mˈæt ɔnðə kˈæt", "xyz", "ððððð", "tæs tæk əð"):
        found = word_starts(words, list(phonemes))
        assert found == sorted(found)
        assert all(0 <= start < len(phonemes) for start in found)
