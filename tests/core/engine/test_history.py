"""What the model is reminded of, and what the user has heard."""

from __future__ import annotations

import pytest

from voicebot.engine.history import History
from voicebot.engine.speaking.units.reply_text import WrittenReply
from voicebot.engine.speaking.units.reply_unit import Heard, SpokenUnit
from voicebot.messages import Message, WordTiming


def test_history_keeps_the_order_of_what_was_said() -> None:
    history = History("be nice", 1000)
    history.user_said("hello")
    history.bot_was_heard("hi")
    assert history.messages == (
        Message("system", "be nice"),
        Message("user", "hello"),
        Message("assistant", "hi"),
    )


def test_a_request_drops_the_oldest_messages_but_never_the_system_message_nor_the_question() -> None:
    history = History("system " * 100, 25)
    for index in range(10):
        history.user_said(f"question {index}")
        history.bot_was_heard(f"answer {index}")
    history.user_said("x" * 500)
    request = history.request()
    assert request[0].role == "system"
    assert [message.content for message in request[1:]] == ["question 9", "answer 9", "x" * 500]
    assert len(history.messages) == 22


def test_a_budget_of_nothing_still_sends_the_question() -> None:
    history = History("", 0)
    history.user_said("one")
    history.user_said("two")
    assert history.request() == (Message("user", "two"),)


def test_a_withdrawn_question_leaves_no_trace() -> None:
    history = History("", 100)
    history.withdraw(history.user_said("one"))
    assert history.messages == ()


def test_nothing_heard_leaves_no_message() -> None:
    history = History("", 100)
    history.bot_was_heard("")
    assert history.messages == ()


def heard_of(unit: SpokenUnit, seconds: float, total: float) -> str:
    heard = Heard()
    heard.begin(unit)
    heard.wrote(total)
    unit.complete = True
    return heard.text(seconds)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, ""), (0.1, ""), (1.0, "one two"), (1.9, "one two three"), (2.0, "one two three four")],
)
def test_without_timings_the_words_heard_follow_from_the_share_played(seconds: float, expected: str) -> None:
    assert heard_of(SpokenUnit("one two three four", "one two three four"), seconds, 2.0) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, ""), (0.31, "one"), (1.4, "one"), (1.6, "one two"), (2.0, "one two three")],
)
def test_with_timings_a_word_is_heard_when_the_next_begins(seconds: float, expected: str) -> None:
    timings = [WordTiming(0, 3, 0.0), WordTiming(4, 3, 0.3), WordTiming(8, 5, 1.5)]
    unit = SpokenUnit("one two three", "one two three", timings=timings)
    assert heard_of(unit, seconds, 2.0) == expected


def test_units_are_heard_one_after_the_other() -> None:
    heard = Heard()
    for text in ("One two.", "Three four."):
        unit = SpokenUnit(text, text)
        heard.begin(unit)
        heard.wrote(1.0)
        unit.complete = True
    assert heard.text(1.0) == "One two."
    assert heard.text(1.6) == "One two. Three"
    assert heard.text(9.0) == "One two. Three four."


def test_a_unit_heard_whole_is_kept_as_it_was_written() -> None:
    assert heard_of(SpokenUnit("**Bold** 😀", "Bold"), 1.0, 1.0) == "**Bold** 😀"


def test_a_unit_that_is_still_coming_is_not_taken_for_complete() -> None:
    heard = Heard()
    heard.begin(SpokenUnit("a b c d e f g h i j k l m n o p", "a b c d e f g h i j k l m n o p"))
    heard.wrote(0.5)
    assert heard.text(0.5) == "a b c d"


@pytest.mark.parametrize(
    ("text", "seconds", "heard"),
    [
        ("今天天气很好我们去公园吧", 5.0, "今天天气很好"),
        ("我用Python写程序的时候", 4.0, "我用"),  # not in the middle of a word
        ("こんにちは、元気ですか。", 5.0, "こんにちは、"),
        ("สวัสดีครับ", 5.0, "สวัส"),
        ("กำลังเดินไปบ้าน", 5.0, "กำลัง"),  # vowel signs stay with their consonant
        ("ស្ត្រីខ្មែរស្រី", 5.0, "ស្ត្រី"),
        ("မြန်မာစကား", 5.0, "မြန်"),
        ("བོད་སྐད་ཡིག་གེ", 6.0, "བོད་སྐད་"),
        ("안녕하세요 반갑습니다", 5.0, "안녕하세요"),
        ("今天👩‍👩‍👧‍👧好", 5.0, "今天"),
    ],
)
def test_what_was_heard_of_scripts_without_blanks_is_told_by_the_character(
    text: str, seconds: float, heard: str
) -> None:
    assert heard_of(SpokenUnit(text, text), seconds, 10.0) == heard


def test_sentences_without_a_blank_between_them_are_remembered_without_one() -> None:
    written, heard = WrittenReply(), Heard()
    written.add("你好。我很好！ And you?")
    for text in ("你好。", "我很好！", "And you?"):
        written.place(unit := SpokenUnit(text, text))
        heard.begin(unit)
        heard.wrote(1.0)
        unit.complete = True
    assert heard.everything() == "你好。我很好！ And you?"
    assert heard.text(2.0) == "你好。我很好！"


def test_a_question_that_was_taken_back_is_not_corrected() -> None:
    history = History("", 100)
    first = history.user_said("what is it")
    second = history.user_said("what is it")
    history.withdraw(second)
    history.correct(second, "refused words")
    assert history.messages == (Message("user", "what is it"),)
    assert history.correct(first, "what is that") is history.messages[0]
    assert history.messages == (Message("user", "what is that"),)
