"""What comes back over a connection while the service speaks, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

TICKS_PER_SECOND = 10_000_000
"""The unit of time of the Speech SDK."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """The word `text` begins `seconds` into the audio."""

    text: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an utterance ended: an error code, None for success, and the whole audio."""

    error_code: str | None
    audio: bytes = b""
    result_id: str = ""


ConnectionEvent: TypeAlias = bytes | SpokenWord | Outcome


def read_result(sdk: Any, result: Any) -> Outcome:
    """Convert a `SpeechSynthesisResult`.

    Args:
        sdk: the module `azure.cognitiveservices.speech`.
    """
    error_code = None
    if result.reason == sdk.ResultReason.Canceled:
        details = result.cancellation_details
        failed = details.reason == sdk.CancellationReason.Error
        error_code = details.error_code.name if failed else "ended"
    return Outcome(error_code, result.audio_data, result.result_id)


def read_word(sdk: Any, event: Any) -> SpokenWord | None:
    """Convert a `SpeechSynthesisWordBoundaryEventArgs`; return None for punctuation."""
    if event.boundary_type != sdk.SpeechSynthesisBoundaryType.Word:
        return None
    return SpokenWord(event.text, event.audio_offset / TICKS_PER_SECOND)
