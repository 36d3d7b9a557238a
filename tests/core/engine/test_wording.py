"""When two texts say the same, what is assent, and what was asked last."""

from __future__ import annotations

import pytest

from voicebot.engine.wording import asks_for, is_assent, last_question, same_words


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
    ],
)
def test_what_a_question_asks_for(question: str, sought: str, *, has: bool) -> None:
    assert asks_for(question, sought) is has


@pytest.mark.parametrize(
    ("text", "assent"),
    [("Mm-hm.", True), ("okay okay", True), ("Yeah, right!", True), ("okay stop", False), ("", False)],
)
def test_assent_wants_no_turn(text: str, *, assent: bool) -> None:
    assert is_assent(text) is assent


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("What's up?", "whats up", True),
        ("ÉTÉ", "été", True),
        ("turn on", "turn off", False),
        ("a  b", "a b", True),
    ],
)
def test_case_spacing_and_punctuation_make_no_difference(one: str, other: str, *, same: bool) -> None:
    assert same_words(one, other) is same
