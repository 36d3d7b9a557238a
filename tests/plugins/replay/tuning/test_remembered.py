"""Voice activity is computed once for the same sound, and is what it would be without a memory."""

from __future__ import annotations

from voicebot import AudioFormat, VoiceActivity, VoiceActivityDetector, VoiceActivityOptions
from voicebot_replay.tuning.remembered import RememberedDetector


class Average(VoiceActivityDetector[VoiceActivityOptions]):
    """A detector that goes by all that it has heard."""

    input_format = AudioFormat(16_000)
    frame_bytes = 2

    def __init__(self) -> None:
        super().__init__(VoiceActivityOptions())
        self.asked = 0

    def detect(self) -> VoiceActivity:
        return _Average(self)


class _Average(VoiceActivity):
    def __init__(self, detector: Average) -> None:
        self._detector = detector
        self._heard: list[int] = []

    def probability(self, frame: bytes) -> float:
        self._detector.asked += 1
        self._heard.append(frame[0])
        return sum(self._heard) / len(self._heard) / 255


def heard(detector: VoiceActivityDetector[VoiceActivityOptions], sound: bytes) -> list[float]:
    activity = detector.detect()
    return [activity.probability(bytes([each, 0])) for each in sound]


def test_the_same_sound_is_asked_about_once() -> None:
    detector = Average()
    remembered = RememberedDetector(detector, {})
    first = heard(remembered, b"abcabc")
    assert heard(remembered, b"abcabc") == first == heard(Average(), b"abcabc")
    assert detector.asked == 6


def test_sound_that_goes_on_otherwise_is_judged_with_all_that_came_before() -> None:
    remembered = RememberedDetector(Average(), {})
    heard(remembered, b"abcabc")
    assert heard(remembered, b"abcxyz") == heard(Average(), b"abcxyz")
    assert heard(remembered, b"abcabcabc") == heard(Average(), b"abcabcabc")
    assert heard(remembered, b"bca") == heard(Average(), b"bca")
