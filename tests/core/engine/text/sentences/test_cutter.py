"""Where a reply is cut into units."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise

import pytest

from voicebot.engine.text.sentences.cutter import SentenceCutter


def cut(text: str, size: int, *, short_first: bool = False) -> list[str]:
    cutter = SentenceCutter(short_first=short_first)
    units: list[str] = []
    for start in range(0, len(text), size):
        units += cutter.push(text[start : start + size])
    return units + cutter.flush()


SENTENCES = {
    "plain": ["He left. ", "Then he slept! ", "Did he?"],
    "titles": ["Dr. Smith, Ph.D., met Mrs. Jones. ", "They talked."],
    "initials": ["J. R. R. Tolkien wrote it. ", "So am I. ", "Good."],
    "decimals": ["It costs 3.50 dollars. ", "In 1999. ", "Then no more."],
    "versions": ["Pi is 3.14, this is v2.0.1. ", "It is 1.000,50 € now. ", "Yes."],
    "times": ["He left at 5 p.m. sharp. ", "At 5 p.m. ", "Then she came."],
    "abbreviations": ["Use e.g. this one, etc. and more. ", "In Dec. ", "We ski."],
    "states": ["The U.S. Army came. ", "Fine."],
    "numbers": ["See No. 5 and fig. 3. ", "No. ", "Never."],
    "hosts": ["Visit www.example.com or a.b.org now. ", "Ok?"],
    "addresses": ["See https://a.b/c?d=e!f&g=h. ", "Is it http://a.b/? ", "Mail a.b@c.de! ", "It is."],
    "links": ["See [Is it? Yes.](https://a.b/c?d) for it. ", "Use `a.b?` or `c!` there. ", "Done."],
    "ellipses": ["Well… ", "I see. ", "Go on."],
    "emoji": ["Ahoy! 😀 ", "I am glad 😀. ", "You?"],
    "contractions": ["They don't. ", "It's well-known. ", "Yes."],
    "chinese": ["你好。", "你好吗？", "很好！", "他问，“是吗？”他说。"],
    "japanese": ["「そうですか。」と言った。", "はい、3.5円です。"],
    "korean": ["네. ", "그렇습니다. ", "왜?"],
    "arabic": ["كيف حالك؟ ", "بخير، شكرا۔ ", "نعم."],
    "hindi": ["वह घर गया। ", "अच्छा है. ", "क्या?"],
    "list": ["1. First thing.", "\n2. Second thing\n", "3.5. Third\n", "a) Fourth"],
    "bold list": ["**1.** First\n", "**2. Second.", "\n- 3. Third"],
    "german titles": ["Das ist z.B. Herr Dr. Maier, z. B. so, bzw. Fr. Weiß. ", "Gut."],
    "german quotes": ["\u201eEr sagt: ja.\u201c ", "\u00bbNein.\u00ab ", "Sie blieb."],
    "german ordinals": ["Am 3. Mai, im 19. Jahrhundert, am 4. und der 2. Tag. ", "Ich habe 3. ", "Du?"],
    "french": ["M. Dupont, Mme. Curie, p. ex. en 52 av. J.-C., c.-à-d. avant. ", "Ça va ? ", "Oui."],
    "spanish": ["El Sr. López vive en EE. UU., p. ej. en la pág. 5. ", "¿Y tú? ", "¡Bien! ", "Vale."],
}


def random_pieces(text: str, seed: int) -> list[str]:
    choose = random.Random(seed)
    cuts = sorted(choose.sample(range(1, len(text)), k=min(len(text) - 1, 1 + seed % 20)))
    return [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]


def streamed(pieces: Iterable[str]) -> list[str]:
    cutter = SentenceCutter(short_first=False)
    return [unit for piece in pieces for unit in cutter.push(piece)] + cutter.flush()


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("units", SENTENCES.values(), ids=SENTENCES.keys())
def test_a_reply_is_cut_at_ends_of_sentences(units: list[str], size: int) -> None:
    assert cut("".join(units), size) == [unit.strip() for unit in units]


LONG = {
    "words": "word and " * 200,
    "clauses": "some words, and others; " * 60,
    "chinese": "\u4f60\u597d\uff0c" * 300,
    "thai": "\u0e40\u0e01\u0e34\u0e19\u0e44\u0e1b" * 200,
    "accents": "e\u0301o\u0308" * 400,
    "emoji": "\U0001f469\U0001f3fd\u200d\U0001f680\U0001f1e9\U0001f1ea" * 120,
    "an address": "See " + "very " * 55 + "https://a.b/" + "path,to/" * 20 + " now. Yes.",
    "a very long address": "https://a.b/" + "path,to/" * 60 + " now. Yes.",
    "a late number": "word " * 58 + "and No. 5 is 3.5. Then" + " more" * 80,
    "a late ordinal": "wort " * 58 + "wie am 3. Mai. Dann" + " mehr" * 80,
}


@pytest.mark.parametrize("text", ["".join(units) for units in SENTENCES.values()] + list(LONG.values()))
def test_the_units_do_not_depend_on_how_the_text_is_split(text: str) -> None:
    whole = streamed([text])
    assert streamed(text) == whole
    for seed in range(40):
        assert streamed(random_pieces(text, seed)) == whole


@pytest.mark.parametrize("closing", ['"', "\u201d", ")", "!!", "?!", "..", "**", "\u201d)", "[2]", "\u00bb"])
def test_closing_marks_belong_to_the_sentence(closing: str) -> None:
    text = f"Really!{closing} She said."
    assert streamed([text]) == streamed(text) == [f"Really!{closing}", "She said."]


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_markup_that_opens_a_line_is_not_taken_for_closing_marks(size: int) -> None:
    text = "Like this.\n```python\nx\n```\n* one\n**Two**\n"
    assert cut(text, size) == ["Like this.", "```python\nx\n```", "* one", "**Two**"]


@pytest.mark.parametrize("name", ["thai", "accents", "emoji"])
def test_an_overlong_unit_is_never_cut_within_a_character(name: str) -> None:
    pieces = {"thai": "\u0e40\u0e01\u0e34\u0e19\u0e44\u0e1b", "accents": "e\u0301o\u0308"}
    unit = pieces.get(name, "\U0001f469\U0001f3fd\u200d\U0001f680\U0001f1e9\U0001f1ea")
    starts = {"thai": (0, 1, 3, 4), "accents": (0, 2), "emoji": (0, 4)}[name]
    allowed = {0} | {start for start in starts if unit[start - 1] not in "\u0e40\u0e44"}
    position = 0
    units = streamed([LONG[name] * 5])
    assert len(units) > 1
    for each in units:
        assert position % len(unit) in allowed
        position += len(each)


@pytest.mark.parametrize("name", ["an address", "a very long address"])
def test_an_overlong_unit_is_never_cut_within_an_address(name: str) -> None:
    units = streamed([LONG[name]])
    assert units[-1] == "Yes."
    assert sum("path" in unit for unit in units) == 1


def test_an_endless_address_is_still_cut() -> None:
    units = streamed(["https://a.b/" + "x" * 9_000])
    assert max(map(len, units)) <= 2_000


def test_a_sentence_is_cut_as_soon_as_the_next_one_begins() -> None:
    cutter = SentenceCutter(short_first=False)
    assert cutter.push("I see no ship.") == []
    assert cutter.push(" ") == []
    assert cutter.push("N") == ["I see no ship."]
    assert cutter.push("o. Never!\n") == ["No."]
    assert cutter.push("G") == ["Never!"]


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("I see no ship.", ["I see no ship."]),
        ("Is it? ", ["Is it?"]),
        ('He said, "No."', []),
        ("I see no", []),
        ("I see Dr.", []),
        ("```\nIt is code.", []),
        ("`a.b", []),
    ],
)
def test_a_sentence_that_seems_finished_can_be_taken(text: str, finished: list[str]) -> None:
    cutter = SentenceCutter(short_first=False)
    assert cutter.push(text) == []
    assert cutter.take_finished() == finished
    assert cutter.take_finished() == []
    rest = [*cutter.push(" More of it. So."), *cutter.flush()]
    assert "".join("".join(finished + rest).split()) == "".join(f"{text} More of it. So.".split())


def test_an_ambiguous_full_stop_waits_for_what_follows() -> None:
    cutter = SentenceCutter(short_first=False)
    assert cutter.push("It weighs 3.") == []
    assert cutter.push("5 tons. Y") == ["It weighs 3.5 tons."]


def test_the_first_unit_is_a_short_clause() -> None:
    cutter = SentenceCutter()
    assert cutter.push("Well, to tell you the truth, ") == ["Well, to tell you the truth,"]
    assert cutter.push("I never found any of it, but") == []


def test_the_first_unit_is_a_few_words_if_there_is_no_clause() -> None:
    cutter = SentenceCutter()
    assert cutter.push("The treasure lies buried under seven") == []
    assert cutter.push(" palms on") == ["The treasure lies buried under seven"]


def test_the_first_unit_does_not_end_with_an_article() -> None:
    cutter = SentenceCutter()
    assert cutter.push("It is buried deep under the ") == []
    assert cutter.push("palms on the ") == ["It is buried deep under the palms"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("We met the old and grumpy Dr. Livingstone there", "We met the old and grumpy"),
        ("It costs them about 12 000 euros for", "It costs them about 12 000 euros"),
        ("Das Schiff von Kapitän Flint ist die schnellste von allen", "Das Schiff von Kapitän Flint ist"),
        ("Please look at [the map of the", None),
        ("# The title of this very long text", None),
        ("| a | b | c | d | e | f | g |", None),
        ("\u6211\u4e0d\u77e5\u9053\uff0c\u4f46", "\u6211\u4e0d\u77e5\u9053\uff0c"),
        (
            "\u0646\u0639\u0645 \u064a\u0627 \u0635\u062f\u064a\u0642\u064a\u060c \u0623",
            "\u0646\u0639\u0645 \u064a\u0627 \u0635\u062f\u064a\u0642\u064a\u060c",
        ),
    ],
)
def test_the_first_unit_ends_where_a_speaker_could_pause(text: str, first: str | None) -> None:
    cutter = SentenceCutter()
    units = [unit for character in text for unit in cutter.push(character)]
    assert units == ([first] if first else [])


def test_nothing_is_lost_and_no_unit_is_too_long() -> None:
    text = "word " * 20_000 + "x" * 5_000
    units = cut(text, 7, short_first=True)
    assert "".join("".join(units).split()) == "".join(text.split())
    assert max(len(unit) for unit in units if "word" in unit) <= 301
    assert max(map(len, units)) <= 2_001


def test_white_space_alone_is_not_a_unit() -> None:
    assert cut(" \n \n", 1) == []
