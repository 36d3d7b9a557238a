"""When the words before a pause are taken to be complete."""

from __future__ import annotations

import pytest

from voicebot.engine.turns.user_turn.transcription_delay import TranscriptionDelay


def test_without_a_word_since_the_last_sound_the_usual_time_is_waited() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    assert delay.complete_at(9.8, silent_since=10.0) == pytest.approx(10.3)


def test_a_word_since_the_last_sound_is_the_last_once_none_has_followed_it_in_a_burst() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    assert delay.complete_at(10.1, silent_since=10.0) == pytest.approx(10.22)


def test_a_recogniser_that_tells_its_words_late_is_waited_for_longer() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    for start in range(20):
        delay.measure(start + 0.7, silent_since=start)
    assert delay.complete_at(29.0, silent_since=30.0) == pytest.approx(30.8, abs=0.01)


def test_words_from_before_the_silence_teach_nothing() -> None:
    delay = TranscriptionDelay(expected=0.2, margin=0.1)
    delay.measure(9.0, silent_since=10.0)
    assert delay.complete_at(9.0, silent_since=10.0) == pytest.approx(10.3)
