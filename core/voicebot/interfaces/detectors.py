"""Detectors that run alongside the recogniser: of speech, and of the end of a turn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TypeVar

from voicebot.audio import AudioFormat
from voicebot.interfaces.provider import OptionsT, Provider
from voicebot.messages import TurnSoFar
from voicebot.options import VoiceActivityOptions

VoiceActivityOptionsT = TypeVar("VoiceActivityOptionsT", bound=VoiceActivityOptions)


class VoiceActivity(ABC):
    """The voice activity detection of one conversation; synchronous and quick."""

    @abstractmethod
    def probability(self, frame: bytes) -> float:
        """Return how likely the next frame (exactly the detector's `frame_bytes`) is speech, 0 to 1."""

    def close(self) -> None:
        """Release what this holds, such as a model, at the end of the conversation; no frame follows."""
        return


class VoiceActivityDetector(Provider[VoiceActivityOptionsT]):
    """Detects speech for the engine, independently of the recogniser."""

    kind = "voice_activity"
    input_format: AudioFormat
    """What frames hold; the engine resamples."""
    frame_bytes: int
    """Size of one frame in bytes."""

    @abstractmethod
    def detect(self) -> VoiceActivity:
        """Return a new detector for one conversation."""


class TurnDetector(Provider[OptionsT]):
    """Decides, when the user pauses, how much silence ends the turn."""

    kind = "turn_detector"
    input_format: AudioFormat | None = None
    """What `TurnSoFar.audio` holds; None for a detector that needs only words."""
    audio_seconds: float = 0.0
    """Maximum number of seconds of the latest sound in `TurnSoFar.audio`."""
    second_look: bool = False
    """True for a detector that takes the silence into account, in `TurnSoFar.silence` or `TurnSoFar.audio`.

    It is asked once more in each pause, a tenth of a second before the reply is let out. The second answer
    can lengthen the wait, but not shorten it; if it comes too late or fails, the first one holds.
    """

    @abstractmethod
    async def wait(self, turn: TurnSoFar) -> float:
        """Return the seconds of silence after which the turn is over, counted from its last sound.

        Called at each pause, also at short silences that may not become one, and again whenever the words
        change during one, which cancels the previous call, or for a `second_look`. For a detector that
        listens, the result for such a short silence only says when to prepare the reply; it is called again
        when the pause is certain. The engine keeps the result between `turn.earliest` and `turn.latest`, and
        uses `turn.latest` if this fails.
        """
