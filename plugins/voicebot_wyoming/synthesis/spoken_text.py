"""The text that a server gets: normalised, and without what some voices take for instructions."""

from __future__ import annotations

_PLAIN = dict.fromkeys((*range(32), *range(127, 160)), " ") | {ord("["): "(", ord("]"): ")"}
"""Control characters end the text for some programs; piper takes `[[...]]` for phonemes."""


def plain(text: str) -> str:
    """Return a text without control characters and square brackets."""
    return text.encode(errors="replace").decode().translate(_PLAIN)


def has_words(text: str) -> bool:
    """Return whether there is anything to say; some servers fail on a text without words."""
    return any(character.isalnum() for character in text)


def normalized(text: str, language: str | None) -> str:
    """Return a text as it is to be spoken, if its language is known."""
    from voicebot import normalize_text

    return normalize_text(text, language).text if language else text
