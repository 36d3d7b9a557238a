"""Words of texts: when two texts say the same, and whether a text says anything."""

from __future__ import annotations

import pytest

from voicebot.engine.text.words import alike, has_words, same_words, words


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("What's up?", "whats up", True),
        ("ÉTÉ", "été", True),
        ("turn on", "turn off", False),
        ("a  b", "a b", True),
        ("snake_case", "snake case", True),
        ("café", "café", True),
        ("Straße", "STRASSE", True),
        ("Ｈｅｌｌｏ　１２", "hello 12", True),
        ("ｶﾞｲﾄﾞ", "ガイド", True),
        ("İstanbul", "istanbul", True),
        ("IŞIK", "ışık", True),
        ("sınır", "sinir", False),
        ("l´été, l`été", "l'été lʼété", True),
        ("我 要 茶", "我要茶。", True),
        ("我要茶", "我要查", False),
        ("مرحبًا محـــمد", "مرحبا محمد", True),
        ("שָׁלוֹם", "שלום", True),
        ("می‌خواهم", "میخواهم", True),
        ("Don’t", "Do­n't", True),
        ("❤️ yes", "yes", True),
    ],
)
def test_case_spacing_and_punctuation_make_no_difference(one: str, other: str, *, same: bool) -> None:
    assert same_words(one, other) is same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("काम क्या है", "कम क्या है"),
        ("उसकी", "उसका"),
        ("কাল", "কূল"),
        ("பல்", "பால்"),
        ("ไม่", "ไม้"),
        ("บ้าน", "บาน"),
        ("ලංකාව", "ලංකව"),
        ("ខ្មែរ", "ខ្មរ"),
        ("résumé", "resume"),
        ("もの", "もも"),
        ("か", "が"),
    ],
)
def test_a_vowel_sign_or_an_accent_makes_another_word(one: str, other: str) -> None:
    assert not same_words(one, other)


def test_in_scripts_without_blanks_each_character_is_a_word() -> None:
    assert words("我要iPhone 15。") == ("我", "要", "iphone", "15")
    assert alike("我想要一杯咖啡", "我想要一杯热咖啡")
    assert not alike("我想要一杯咖啡", "今天天气怎么样")


@pytest.mark.parametrize("text", ["", " ", ".", "?", "。", "…", "—", "😊", "👍🏽", "♪", "\u200b", "'", "́"])
def test_marks_and_emoji_are_not_words(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize("text", ["a", "É", "嗯", "7", "ก", "हाँ", "نعم", "٣", "½", "네.", "😊 ok"])
def test_a_letter_or_a_digit_of_any_script_is_a_word(text: str) -> None:
    assert has_words(text)
