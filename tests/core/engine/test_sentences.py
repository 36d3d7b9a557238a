"""Where a reply is cut."""

from __future__ import annotations

import pytest

from voicebot.engine.sentences import SentenceCutter


def cut(text: str, size: int, *, short_first: bool = False) -> list[str]:
    cutter = SentenceCutter(short_first=short_first)
    units: list[str] = []
    for start in range(0, len(text), size):
        units += cutter.feed(text[start : start + size])
    return units + cutter.flush()


SENTENCES = {
    "plain": ["He left.", "Then he slept!", "Did he?"],
    "titles": ["Dr. Smith met Mrs. Jones.", "They talked."],
    "initials": ["J. R. R. Tolkien wrote it.", "So am I."],
    "decimals": ["It costs 3.50 dollars.", "In 1999.", "Then no more."],
    "times": ["He left at 5 p.m. sharp.", "Fine."],
    "abbreviations": ["Use e.g. this one, etc. and more.", "Done."],
    "hosts": ["Visit www.example.com or a.b.org now.", "Ok?"],
    "addresses": ["See https://a.b/c?d=e!f&g=h for more.", "Is it http://a.b/?", "It is."],
    "questions": ["Wait?!", "No way!"],
    "quotes": ['"Really?"', "she said."],
    "chinese": ["你好。", "你好吗？", "很好！"],
    "arabic": ["كيف حالك؟", "بخير۔"],
    "list": ["1. First thing.", "2. Second thing"],
    "german": ["Das ist z.B. Herr Dr. Maier.", "Gut."],
}


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("units", SENTENCES.values(), ids=SENTENCES.keys())
def test_a_reply_is_cut_at_the_ends_of_sentences(units: list[str], size: int) -> None:
    glue = "" if ord(units[0][0]) > 0x3000 else "\n" if units[0].startswith("1.") else " "
    cuts = cut(glue.join(units), size)
    if size == 1000:
        assert cuts == units
    else:  # closing marks that come after the cut are not spoken, and dropped
        assert [unit.rstrip('"!') for unit in cuts] == [unit.rstrip('"!') for unit in units]


def test_an_unambiguous_end_is_cut_without_waiting_for_the_next_token() -> None:
    cutter = SentenceCutter(short_first=False)
    assert cutter.feed("I see no ship") == []
    assert cutter.feed(".") == ["I see no ship."]


def test_an_ambiguous_full_stop_waits_for_what_follows() -> None:
    cutter = SentenceCutter(short_first=False)
    assert cutter.feed("It weighs 3.") == []
    assert cutter.feed("5 tons.") == ["It weighs 3.5 tons."]


def test_the_first_unit_is_a_short_clause() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("Well, to tell you the truth, ") == ["Well, to tell you the truth,"]
    assert cutter.feed("I never found any of it, but") == []


def test_the_first_unit_is_a_handful_of_words_where_there_is_no_clause() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("The treasure lies buried under seven") == []
    assert cutter.feed(" palms on") == ["The treasure lies buried under seven"]


def test_the_first_unit_does_not_end_with_an_article() -> None:
    cutter = SentenceCutter()
    assert cutter.feed("It is buried deep under the ") == []
    assert cutter.feed("palms on the ") == ["It is buried deep under the palms"]


def test_nothing_is_lost_and_no_unit_is_too_long() -> None:
    text = "word " * 20_000 + "x" * 5_000
    units = cut(text, 7, short_first=True)
    assert "".join("".join(units).split()) == "".join(text.split())
    assert max(map(len, units)) <= 301


def test_white_space_alone_is_no_unit() -> None:
    assert cut(" \n \n", 1) == []
