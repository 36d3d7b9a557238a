"""When the words before a pause are taken to be complete."""

from __future__ import annotations

import pytest

from voicebot.engine.turns.user_turn.transcription_delay import LastWord


def test_without_a_word_since_the_last_sound_the_usual_time_is_waited() -> None:
    last_word = LastWord(lag=0.2, margin=0.1)
    assert last_word.told_by(9.8, silent_since=10.0) == pytest.approx(10.3)


def test_a_word_since_the_last_sound_is_the_last_once_none_has_followed_it_in_a_burst() -> None:
    last_word = LastWord(lag=0.2, margin=0.1)
    assert last_word.told_by(10.1, silent_since=10.0) == pytest.approx(10.22)


def test_a_recogniser_that_tells_its_words_late_is_waited_for_longer() -> None:
    last_word = LastWord(lag=0.2, margin=0.1)
    for start in range(20):
        last_word.learn(start + 0.7, silent_since=start)
    assert last_word.told_by(29.0, silent_since=30.0) == pytest.approx(30.8, abs=0.01)


def test_words_from_before_the_silence_teach_nothing() -> None:
    last_word = LastWord(lag=0.2, margin=0.1)
    last_word.learn(9.0, silent_since=10.0)
    assert last_word.told_by(9.0, silent_since=10.0) == pytest.approx(10.3)
