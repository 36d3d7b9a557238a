"""What is removed from a conversation's texts before observers write them down or send them on."""

from __future__ import annotations

from voicebot.engine.redaction.redaction import RedactedEvents, Redaction, RedactorMaker

__all__ = ["RedactedEvents", "Redaction", "RedactorMaker"]
