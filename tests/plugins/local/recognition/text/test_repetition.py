"""Text that Whisper repeats."""

from __future__ import annotations

import pytest

from voicebot_local.recognition.text.repetition import is_doubtful, is_impossible, without_repetition


@pytest.mark.parametrize(
    ("text", "seconds", "doubtful"),
    [
        ("Turn on the living room lamp.", 2.0, False),
        ("Turn on the living room lamp. Turn on the living room lamp.", 4.0, True),
        ("ten of clubs, ten of clubs, ten of clubs", 2.0, True),
        ("No, no, no!", 1.5, False),
        ("no no no no", 1.5, True),
        ("that that is", 1.0, False),
        ("one two three four five six", 1.0, True),
        ("one two three four five six", 3.0, False),
        ("Yes.", 0.2, False),
        ("", 0.0, False),
    ],
)
def test_a_text_is_doubtful_if_it_repeats_itself_or_is_too_fast(
    text: str, seconds: float, doubtful: bool
) -> None:
    assert is_doubtful(text, seconds) is doubtful


def test_a_fast_speaker_is_possible_and_a_machine_gun_is_not() -> None:
    words = "word " * 12
    assert not is_impossible(words, 2.0)
    assert is_impossible(words, 1.5)


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("ten of clubs, ten of clubs.", "ten of clubs."),
        ("Well, go on then. Go on then. Go on then!", "Well, go on then!"),
        ("the lamp", "the lamp"),
        ("no no no no no no", "no no no"),
        ("", ""),
    ],
)
def test_what_is_repeated_is_kept_once(text: str, once: str) -> None:
    assert without_repetition(text) == once
