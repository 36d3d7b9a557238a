"""Answers with placeholders for remembered words and results of tools, and the choice among answers without
repetition."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from voicebot_offline.words import words_of

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[\w-]+)*)(?:\|([^{}]*))?\}")


def check_answer(text: str) -> str:
    """Return a text if it is a valid answer.

    Raises:
        ValueError: it is empty, or has braces that are not a placeholder.
    """
    if not text.strip():
        raise ValueError("an answer must not be empty")
    return check_template(text, "answer")


def check_template(text: str, what: str) -> str:
    """Return a text if its placeholders are valid; `what` it is, for messages.

    Raises:
        ValueError: it has braces that are not a placeholder.
    """
    if re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        raise ValueError(
            f"{what} {text!r}: braces are for what is remembered, such as {{name}} or {{name|matey}}"
        )
    return text


def named(answer: str) -> frozenset[str]:
    """Return the names in an answer."""
    return frozenset(name for name, _ in _PLACEHOLDER.findall(answer))


def needed(answer: str) -> frozenset[str]:
    """Return the names that an answer needs, having no fallback for them."""
    return frozenset(name for name, fallback in _PLACEHOLDER.findall(answer) if not fallback)


def fill(answer: str, memory: Mapping[str, str]) -> str:
    """Return the answer with its placeholders replaced by what is remembered, or by their fallbacks."""
    return _PLACEHOLDER.sub(lambda found: memory.get(found[1]) or found[2] or "", answer)


def choose(answers: Sequence[str], given: Sequence[int]) -> int:
    """Return the index of the next answer: the first never given, or else the one given longest ago."""
    last = {answer: position for position, answer in enumerate(given)}
    return min(range(len(answers)), key=lambda answer: (last.get(answer, -1), answer))


def recall(answers: Sequence[str], said: str) -> int | None:
    """Return the index of the filled-in answer of which `said` is the beginning; None if there is none."""
    spoken = words_of(said)
    alike = [_common_start(words_of(answer), spoken) for answer in answers]
    best = max(range(len(answers)), key=lambda answer: alike[answer])
    return best if alike[best] else None


def _common_start(one: Sequence[str], other: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
