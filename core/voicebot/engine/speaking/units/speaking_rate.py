"""How fast a voice speaks: a guess at first, then what it was heard to do."""

from __future__ import annotations

import re

USUAL = 15.0
"""Characters a second: an unhurried English voice."""
_USUAL_WIDE = 5.0
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LEARNING = 0.5
_ENOUGH = 2.0
"""Seconds of speech that tell a pace."""


class SpeakingRate:
    """The pace of one conversation's voice; scripts that write a syllable as one character are slower."""

    def __init__(self) -> None:
        self._factor = 1.0
        """How much longer the voice takes than is usual."""

    def seconds(self, text: str) -> float:
        """Return about how long the voice speaks at `text`."""
        return self._factor * usual_seconds(text)

    def learn(self, usual: float, seconds: float) -> None:
        """Take note that the voice took `seconds` for what takes `usual` ones."""
        if usual and seconds >= _ENOUGH:
            self._factor += _LEARNING * (seconds / usual - self._factor)


def usual_seconds(text: str) -> float:
    """Return how long an unhurried voice speaks at `text`."""
    wide = len(_WIDE.findall(text))
    return (len(text) - wide) / USUAL + wide / _USUAL_WIDE
