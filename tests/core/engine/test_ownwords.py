"""Which words the bot takes for its own: tables of what it said, and what was heard and when."""

from __future__ import annotations

import pytest

from voicebot.engine.ownwords import OwnWords

STORY = "One night the moon fell into the sea. We pulled it up with a net, and not one soul thanked us."


def own(said: str, heard: str, *, began: float, silent: float | None = None, until: float = 0.0) -> bool:
    """Say something from second 10 on, fall silent maybe, and hear something."""
    words = OwnWords()
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
    words = OwnWords()
    words.spoke(10.0, "Hello there.")
    words.spoke(14.0, "I like tea best.")
    assert not words.include("i like tea best", 11.0, 12.0)
    assert words.include("i like tea best", 14.2, 16.0)


def test_a_word_or_two_are_an_echo_only_of_what_was_said_just_now():
    words = OwnWords()
    words.spoke(
        10.0, "Coffee is what I drink. " + "And on and on and on and on it goes for a while now, my friend."
    )
    assert not words.include("coffee", 22.0, 22.5)


def test_a_bot_that_has_said_nothing_owns_no_words():
    assert not OwnWords().include("hello there", 1.0, 2.0)
