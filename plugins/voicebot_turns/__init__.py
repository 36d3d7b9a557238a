"""Turn detectors: whether the user has finished, judged by the words, by the voice, or by silence alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the detectors."""
    from voicebot_turns.silence import SilenceDetector, SilenceOptions
    from voicebot_turns.smart_turn import SmartTurnDetector, SmartTurnOptions
    from voicebot_turns.transcript import TranscriptDetector, TranscriptOptions

    registry.add("transcript", TranscriptDetector, TranscriptOptions)
    registry.add("silence", SilenceDetector, SilenceOptions)
    registry.add(
        "smart-turn",
        SmartTurnDetector,
        SmartTurnOptions,
        requires={"onnxruntime": "voicebot[smart-turn]"},
    )
