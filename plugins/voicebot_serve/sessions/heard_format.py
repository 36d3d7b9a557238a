"""The format in which a bot hears its clients, so that their sound is resampled once."""

from __future__ import annotations

from voicebot import AudioFormat, Bot


def heard_format(bot: Bot) -> AudioFormat | None:
    """Return the format that recogniser and voice activity both take, mostly 16 kHz; None if they differ."""
    taken, detector = bot.recognizer.input_format, bot.voice_activity
    return taken if detector is None or detector.input_format == taken else None
