"""When speech starts and stops: tables of probabilities."""

from __future__ import annotations

from math import nan

import pytest

from voicebot import VoiceActivity, VoiceActivityOptions
from voicebot.engine.hearing.voice_activity import VoiceActivityGate
from voicebot.testing import ScriptedVoiceActivity
from voicebot.testing.scripted import MICROPHONE, SILENT_FRAME


class Unsure(ScriptedVoiceActivity):
    """Gives these probabilities, frame by frame."""

    def __init__(self, *probabilities: float) -> None:
        super().__init__(VoiceActivityOptions(start=0.5, stop=0.35, hang_over=0.1))
        self._probabilities = iter(probabilities)

    def detect(self) -> VoiceActivity:
        return self

    def probability(self, frame: bytes) -> float:
        return next(self._probabilities)


@pytest.mark.parametrize(
    ("probabilities", "changes"),
    [
        ([0.4, 0.5], {1: "started"}),
        ([1.0, *[0.0] * 5], {0: "started", 5: "stopped"}),
        ([1.0, *[0.0] * 4, 0.35, *[0.0] * 5], {0: "started", 10: "stopped"}),  # a gap between words
        ([1.0, *[0.34] * 5, 0.4], {0: "started", 5: "stopped"}),
        ([nan, 1.0, *[nan] * 5], {1: "started", 6: "stopped"}),
    ],
)
def test_speech_starts_at_once_and_stops_after_the_hang_over(
    probabilities: list[float], changes: dict[int, str]
) -> None:
    gate = VoiceActivityGate(Unsure(*probabilities), MICROPHONE)
    detected = [gate.process(SILENT_FRAME) for _ in probabilities]
    assert {index: change for index, change in enumerate(detected) if change} == changes


def test_sound_may_come_in_pieces_of_any_size() -> None:
    gate = VoiceActivityGate(Unsure(0.0, 1.0), MICROPHONE)
    sound = SILENT_FRAME * 2
    assert [gate.process(sound[:100]), gate.process(sound[100:-2]), gate.process(sound[-2:])] == [
        None,
        None,
        "started",
    ]
