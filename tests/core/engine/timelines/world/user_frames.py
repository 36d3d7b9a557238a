"""The user's sound: frames that carry words, and do not resemble the bot's voice."""

from __future__ import annotations

from array import array
from functools import lru_cache

from .coded_sound import SOUND

_PERIOD = 32
"""Samples: a hum of 250 Hz."""
_LOUD = 20_000


def speech(words: tuple[str, ...], seconds: float, frame: float) -> list[bytes]:
    """Return frames of `frame` seconds; each word is in the one in which it ends."""
    count = max(1, round(seconds / frame))
    ends = {max(0, (n + 1) * count // len(words) - 1): word for n, word in enumerate(words)}
    hum = _hum(SOUND.bytes_in(frame))
    frames = []
    for index in range(count):
        word = ends.get(index, "").encode()
        mark = bytes((1, len(word))) + word
        frames.append(mark + hum[len(mark) :])
    return frames


def silence(frame: float) -> bytes:
    """Return a frame in which nothing is said."""
    return bytes(SOUND.bytes_in(frame))


def is_speech(frame: bytes) -> bool:
    """Return whether a frame contains speech."""
    return frame[0] == 1


def word_in(frame: bytes) -> str:
    """Return the word that ends in a frame; none in most."""
    return frame[2 : 2 + frame[1]].decode() if is_speech(frame) else ""


@lru_cache(maxsize=4)
def _hum(size: int) -> bytes:
    wave = (_LOUD if index % _PERIOD < _PERIOD // 2 else -_LOUD for index in range(size // 2))
    return array("h", wave).tobytes()
