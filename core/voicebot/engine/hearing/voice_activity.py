"""Start and stop of speech, from the probabilities of a voice activity detector."""

from __future__ import annotations

from typing import Literal, TypeAlias

from voicebot.audio import AudioFormat, Resampler
from voicebot.interfaces import VoiceActivityDetector
from voicebot.options import VoiceActivityOptions

VoiceActivityChange: TypeAlias = Literal["started", "stopped"]


class VoiceActivityGate:
    """Applies two thresholds and a hang-over to the probabilities of one conversation's detector.

    Args:
        detector: a started provider.
        microphone: format of the sound that `process` takes.
    """

    def __init__(
        self, detector: VoiceActivityDetector[VoiceActivityOptions], microphone: AudioFormat
    ) -> None:
        options = detector.options
        self.speaking = False
        self.silence = 0.0
        """Seconds of silence since speech, while `speaking` and at the moment that it stopped."""
        self._start, self._stop, self._hang_over = options.start, options.stop, options.hang_over
        self._detector = detector.detect()
        self._resampler = Resampler(microphone, detector.input_format)
        self._frame_bytes = detector.frame_bytes
        self._frame_seconds = detector.input_format.seconds_in(detector.frame_bytes)
        self._rest = b""

    def process(self, audio: bytes) -> VoiceActivityChange | None:
        """Process the next sound; return whether speech started or stopped with it (the last change wins)."""
        change: VoiceActivityChange | None = None
        audio = self._rest + self._resampler.write(audio)
        size = self._frame_bytes
        position = 0
        while position + size <= len(audio):
            frame = audio if len(audio) == size else audio[position : position + size]
            change = self._update(self._detector.probability(frame)) or change
            position += size
        self._rest = audio[position:]
        return change

    def close(self) -> None:
        """Release what the detector holds; no sound follows."""
        self._detector.close()

    def _update(self, probability: float) -> VoiceActivityChange | None:
        if not self.speaking:
            if not probability >= self._start:  # nan is not speech
                return None
            self.speaking, self.silence = True, 0.0
            return "started"
        if probability >= self._stop:
            self.silence = 0.0
            return None
        self.silence += self._frame_seconds
        if self.silence < self._hang_over:
            return None
        self.speaking = False
        return "stopped"
