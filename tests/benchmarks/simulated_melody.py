"""The melody of simulated speech, and detectors that hear it: how finished the words before a silence sound.

A pause sounds less finished than an end, most clearly within a phrase or a number, and less so between
clauses. How well melody tells pauses from ends is the area under the curve, a parameter. The last frame of a
segment carries its melody as the frames carry words, so that a turn detector gets it with the sound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

from spoken_turns import END, SpokenSegment

import voicebot
from voicebot_turns.judgement.detector import JudgementDetector, JudgementOptions
from voicebot_turns.judgement.melody import RATE, length_feature

MELODY_AUC = 0.82
"""smart-turn v3.2 at 84 ends and 69 pauses of 0.2 s and more in recorded natural speech, 0.2 s after the
words; its area under the curve on livekit/eot-bench was published as 0.83."""
_END, _END_SPREAD, _PAUSE_SPREAD = 3.1, 1.9, 3.3
"""There, the mean of the logarithm of its odds at ends, and the standard deviations at ends and in pauses."""
_LEAST, _MOST = 0.006, 0.989
"""The probabilities that it does not go beyond."""
_CLARITY = {"clause": 0.8, "phrase": 1.05, "number": 1.05, "filler": 1.05}
"""The distance of each kind of pause from ends, relative to that of all pauses. There, it was 1.3 times as
great after words that cannot end a sentence as after others."""
_TIMBRE_END, _TIMBRE_END_SPREAD = 0.013, 0.088
_TIMBRE_PAUSE, _TIMBRE_PAUSE_SPREAD = -0.038, 0.072
"""The number `timbre_change` of `judgement` in that speech: its mean and its standard deviation at ends, and
in the 60 pauses that are long enough to be noticed. Its area under the curve was 0.68."""
_FRAME_BYTES = 640


def finished(segment: SpokenSegment, auc: float) -> float:
    """Return the probability that the turn is over by the melody of a segment, heard with this clearness."""
    return _finished(segment.melody, segment.where, auc)


def _finished(melody: float, where: str, auc: float) -> float:
    if where == END:
        odds = _END + _END_SPREAD * melody
    else:
        distance = NormalDist().inv_cdf(auc) * _CLARITY[where] * math.hypot(_END_SPREAD, _PAUSE_SPREAD)
        odds = _END - distance + _PAUSE_SPREAD * melody
    return min(max(1 / (1 + math.exp(-odds)), _LEAST), _MOST)


def encoded(segment: SpokenSegment) -> str:
    """Return what the last frame of a segment says of its melody."""
    return f"{segment.melody:.6f} {segment.where}"


@dataclass(frozen=True, slots=True)
class SimulatedMelody:
    """Hears how finished simulated speech sounds: what a model of melody is in earnest.

    Args:
        auc: how well it tells pauses from ends: the area under the curve.
    """

    auc: float = MELODY_AUC

    def __call__(self, audio: bytes) -> float:
        """Return the probability that a turn with this sound (simulated, s16le at 16 kHz) is over.

        Only the last words count, however long the silence after them is. In the middle of words, it is the
        least.
        """
        heard = _last_melody(audio)
        return _LEAST if heard is None else _finished(*heard, self.auc)


def _last_melody(audio: bytes) -> tuple[float, str] | None:
    """Return the melody of the last words in simulated sound and their place; None in the middle of words."""
    for start in range(len(audio) - _FRAME_BYTES, -1, -_FRAME_BYTES):
        if audio[start]:
            _, *melody = audio[start + 1 : start + _FRAME_BYTES].rstrip(b"\0").decode().partition("; ")
            if not melody[-1]:
                break
            value, where = melody[-1].split()
            return float(value), where
    return None


class MelodyDetector(voicebot.TurnDetector[voicebot.Options]):
    """Goes by melody alone: the earliest end where it hears one, the latest elsewhere."""

    input_format = voicebot.AudioFormat(16_000)
    audio_seconds = 8.0
    melody: Callable[[bytes], float]
    """Returns the probability that a turn with this sound is over."""

    def __init__(self, melody: Callable[[bytes], float], threshold: float) -> None:
        super().__init__(voicebot.Options())
        self.melody = melody
        self.threshold = threshold

    async def wait(self, turn: voicebot.TurnSoFar) -> float:
        """Return the seconds of silence after which a turn that sounds like this is over."""
        return turn.earliest if self.melody(turn.audio) >= self.threshold else turn.latest


class SimulatedJudgement(JudgementDetector):
    """The turn detector `judgement`, which hears the melody of simulated speech instead of real sound.

    The change of timbre is distributed as in recorded natural speech; the length is that of the speech.
    """

    def __init__(self) -> None:
        super().__init__(JudgementOptions())

    async def melody(self, audio: bytes) -> tuple[float, ...] | None:
        """Return the change of timbre at the last words and the length; None in the middle of words."""
        heard = _last_melody(audio)
        if heard is None:
            return None
        melody, where = heard
        if where == END:
            timbre = _TIMBRE_END + _TIMBRE_END_SPREAD * melody
        else:
            distance = (_TIMBRE_END - _TIMBRE_PAUSE) * _CLARITY[where]
            timbre = _TIMBRE_END - distance + _TIMBRE_PAUSE_SPREAD * melody
        return timbre, length_feature(_spoken_seconds(audio))


def _spoken_seconds(audio: bytes) -> float:
    """Return the seconds from the first to the last words in simulated sound."""
    spoken = [start for start in range(0, len(audio), _FRAME_BYTES) if audio[start]]
    return (spoken[-1] + _FRAME_BYTES - spoken[0]) / (2 * RATE)
