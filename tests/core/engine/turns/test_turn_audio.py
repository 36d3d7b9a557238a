"""The sound of a turn that is kept for a turn detector."""

from __future__ import annotations

from voicebot import AudioFormat
from voicebot.engine.turns.turn_audio import TurnAudio

FORMAT = AudioFormat(16_000)
SECOND = bytes(FORMAT.bytes_in(1.0))


def seconds_kept(audio: TurnAudio) -> float:
    return FORMAT.seconds_in(len(audio.read()))


def test_between_turns_only_half_a_second_is_kept() -> None:
    audio = TurnAudio(FORMAT, FORMAT, seconds=8.0)
    audio.speech_started(is_new_turn=True)
    for _ in range(3):
        audio.write(SECOND, lambda: False)
    audio.speech_stopped()
    assert seconds_kept(audio) == 3.0
    for _ in range(10):
        audio.write(SECOND[: len(SECOND) // 10], lambda: True)
    assert seconds_kept(audio) == 0.5


def test_without_reports_of_speech_all_sound_is_kept() -> None:
    audio = TurnAudio(FORMAT, FORMAT, seconds=8.0)
    for _ in range(10):
        audio.write(SECOND, lambda: True)
    assert seconds_kept(audio) == 8.0


def test_nothing_is_kept_for_a_detector_that_does_not_listen() -> None:
    audio = TurnAudio(FORMAT, None, seconds=0.0)
    audio.write(SECOND, lambda: False)
    assert audio.read() == b""
