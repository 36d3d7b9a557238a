"""When speech starts and stops, from a detector's probabilities."""

from __future__ import annotations

from math import nan

from voicebot import VoiceActivity
from voicebot.engine.hearing.voice_activity import VoiceActivityGate
from voicebot.testing import ScriptedVoiceActivity
from voicebot.testing.scripted import MICROPHONE, SILENT_FRAME


class Unsure(ScriptedVoiceActivity):
    """Gives these probabilities, frame by frame."""

    def __init__(self, *probabilities: float) -> None:
        super().__init__()
        self._probabilities = iter(probabilities)

    def detect(self) -> VoiceActivity:
        return self

    def probability(self, frame: bytes) -> float:
        return next(self._probabilities)


def test_nan_is_not_speech() -> None:
    gate = VoiceActivityGate(Unsure(nan, nan, 1.0, *[nan] * 20), MICROPHONE)
    assert [change for _ in range(23) if (change := gate.process(SILENT_FRAME))] == ["started", "stopped"]
