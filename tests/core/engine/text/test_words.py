"""When two texts say the same, whether they say anything, and what was asked last."""

from __future__ import annotations

import pytest

from voicebot.engine.text.questions import asks_for, is_question, last_question
from voicebot.engine.text.words import alike, has_words, same_words, words


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("What is your phone number? I need it.", "What is your phone number? I need it."),
        ("I have your address. Anything else?", "Anything else?"),
        ("Who? Where?", "Where?"),
        ("Noted. Tell me about it.", "Tell me about it."),
        ("Hello", "Hello"),
        ("", ""),
        ("番号は?はい。", "番号は?はい。"),
        ("わかりました。番号は\uff1f", "番号は\uff1f"),
        ("شكرا. ما اسمك\u061f", "ما اسمك\u061f"),
        ("ٹھیک ہے۔ نام\u061f", "نام\u061f"),
        ("Լավ։ Ուր\u055e։", "Ուր\u055e։"),
        ("እሺ። ስም\u1367", "ስም\u1367"),
    ],
)
def test_what_was_asked_last(text: str, question: str) -> None:
    assert last_question(text) == question


@pytest.mark.parametrize(
    ("question", "sought", "has"),
    [
        ("What is your Phone Number?", "phone number", True),
        ("Would you like tea?", "^would you like", True),
        ("What would you like to do next?", "^would you like", False),
        ("Well then, shall I go on?", "^shall i", True),
        ("¿Quieres té?", "^quieres", True),
        ("Bueno, ¿quieres té?", "^quieres", True),
        ("Do you want tea?", "tea or coffee", False),
        ("Should it look nice?", "^should i", False),
        ("What’s your name?", "what's your name", True),
        ("Une réponse ?", "réponse", True),
        ("好的，你要茶吗？", "^你要", True),
        ("तो, क्या आप चाय लेंगे?", "^क्या", True),
        ("कमाल है, काम क्या है?", "^कम", False),
    ],
)
def test_what_a_question_asks_for(question: str, sought: str, *, has: bool) -> None:
    assert asks_for(question, (sought,)) is has


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


def test_words_without_blanks_between_them_are_counted_by_their_characters() -> None:
    assert words("我要iPhone 15。") == ("我", "要", "iphone", "15")
    assert alike("我想要一杯咖啡", "我想要一杯热咖啡")
    assert not alike("我想要一杯咖啡", "今天天气怎么样")


@pytest.mark.parametrize("text", ["", " ", ".", "?", "。", "…", "—", "😊", "👍🏽", "♪", "\u200b", "'", "́"])
def test_marks_and_emoji_are_no_words(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize("text", ["a", "É", "嗯", "7", "ก", "हाँ", "نعم", "٣", "½", "네.", "😊 ok"])
def test_a_letter_or_a_digit_of_any_script_is_a_word(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Shall I go on?", True),
        ("Shall I go on? 😊", True),
        ("Did you say “tea?”", True),
        ("要茶还是咖啡？", True),
        ("أتريد الشاي؟ ", True),
        ("お茶はいかがですか。", True),
        ("你要喝茶吗", True),
        ("とても静か。", False),
        ("Why? Because.", False),
        ("", False),
    ],
)
def test_a_question_of_any_script_is_one(text: str, *, asks: bool) -> None:
    assert is_question(text) is asks
