"""When the words before a pause count as complete."""

from __future__ import annotations

import pytest

from voicebot.engine.turns.user_turn.transcription_delay import TranscriptionDelay


def test_without_a_word_in_the_pause_the_usual_delay_must_have_passed() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    assert delay.complete_at(9.8, silent_since=10.0) == pytest.approx(10.3)


def test_a_word_in_the_pause_is_the_last_unless_another_follows_it_in_a_burst() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    assert delay.complete_at(10.1, silent_since=10.0) == pytest.approx(10.22)


def test_the_delay_of_a_slow_recogniser_is_learned() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    for start in range(20):
        delay.measure(start + 0.7, silent_since=start)
    assert delay.complete_at(29.0, silent_since=30.0) == pytest.approx(30.8, abs=0.01)


def test_words_from_before_the_silence_say_nothing_about_the_delay() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    delay.measure(9.0, silent_since=10.0)
    assert delay.complete_at(9.0, silent_since=10.0) == pytest.approx(10.3)


def test_words_that_were_complete_in_three_pauses_are_taken_to_be_complete_at_once() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    for _ in range(3):
        assert delay.complete_at(29.0, silent_since=30.0) == pytest.approx(30.3)
        delay.final_came(29.0, silent_since=30.0)
    assert delay.complete_at(29.0, silent_since=30.0) == pytest.approx(30.0)
    delay.measure(30.2, silent_since=30.0)
    assert delay.complete_at(39.0, silent_since=40.0) == pytest.approx(40.3)
