"""Which words are taken for an echo: tables of what the bot said, and what was recognised when."""

from __future__ import annotations

import pytest

from voicebot.engine.hearing.echo.word_detector import WordEchoDetector

STORY = "One night the moon fell into the sea. We pulled it up with a net, and not one soul thanked us."


def heard_as_echo(
    said: str, heard: str, *, began: float, silent: float | None = None, until: float = 0.0
) -> bool:
    """Return whether words are an echo of a bot that spoke from second 10 on, perhaps until it was silent."""
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, said)
    if silent is not None:
        detector.stopped(silent)
    return detector.is_echo(heard, began, until or began + 1.5)


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
def test_words_that_the_bot_is_saying_are_an_echo(said, heard):
    assert heard_as_echo(said, heard, began=10.5, until=16.0)


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
def test_a_user_speaking_over_the_bot_is_not_an_echo(said, heard):
    assert not heard_as_echo(said, heard, began=10.5, until=16.0)


@pytest.mark.parametrize(
    ("began", "expected"),
    [(11.0, True), (12.0, True), (12.4, True), (12.6, False), (14.0, False)],
)
def test_a_word_of_a_question_is_an_answer_once_the_bot_has_been_silent_for_half_a_second(began, expected):
    assert heard_as_echo("Tea or coffee?", "coffee", began=began, silent=12.0) is expected


def test_an_echo_that_is_recognised_late_is_still_an_echo():
    assert heard_as_echo(STORY, "one soul thanked us", began=17.0, silent=17.4, until=22.0)


def test_words_that_were_not_said_yet_are_not_an_echo():
    assert not heard_as_echo(STORY, "not one soul thanked us", began=10.2, until=11.0)


def test_a_unit_that_will_be_heard_later_has_no_echo_yet():
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, "Hello there.")
    detector.unit_spoken(14.0, "I like tea best.")
    assert not detector.is_echo("i like tea best", 11.0, 12.0)
    assert detector.is_echo("i like tea best", 14.2, 16.0)


def test_a_word_or_two_are_an_echo_only_of_what_was_said_just_now():
    detector = WordEchoDetector()
    detector.unit_spoken(
        10.0, "Coffee is what I drink. " + "And on and on and on and on it goes for a while now, my friend."
    )
    assert not detector.is_echo("coffee", 22.0, 22.5)


def test_nothing_is_an_echo_before_the_bot_has_spoken():
    assert not WordEchoDetector().is_echo("hello there", 1.0, 2.0)


def test_an_older_reply_has_no_echo_when_another_was_heard_meanwhile():
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, "Would you like tea or coffee?")
    detector.stopped(12.0)
    assert detector.is_echo("tea or coffee", 11.5, 12.5)
    detector.unit_spoken(15.0, "Take your time.")
    detector.stopped(16.0)
    assert detector.is_echo("take your time", 15.5, 16.6)
    assert not detector.is_echo("coffee", 16.1, 16.8)
    assert not detector.is_echo("tea", 15.2, 15.8)


def test_a_reply_of_which_nothing_was_heard_has_no_echo():
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, "Would you like tea or coffee?")
    detector.stopped(12.0)
    detector.stopped(15.0)  # a reply that was interrupted before its first sound
    detector.unit_spoken(15.4, "Coffee it is.")
    detector.stopped(15.2)  # another, whose sound was queued
    assert not detector.is_echo("coffee", 15.1, 15.9)
    assert not detector.is_echo("coffee it is", 15.5, 16.5)


def test_speech_is_compared_with_what_the_bot_said_during_it_and_not_when_it_was_recognised():
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, "One night the moon fell into the sea.")
    detector.unit_spoken(13.0, "We pulled it up with a net.")
    assert not detector.is_echo("pulled it up", 11.0, 12.0)
    assert detector.is_echo("pulled it up", 13.2, 14.5)


def test_a_unit_ends_long_before_the_next_one_begins_if_that_is_late():
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, "Tea or coffee?")
    detector.unit_spoken(30.0, "I like tea best.")
    assert detector.is_echo("coffee", 11.0, 12.0)
    assert not detector.is_echo("coffee", 25.0, 26.0)


def test_while_the_voice_is_held_there_is_no_echo_and_what_is_queued_comes_later():
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, "One night the moon fell into the sea.")
    detector.unit_spoken(13.0, "We pulled it up with a net.")
    detector.held(11.0)
    assert detector.is_echo("one night the moon", 10.4, 11.3)
    assert not detector.is_echo("fell into the sea", 13.0, 14.0)
    detector.resumed(20.0)
    assert not detector.is_echo("fell into the sea", 13.0, 14.0)
    assert detector.is_echo("fell into the sea", 20.2, 21.5)
    assert not detector.is_echo("with a net", 13.5, 14.5)
    assert detector.is_echo("we pulled it up with a net", 22.2, 24.5)


def test_a_unit_that_was_held_when_it_was_interrupted_was_not_heard():
    detector = WordEchoDetector()
    detector.unit_spoken(10.0, "One night the moon fell into the sea.")
    detector.unit_spoken(13.0, "We pulled it up with a net.")
    detector.held(12.0)
    detector.stopped(14.0)
    assert detector.is_echo("the moon fell", 11.0, 12.4)
    assert not detector.is_echo("the moon fell", 13.0, 14.0)
    assert not detector.is_echo("with a net", 13.2, 14.2)


@pytest.mark.parametrize(
    ("said", "heard", "expected"),
    [
        ("你想喝茶还是咖啡？", "喝茶还是咖啡", True),
        ("你想喝茶还是咖啡？", "我想喝茶", False),
        ("お茶とコーヒーとどちらがいいですか。", "コーヒーとどちらが", True),
        ("はいかいいえで答えてください。", "いいえ", False),
        ("请说停。", "停", False),
        ("कहिए हाँ या नहीं।", "नहीं", False),
    ],
)
def test_words_of_any_script_are_compared(said, heard, expected):
    assert heard_as_echo(said, heard, began=10.5, until=13.0) is expected
