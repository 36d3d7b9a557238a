"""Turn detectors: whether the user has finished, judging by words, intonation, or silence alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the turn detectors."""
    registry.add(
        "judgement",
        "voicebot_turns.judgement.detector:JudgementDetector",
        "voicebot_turns.judgement.detector:JudgementOptions",
        kind="turn_detector",
    )
    registry.add(
        "transcript",
        "voicebot_turns.transcript:TranscriptDetector",
        "voicebot_turns.transcript:TranscriptOptions",
        kind="turn_detector",
    )
    registry.add(
        "silence",
        "voicebot_turns.silence:SilenceDetector",
        "voicebot_turns.silence:SilenceOptions",
        kind="turn_detector",
    )
    registry.add(
        "smart-turn",
        "voicebot_turns.smart_turn:SmartTurnDetector",
        "voicebot_turns.smart_turn:SmartTurnOptions",
        kind="turn_detector",
        requires={"onnxruntime": "voicebot-framework[smart-turn]"},
        models="voicebot_turns.smart_turn_store:SmartTurnModels",
    )
