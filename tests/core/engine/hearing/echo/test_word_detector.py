"""Which words the bot takes for its own: tables of what it said, and what was heard and when."""

from __future__ import annotations

import pytest

from voicebot.engine.hearing.echo.word_detector import EchoByWords

STORY = "One night the moon fell into the sea. We pulled it up with a net, and not one soul thanked us."


def own(said: str, heard: str, *, began: float, silent: float | None = None, until: float = 0.0) -> bool:
    """Say something from second 10 on, fall silent maybe, and hear something."""
    words = EchoByWords()
    words.spoke(10.0, said)
    if silent is not None:
        words.fell_silent(silent)
    return words.include(heard, began, until or began + 1.5)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (STORY, "one night the moon fell"),
        (STORY, "fell into the sea we pulled it up"),
        (STORY, "One night, the moon FELL into"),
        # misheard: words that are nearly the same, and among many a few that are not
        (STORY, "one nights the moons fell"),
        (STORY, "one night the noon felt in to the sea we pulled it up"),
        ("Ahoy! I be Captain Flint.", "ahoy i be captain"),
        ("Shall I tell you a joke?", "a joke"),
    ],
)
def test_words_that_the_bot_is_saying_are_its_own(said, heard):
    assert own(said, heard, began=10.5, until=16.0)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (STORY, "where is the treasure"),
        (STORY, "the moon is made of cheese"),
        (STORY, "stop it please"),
        (STORY, "sea moon night one"),  # its words in another order
        ("Do you want tea or coffee?", "i want tea with milk"),
        ("Say yes or no, or stop me.", "yes"),
        ("Say yes or no, or stop me.", "no"),
        ("Say yes or no, or stop me.", "stop"),
        ("Say yes or no, or stop me.", "no, stop"),
        # it began as an echo, and then the user joined in
        (STORY, "one night the moon fell into the sea stop"),
        (STORY, "one night the moon fell into the sea what about dinner"),
        ("Sagen Sie ja oder nein.", "nein"),
        (STORY, ""),
    ],
)
def test_what_a_user_says_over_the_bot_is_not_its_own(said, heard):
    assert not own(said, heard, began=10.5, until=16.0)


@pytest.mark.parametrize(
    ("began", "is_own"),
    [(11.0, True), (12.0, True), (12.4, True), (12.6, False), (14.0, False)],
)
def test_a_word_of_a_question_is_an_answer_once_the_bot_has_been_silent_for_half_a_second(began, is_own):
    assert own("Tea or coffee?", "coffee", began=began, silent=12.0) is is_own


def test_an_echo_is_told_late_and_is_its_own_all_the_same():
    assert own(STORY, "one soul thanked us", began=17.0, silent=17.4, until=22.0)


def test_what_has_not_been_said_yet_has_no_echo():
    assert not own(STORY, "not one soul thanked us", began=10.2, until=11.0)


def test_a_unit_that_will_be_heard_later_has_no_echo_yet():
    words = EchoByWords()
    words.spoke(10.0, "Hello there.")
    words.spoke(14.0, "I like tea best.")
    assert not words.include("i like tea best", 11.0, 12.0)
    assert words.include("i like tea best", 14.2, 16.0)


def test_a_word_or_two_are_an_echo_only_of_what_was_said_just_now():
    words = EchoByWords()
    words.spoke(
        10.0, "Coffee is what I drink. " + "And on and on and on and on it goes for a while now, my friend."
    )
    assert not words.include("coffee", 22.0, 22.5)


def test_a_bot_that_has_said_nothing_owns_no_words():
    assert not EchoByWords().include("hello there", 1.0, 2.0)


def test_an_older_reply_has_no_echo_when_another_was_heard_meanwhile():
    words = EchoByWords()
    words.spoke(10.0, "Would you like tea or coffee?")
    words.fell_silent(12.0)
    assert words.include("tea or coffee", 11.5, 12.5)
    words.spoke(15.0, "Take your time.")
    words.fell_silent(16.0)
    assert words.include("take your time", 15.5, 16.6)
    assert not words.include("coffee", 16.1, 16.8)
    assert not words.include("tea", 15.2, 15.8)


def test_a_reply_of_which_nothing_was_heard_has_no_echo():
    words = EchoByWords()
    words.spoke(10.0, "Would you like tea or coffee?")
    words.fell_silent(12.0)
    words.fell_silent(15.0)  # a reply that was interrupted before its first sound
    words.spoke(15.4, "Coffee it is.")
    words.fell_silent(15.2)  # another, whose sound was queued
    assert not words.include("coffee", 15.1, 15.9)
    assert not words.include("coffee it is", 15.5, 16.5)


def test_speech_is_compared_with_what_was_heard_while_it_lasted_and_not_when_it_was_told():
    words = EchoByWords()
    words.spoke(10.0, "One night the moon fell into the sea.")
    words.spoke(13.0, "We pulled it up with a net.")
    assert not words.include("pulled it up", 11.0, 12.0)
    assert words.include("pulled it up", 13.2, 14.5)


def test_a_unit_whose_next_is_long_in_coming_is_over_by_then():
    words = EchoByWords()
    words.spoke(10.0, "Tea or coffee?")
    words.spoke(30.0, "I like tea best.")
    assert words.include("coffee", 11.0, 12.0)
    assert not words.include("coffee", 25.0, 26.0)


def test_while_the_voice_is_held_there_is_no_echo_and_what_is_queued_comes_later():
    words = EchoByWords()
    words.spoke(10.0, "One night the moon fell into the sea.")
    words.spoke(13.0, "We pulled it up with a net.")
    words.held(11.0)
    assert words.include("one night the moon", 10.4, 11.3)
    assert not words.include("fell into the sea", 13.0, 14.0)
    words.resumed(20.0)
    assert not words.include("fell into the sea", 13.0, 14.0)
    assert words.include("fell into the sea", 20.2, 21.5)
    assert not words.include("with a net", 13.5, 14.5)
    assert words.include("we pulled it up with a net", 22.2, 24.5)


def test_what_was_held_when_it_was_interrupted_was_not_heard():
    words = EchoByWords()
    words.spoke(10.0, "One night the moon fell into the sea.")
    words.spoke(13.0, "We pulled it up with a net.")
    words.held(12.0)
    words.fell_silent(14.0)
    assert words.include("the moon fell", 11.0, 12.4)
    assert not words.include("the moon fell", 13.0, 14.0)
    assert not words.include("with a net", 13.2, 14.2)


@pytest.mark.parametrize(
    ("said", "heard", "is_own"),
    [
        ("你想喝茶还是咖啡？", "喝茶还是咖啡", True),
        ("你想喝茶还是咖啡？", "我想喝茶", False),
        ("お茶とコーヒーとどちらがいいですか。", "コーヒーとどちらが", True),
        ("はいかいいえで答えてください。", "いいえ", False),
        ("请说停。", "停", False),
        ("कहिए हाँ या नहीं।", "नहीं", False),
    ],
)
def test_words_of_any_script_are_compared(said, heard, is_own):
    assert own(said, heard, began=10.5, until=13.0) is is_own
