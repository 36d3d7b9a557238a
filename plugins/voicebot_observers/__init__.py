"""Observers: what was said, written into files, and how it went, sent to OpenTelemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

_EXTRA = "voicebot[opentelemetry]"

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the observers."""
    from voicebot_observers.telemetry import TelemetryObserver, TelemetryOptions
    from voicebot_observers.transcript import TranscriptObserver, TranscriptOptions

    registry.add("transcript", TranscriptObserver, TranscriptOptions)
    registry.add("opentelemetry", TelemetryObserver, TelemetryOptions, requires={"opentelemetry": _EXTRA})
