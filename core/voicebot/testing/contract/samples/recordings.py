"""Recordings of speech in a recogniser's format, and the words said in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path

from voicebot.audio import AudioFormat, Resampler

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_SPACED = re.compile(r"\s")


def sound_of(recording: Path, wanted: AudioFormat) -> bytes:
    """Return a recording as mono s16le in a format."""
    import soundfile

    samples, rate = soundfile.read(recording, dtype="int16", always_2d=True)
    mono = samples.mean(axis=1).astype("<i2").tobytes()
    resampler = Resampler(AudioFormat(rate), wanted)
    return resampler.write(mono) + resampler.flush()


def pieces(audio: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    """Cut sound into pieces of these sizes in bytes, repeating them."""
    start = 0
    for size in cycle(sizes):
        if start >= len(audio):
            return
        yield audio[start : start + size]
        start += size


def words_of(text: str) -> list[str]:
    """Return the words of a text without case and punctuation, or its characters if it has no spaces."""
    found = [word.replace("\u2019", "'") for word in _WORD.findall(text.casefold())]
    if _SPACED.search(text.strip()) or text.isascii():
        return found
    return list("".join(found))


def error_rate(said: str, heard: str) -> float:
    """Return the word error rate: the share of words replaced, left out or added."""
    wanted, got = words_of(said), words_of(heard)
    row = list(range(len(got) + 1))
    for number, word in enumerate(wanted, 1):
        last, row[0] = row[0], number
        for place, other in enumerate(got, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (word != other))
    return row[-1] / max(len(wanted), 1)
