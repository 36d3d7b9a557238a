"""What of a segment is kept, and when it is due: without a clock, a model or a network."""

from __future__ import annotations

import numpy
import pytest

from voicebot_local.recognition.segment import Partial, Segment
from voicebot_local.recognition.voice_activity import CHUNK
from voicebot_local.recognition.whisper_model import BYTES_PER_SECOND, Decoded

SPEECH, SILENCE = b"\1\0" * (CHUNK // 2), bytes(CHUNK)


def chunks(seconds: float) -> int:
    return round(seconds * BYTES_PER_SECOND / CHUNK)


def segment(*parts: float) -> Segment:
    """Return a segment that has heard so many seconds of speech (positive) and silence (negative)."""
    made = Segment()
    for part in parts:
        for _ in range(chunks(abs(part))):
            made.add(SPEECH if part > 0 else SILENCE, is_speech=part > 0)
    return made


def seconds(made: Segment) -> float:
    return len(made.sound) / BYTES_PER_SECOND


def test_of_silence_only_what_is_next_to_speech_is_kept() -> None:
    assert seconds(segment(-5)) == 0
    assert seconds(segment(-5, 1.0)) == pytest.approx(1.51, abs=0.04)
    assert seconds(segment(-5, 1.0, -5)) == pytest.approx(2.02, abs=0.04)
    assert seconds(segment(1.0, -5, 1.0)) == pytest.approx(3.02, abs=0.04)


def test_the_silence_that_one_segment_does_not_use_begins_the_next() -> None:
    following = segment(1.0, -5).following()
    following.add(SPEECH, is_speech=True)
    assert seconds(following) == pytest.approx(0.54, abs=0.01)


def test_a_click_is_not_speech() -> None:
    assert not segment(0.16, -1).has_speech
    assert segment(0.26, -1).has_speech
    assert not segment(0.16, -3).is_over


@pytest.mark.parametrize(
    ("parts", "over"),
    [((2.0, -1.0), False), ((2.0, -1.3), True), ((-3.0,), False), ((2.0, -1.3, 0.5), False)],
)
def test_a_long_pause_ends_a_segment(parts: tuple[float, ...], over: bool) -> None:
    assert segment(*parts).is_over is over


def test_after_long_speech_a_short_pause_ends_a_segment() -> None:
    made = segment(7.0)
    for _ in range(5):
        assert not made.is_over
        made.settle(len(made.sound), Decoded("words"))
        for _ in range(chunks(7.0)):
            made.add(SPEECH, is_speech=True)
    assert not made.is_over
    for _ in range(chunks(0.26)):
        made.add(SILENCE, is_speech=False)
    assert made.is_over


def test_a_partial_is_due_after_new_speech_and_again_at_a_pause() -> None:
    made = segment(0.1)
    assert not made.is_partial_due(0.5)
    made = segment(0.6)
    assert made.is_partial_due(0.5)
    made.keep(Partial(Decoded("one"), *made.snapshot()))
    assert not made.is_partial_due(0.5)
    for _ in range(chunks(0.1)):
        made.add(SPEECH, is_speech=True)
    assert not made.is_partial_due(0.5)
    for _ in range(chunks(0.23)):
        made.add(SILENCE, is_speech=False)
    assert made.is_partial_due(0.5)
    made.keep(Partial(Decoded("one two"), *made.snapshot()))
    assert not made.is_partial_due(0.5)


def test_what_was_decoded_in_a_pause_is_the_final_until_speech_comes() -> None:
    made = segment(1.0)
    made.keep(Partial(Decoded("one"), *made.snapshot()))
    assert made.decoded == Decoded("one")
    for _ in range(chunks(0.25)):
        made.add(SILENCE, is_speech=False)
    assert made.decoded is None  # the last sound may be soft
    made.keep(Partial(Decoded("one two"), *made.snapshot()))
    assert made.decoded == Decoded("one two")
    made.add(SILENCE, is_speech=False)
    assert made.decoded == Decoded("one two")
    made.add(SPEECH, is_speech=True)
    assert made.decoded is None


def test_long_sound_is_cut_at_its_quietest_place() -> None:
    sound = numpy.random.default_rng(1).normal(0, 3000, 16_000 * 9).astype("<i2")
    sound[16_000 * 1 : 16_000 * 1 + 8_000] = 0  # too early
    sound[16_000 * 4 : 16_000 * 4 + 4_800] //= 10
    sound[16_000 * 7 : 16_000 * 7 + 8_000] = 0  # too late
    made, audio = Segment(), sound.tobytes()
    for first in range(0, len(audio), CHUNK):
        made.add(audio[first : first + CHUNK], is_speech=True)
    assert made.is_long
    assert made.cut() % 2 == 0
    assert 4.05 <= made.cut() / BYTES_PER_SECOND <= 4.25
    made.settle(made.cut(), Decoded("one"))
    assert not made.is_long
    assert made.text == "one"
    assert made.speech == pytest.approx(seconds(made), abs=0.05)


def test_phrases_are_settled_one_by_one_at_the_pauses_between_them() -> None:
    made = segment(1.0, -0.5, 1.5)
    assert not made.is_long
    made = segment(2.5, -0.5)
    assert not made.is_long  # nobody knows yet whether it goes on
    for _ in range(chunks(0.5)):
        made.add(SPEECH, is_speech=True)
    assert made.is_long
    assert 2.5 < made.cut() / BYTES_PER_SECOND < 3.0
    made.settle(made.cut(), Decoded("one"))
    assert not made.is_long
    assert made.speech == pytest.approx(0.5, abs=0.05)


def test_texts_are_joined_as_their_language_is_written() -> None:
    made = segment(4.0)
    for text in ("one", "", "two"):
        made.settle(32_000, Decoded(text, "en"))
    assert made.text == "one two"
    made = segment(4.0)
    for text in ("今日は", "晴れ"):
        made.settle(32_000, Decoded(text, "ja"))
    assert (made.text, made.language) == ("今日は晴れ", "ja")
