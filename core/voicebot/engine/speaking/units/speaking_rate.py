"""How long a voice takes to speak a text: an estimate at first, then learned from its replies."""

from __future__ import annotations

import re

TYPICAL_RATE = 15.0
"""Characters per second of an unhurried English voice."""
_TYPICAL_RATE_OF_SYLLABLES = 5.0
_SYLLABLES = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""Characters that stand for a whole syllable each: kana, Chinese characters, Hangul."""
_LEARNING_RATE = 0.5
_SHORTEST_SAMPLE = 2.0
"""Seconds of speech below which a speaking rate cannot be estimated."""


class SpeakingRate:
    """How fast the voice of one conversation speaks."""

    def __init__(self) -> None:
        self._slowness = 1.0
        """How many times longer than a typical voice it takes."""

    def duration(self, text: str) -> float:
        """Return the estimated duration of `text`, in seconds."""
        return self._slowness * typical_duration(text)

    def learn(self, typical: float, actual: float) -> None:
        """Adjust to speech that took `actual` seconds, where a typical voice would have taken `typical`."""
        if typical and actual >= _SHORTEST_SAMPLE:
            self._slowness += _LEARNING_RATE * (actual / typical - self._slowness)


def typical_duration(text: str) -> float:
    """Return how many seconds an unhurried voice takes to speak `text`."""
    syllables = 0 if text.isascii() else len(re.findall(_SYLLABLES, text))
    return (len(text) - syllables) / TYPICAL_RATE + syllables / _TYPICAL_RATE_OF_SYLLABLES
