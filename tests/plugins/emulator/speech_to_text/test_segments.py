"""Segments of speech are found in the sound's own time."""

from __future__ import annotations

import pytest

from voicebot_emulator.speech_to_text.segments import Began, Continued, Ended, Segments, Silent

from .client import SOUND, hum, silence


def test_segments_are_found_in_the_sounds_own_time() -> None:
    segments = Segments(SOUND, silence=0.3, longest=20.0, patience=5.0)
    audio = silence(0.2) + hum(1.0) + silence(0.2) + hum(0.5) + silence(1.0)

    found = [segment for first in range(0, len(audio), 700) for segment in segments.hear(audio[first:][:700])]
    kinds = [type(segment) for segment in found if not isinstance(segment, Continued)]

    assert kinds == [Began, Ended]
    assert isinstance(found[0], Began)
    assert found[0].at == pytest.approx(0.2)
    assert isinstance(found[-1], Ended)
    assert (found[-1].at, found[-1].seconds, found[-1].waited) == pytest.approx((0.2, 1.7, 0.3))
    heard = found[0].audio + b"".join(segment.audio for segment in found if isinstance(segment, Continued))
    assert heard == audio[: len(heard)]
    assert segments.end() is None


def test_a_click_is_not_speech_and_a_long_silence_is_reported_repeatedly() -> None:
    segments = Segments(SOUND, silence=0.3, longest=20.0, patience=2.0)

    found = list(segments.hear(silence(1.0) + hum(0.04) + silence(3.5)))

    assert found == [Silent(0.0, pytest.approx(2.0)), Silent(pytest.approx(2.0), pytest.approx(2.0))]


def test_endless_speech_is_cut_at_the_longest_segment() -> None:
    segments = Segments(SOUND, silence=0.3, longest=2.0, patience=5.0)

    found = [s for s in segments.hear(hum(5.0)) if not isinstance(s, Continued)]

    assert [type(segment) for segment in found] == [Began, Ended, Began, Ended, Began]
    assert segments.open
