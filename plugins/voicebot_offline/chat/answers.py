"""Answers with places for what is remembered, and the choice among several without repeating oneself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from voicebot_offline.words import words_of

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(?:\|([^{}]*))?\}")


def check_answer(text: str) -> str:
    """Return `text` if it is an answer.

    Raises:
        ValueError: it says nothing, or has braces that are no place for something remembered.
    """
    if not text.strip():
        raise ValueError("an answer should say something")
    if re.search(r"[{}]", _PLACE.sub("", text)):
        raise ValueError(
            f"answer {text!r}: braces stand for what is remembered, as {{name}} or {{name|matey}}"
        )
    return text


def needed(answer: str) -> frozenset[str]:
    """Return names of what an answer cannot do without."""
    return frozenset(name for name, fallback in _PLACE.findall(answer) if not fallback)


def fill(answer: str, memory: Mapping[str, str]) -> str:
    """Return the answer with what is remembered in its places, or else what stands there instead."""
    return _PLACE.sub(lambda place: memory.get(place[1]) or place[2] or "", answer)


def choose(answers: Sequence[str], given: Sequence[int]) -> int:
    """Return which answer comes next: one never given, in order, or else the one given longest ago."""
    last = {answer: position for position, answer in enumerate(given)}
    return min(range(len(answers)), key=lambda answer: (last.get(answer, -1), answer))


def recall(answers: Sequence[str], said: str) -> int | None:
    """Return which of `answers`, all filled in, was given as `said`, maybe cut off by an interruption."""
    spoken = words_of(said)
    alike = [_common(words_of(answer), spoken) for answer in answers]
    best = max(range(len(answers)), key=lambda answer: alike[answer])
    return best if alike[best] else None


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
