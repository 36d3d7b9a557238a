"""How much of a reply the user has heard after so many seconds of it."""

from __future__ import annotations

import pytest

from voicebot.engine.speaking.units.heard_text import HeardText
from voicebot.engine.speaking.units.reply_text import ReplyText
from voicebot.engine.speaking.units.reply_unit import ReplyUnit
from voicebot.messages import WordTiming


def heard_of(unit: ReplyUnit, seconds: float, total: float) -> str:
    heard = HeardText()
    heard.begin(unit)
    heard.add(total)
    unit.complete = True
    return heard.after(seconds)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0, ""), (0.1, ""), (1.0, "one two"), (1.9, "one two three"), (2.0, "one two three four")],
)
def test_without_timings_the_words_heard_follow_from_the_share_played(seconds: float, expected: str) -> None:
    assert heard_of(ReplyUnit("one two three four", "one two three four"), seconds, 2.0) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, ""), (0.31, "one"), (1.4, "one"), (1.6, "one two"), (2.0, "one two three")],
)
def test_with_timings_a_word_is_heard_when_the_next_begins(seconds: float, expected: str) -> None:
    timings = [WordTiming(0, 3, 0.0), WordTiming(4, 3, 0.3), WordTiming(8, 5, 1.5)]
    unit = ReplyUnit("one two three", "one two three", timings=timings)
    assert heard_of(unit, seconds, 2.0) == expected


def test_units_are_heard_one_after_the_other() -> None:
    heard = HeardText()
    for text in ("One two.", "Three four."):
        unit = ReplyUnit(text, text)
        heard.begin(unit)
        heard.add(1.0)
        unit.complete = True
    assert heard.after(1.0) == "One two."
    assert heard.after(1.6) == "One two. Three"
    assert heard.after(9.0) == "One two. Three four."


def test_a_unit_heard_whole_is_kept_as_it_was_written() -> None:
    assert heard_of(ReplyUnit("**Bold** 😀", "Bold"), 1.0, 1.0) == "**Bold** 😀"


def test_a_unit_whose_audio_is_still_arriving_is_not_taken_for_complete() -> None:
    heard = HeardText()
    heard.begin(ReplyUnit("a b c d e f g h i j k l m n o p", "a b c d e f g h i j k l m n o p"))
    heard.add(0.5)
    assert heard.after(0.5) == "a b c d"


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
def test_heard_text_of_scripts_without_spaces_may_end_after_any_character(
    text: str, seconds: float, heard: str
) -> None:
    assert heard_of(ReplyUnit(text, text), seconds, 10.0) == heard


def test_sentences_without_a_space_between_them_are_kept_without_one() -> None:
    reply, heard = ReplyText(), HeardText()
    reply.add("你好。我很好！ And you?")
    for text in ("你好。", "我很好！", "And you?"):
        reply.place(unit := ReplyUnit(text, text))
        heard.begin(unit)
        heard.add(1.0)
        unit.complete = True
    assert heard.at_end() == "你好。我很好！ And you?"
    assert heard.after(2.0) == "你好。我很好！"
