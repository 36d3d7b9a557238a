"""A detector of loudness: for recorded users whose sound is no speech, such as those of scenarios."""

from __future__ import annotations

from voicebot import AudioFormat, Options, VoiceActivity, VoiceActivityDetector, VoiceActivityOptions

_MICROPHONE = AudioFormat(16_000)
_FRAME = 0.02


class LoudnessDetector(VoiceActivityDetector[VoiceActivityOptions]):
    """Takes for speech whatever is not silence.

    A conversation in which it does so has its name among its providers, and so has the recording.
    """

    input_format = _MICROPHONE
    frame_bytes = _MICROPHONE.bytes_in(_FRAME)

    @classmethod
    def like(cls, options: Options | None) -> LoudnessDetector:
        """Return a detector with the `hang_over` and `pre_roll` of another's options."""
        if not isinstance(options, VoiceActivityOptions):
            return cls(VoiceActivityOptions())
        return cls(VoiceActivityOptions(hang_over=options.hang_over, pre_roll=options.pre_roll))

    def detect(self) -> VoiceActivity:
        """Return a detector."""
        return _Loudness()


class _Loudness(VoiceActivity):
    def probability(self, frame: bytes) -> float:
        return float(frame.count(0) < len(frame))
