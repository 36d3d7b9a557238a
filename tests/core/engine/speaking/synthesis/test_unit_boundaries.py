"""Where in one stream of audio each unit of a reply begins."""

from __future__ import annotations

import pytest

from voicebot.audio import AudioFormat
from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.synthesis.unit_boundaries import UnitBoundaries
from voicebot.engine.speaking.units.reply_unit import ReplyUnit
from voicebot.engine.speaking.units.speaking_rate import SpeakingRate
from voicebot.messages import WordTiming

FORMAT = AudioFormat(100)
FIRST, SECOND, THIRD = "This is the first one, thirty.", "Fifteen letters", "And the third."
"""At 15 characters per second they take two seconds, one second, and some."""


def boundaries(*texts: str) -> UnitBoundaries:
    made = UnitBoundaries(FORMAT, SpeakingRate())
    for text in texts:
        made.add(UnitAudio(ReplyUnit(text, text)))
    return made


def divided(made: UnitBoundaries, seconds: float) -> list[tuple[str, float | None]]:
    audio = bytes(FORMAT.bytes_in(seconds))
    return [
        (unit.unit.spoken, None if part is None else FORMAT.seconds_in(len(part)))
        for unit, part in made.divide(audio)
    ]


def test_units_begin_with_their_first_words() -> None:
    made = boundaries(FIRST, SECOND)
    made.add_timing(WordTiming(0, 4, 0.0))
    made.add_timing(WordTiming(len(FIRST) + 1, 7, 3.5))
    assert divided(made, 5.0) == [(FIRST, 3.5), (FIRST, None), (SECOND, 1.5)]


def test_without_word_timings_units_are_as_long_as_the_speaking_rate_says() -> None:
    made = boundaries(FIRST, SECOND, THIRD)
    assert divided(made, 1.5) == [(FIRST, 1.5)]
    assert divided(made, 2.5) == [(FIRST, 0.5), (FIRST, None), (SECOND, 1.0), (SECOND, None), (THIRD, 1.0)]
    assert [audio.unit.spoken for audio in made.finish()] == [THIRD]


def test_the_last_unit_has_all_that_follows() -> None:
    assert divided(boundaries(SECOND), 60.0) == [(SECOND, 60.0)]


def test_word_timings_that_have_stopped_are_not_waited_for_for_ever() -> None:
    made = boundaries(SECOND, THIRD)
    made.add_timing(WordTiming(0, 7, 0.0))
    assert divided(made, 2.0) == [(SECOND, 2.0)]
    assert divided(made, 0.5) == [(SECOND, 0.5)]
    assert divided(made, 0.5) == [(SECOND, None), (THIRD, 0.5)]


def test_a_unit_whose_first_word_comes_after_the_next_units_has_no_audio() -> None:
    made = boundaries(FIRST, SECOND, THIRD)
    made.add_timing(WordTiming(0, 4, 0.0))
    made.add_timing(WordTiming(len(FIRST) + len(SECOND) + 2, 3, 1.0))
    assert divided(made, 2.0) == [(FIRST, 1.0), (FIRST, None), (SECOND, None), (THIRD, 1.0)]


def test_a_word_timing_is_counted_from_its_unit() -> None:
    made = boundaries(FIRST, SECOND)
    for offset, at in ((0, 0.0), (len(FIRST) + 1, 2.0), (len(FIRST) + 9, 2.5)):
        made.add_timing(WordTiming(offset, 3, at))
    first, second = made.finish()
    assert first.unit.timings == [WordTiming(0, 3, 0.0)]
    assert second.unit.timings == [WordTiming(0, 3, 0.0), WordTiming(8, 3, 0.5)]


@pytest.mark.parametrize(
    ("text", "seconds"), [("a" * 30, 2.0), ("今天天气很好", 1.2), ("ありがとう。", 1.07)]
)
def test_a_typical_voice_speaks_15_characters_or_5_syllables_a_second(text: str, seconds: float) -> None:
    assert SpeakingRate().duration(text) == pytest.approx(seconds, abs=0.01)


def test_a_speaking_rate_is_learned_from_what_is_long_enough() -> None:
    rate = SpeakingRate()
    rate.learn(typical=1.0, actual=1.5)
    assert rate.duration("a" * 30) == pytest.approx(2.0)
    for _ in range(10):
        rate.learn(typical=10.0, actual=15.0)
    assert rate.duration("a" * 30) == pytest.approx(3.0, abs=0.01)
