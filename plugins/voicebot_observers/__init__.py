"""Observers that write transcripts to files, and send traces and metrics to OpenTelemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)
_EXTRA = "voicebot-framework[opentelemetry]"


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the observers."""
    registry.add(
        "transcript",
        "voicebot_observers.transcript:TranscriptObserver",
        "voicebot_observers.transcript:TranscriptOptions",
        kind="observer",
    )
    registry.add(
        "opentelemetry",
        "voicebot_observers.telemetry:TelemetryObserver",
        "voicebot_observers.telemetry:TelemetryOptions",
        kind="observer",
        requires={"opentelemetry": _EXTRA},
    )
