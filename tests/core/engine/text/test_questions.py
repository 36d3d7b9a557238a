"""Questions: whether a text ends in one, which was the last, and what it asks for."""

from __future__ import annotations

import pytest

from voicebot.engine.text.questions import asks_for, is_question, last_question


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
def test_the_last_question_of_a_text(text: str, question: str) -> None:
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
def test_whether_a_question_asks_for_something(question: str, sought: str, *, has: bool) -> None:
    assert asks_for(question, (sought,)) is has


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
def test_a_question_is_known_in_any_script(text: str, *, asks: bool) -> None:
    assert is_question(text) is asks


def test_one_of_some_phrases_is_enough() -> None:
    assert asks_for("Well then, shall I go on?", ("yes or no", "^should i", "^shall i"))
    assert not asks_for("Well then, shall I go on?", ())
