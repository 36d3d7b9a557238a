"""Printed text can do no harm, and legitimate characters survive."""

from __future__ import annotations

import json
import unicodedata

import pytest

from voicebot.plain_text import printable, printable_json, printable_lines, printable_words

DANGEROUS = [
    *(chr(c) for c in range(0x20)),
    *(chr(c) for c in range(0x7F, 0xA0)),
    *"\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\u206a",
    *"\ufeff\ufff9\ufffb\U000e0001\U000e0041\U000e007f\ud83d\udc00",
]
HONEST = [
    "Ein Text, ein naïver Café-Gast: «Ça va?» 100 % – 5 €",
    "👩‍👩‍👧 🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏳️‍🌈 👍🏽 1️⃣",  # families, flags, skins, keycaps
    "می‌خواهم بروم",  # Persian with ZWNJ
    "क्‍ष और श्री",  # Hindi with ZWJ
    "ශ්‍රී ලංකා",  # Sinhala with ZWJ
    "שלום, עולם!",
    "١٢٣\u0600",  # an Arabic number sign has a shape
    "日本語　全角の空白",
    "a\u00a0b",
]


@pytest.mark.parametrize("make", [printable, printable_lines, printable_words])
@pytest.mark.parametrize("character", DANGEROUS, ids=lambda c: f"U+{ord(c):04X}")
def test_dangerous_characters_are_not_printed(make, character):
    shown = make(f"a{character}b")

    assert character not in shown or (make is printable_lines and character in "\n\t")
    assert all(c in "\n\t" or unicodedata.category(c)[0] != "C" for c in shown)


@pytest.mark.parametrize("make", [printable, printable_lines])
@pytest.mark.parametrize("text", HONEST)
def test_legitimate_characters_survive(make, text):
    assert make(text) == text
    assert printable_words(text) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("\x9b2J\x7f", "<U+009B>2J␡"),
        ("evil\u202egnp.exe", "evil<U+202E>gnp.exe"),
        ("one\r\nerror: two\u2028three\tfour", "one error: two three four"),
        ("a\u200db \u200c", "a<U+200D>b <U+200C>"),
        ("👩‍‍", "👩\u200d<U+200D>"),
        ("\ud83d!", "�!"),
        ("\u200eabc\u2066", "<U+200E>abc<U+2066>"),
        ("שלום\u200f, \u2066abc\u2069!", "שלום, abc!"),
        ("שלום\u202eabc", "שלום<U+202E>abc"),
    ],
)
def test_unprintable_characters_are_shown_as_symbols(text, shown):
    assert printable(text) == shown


def test_lines_are_kept_and_carriage_returns_are_not():
    assert printable_lines("a\r\nb\rc\n\td\u2029e\x1b") == "a\nb\nc\n\td\ne␛"


def test_spoken_words_lose_unprintable_characters():
    assert printable_words("  a\x1b[2J\n# b\u202e \u00adc\ufeff ") == "a[2J # b c"


@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_escapes_unprintable_characters_without_loss(ascii_only):
    document = {"text": "".join(DANGEROUS[:-2]) + HONEST[1]}

    text = printable_json(document, ascii_only=ascii_only)

    assert text.isprintable()
    assert json.loads(text) == document
