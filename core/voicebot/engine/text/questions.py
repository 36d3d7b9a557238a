"""What words mean to whose turn it is: assent, a farewell, a question for something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import product
from unicodedata import category

from voicebot.engine.text.characters import is_unspaced
from voicebot.engine.text.phrases import Phrases
from voicebot.engine.text.words import folded, is_letter, words
from voicebot.engine.text.backchannel import BACKCHANNELS, LAUGHS, REFUSALS
from voicebot.engine.text.farewell import COURTESIES, WISHES

_SENTENCE_END = re.compile(
    "(?<=[.!?\u2026\u061f\u06d4\u0589\u0964\u104b\u1362\u1367\u17d4])\\s+|(?<=[\u3002\uff01\uff1f\uff61])"
)
_CLAUSE_BEGINS = re.compile(
    "[\\s\u00bf]*(?:[,;:.!?\u2026\u2013\u2014\u060c\u061b\u061f\u0964-][\\s\u00bf]+"
    "|[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f]\\s*|^\u00bf|$)"
)
_ASKS = re.compile("[?\uff1f\u061f\u037e\u055e]")
_LAUGH_MOST = 16
_ASKING = ("\u3059\u304b", "\u305f\u304b", "\u3087\u3046\u304b", "\u3093\u304b", "\u5417", "\u55ce")
"""How questions of Japanese and Chinese end, which then need no mark."""


def is_assent(text: str) -> bool:
    """Return whether a text is what listeners say without wanting the turn: "mm-hm", "okay", a laugh."""
    said = words(text)
    return bool(said) and said not in REFUSALS and len(said) in _backchannels().reached(said)


def begins_assent(text: str) -> bool:
    """Return whether a text is assent or will be, should the words follow that its phrase lacks: "alles"."""
    said = words(text)
    return any(
        len(said) in _begun_backchannels().ends(said, start) for start in _backchannels().reached(said)
    )


def is_farewell(text: str, phrases: Iterable[str], name: str = "") -> bool:
    """Return whether a text is one of the phrases, alone or among courtesy: "okay, goodbye then".

    Args:
        name: of whom it is said to; some of its words do.
    """
    said, farewells, named = words(text), _farewells(tuple(phrases)), _named(name)
    if not any(farewells.ends(said, start) for start in range(len(said))):
        return False
    before, after = {0}, set[int]()
    for start in range(len(said)):
        courtesy = _courtesies().ends(said, start) | named.ends(said, start)
        farewell = farewells.ends(said, start)
        if start in before:
            before |= courtesy | _backchannels().ends(said, start)
            after |= farewell
        if start in after:
            after |= courtesy | farewell
    return len(said) in after


def is_question(text: str) -> bool:
    """Return whether a text ends as a question does, in any script and whatever quotes it."""
    end = len(text)
    while end and not is_letter(text[end - 1]) and category(text[end - 1])[0] != "M":
        end -= 1
    return bool(_ASKS.search(text[end:])) or text[:end].endswith(_ASKING)


def last_question(text: str) -> str:
    """Return a text from its last question on, its last sentence if it has none."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence] or [""]
    asks = (index for index in range(len(sentences) - 1, -1, -1) if _ASKS.search(sentences[index]))
    return " ".join(sentences[next(asks, -1) :])


def asks_for(question: str, sought: str) -> bool:
    """Return whether a question has the words sought; with `^` before them, at the beginning of a clause."""
    begins, sought = sought.startswith("^"), folded(sought.removeprefix("^"))
    if not begins:
        return sought in folded(question)
    return any(
        clause.startswith(sought) and not _goes_on(clause, len(sought)) for clause in _clauses(question)
    )


@cache
def _backchannels() -> Phrases:
    laughs = ((syllable * times,) for syllable in LAUGHS for times in range(2, _LAUGH_MOST))
    return Phrases([*_listed(BACKCHANNELS.values()), *laughs])


@cache
def _begun_backchannels() -> Phrases:
    phrases = list(_listed(BACKCHANNELS.values()))
    return Phrases(phrase[:size] for phrase in phrases for size in range(1, len(phrase) + 1))


@cache
def _courtesies() -> Phrases:
    wishes = (product(*(part.split(", ") for part in parts)) for parts in WISHES.values())
    return Phrases(
        [*_listed(COURTESIES.values()), *(words(" ".join(wish)) for each in wishes for wish in each)]
    )


@lru_cache(maxsize=8)
def _farewells(phrases: tuple[str, ...]) -> Phrases:
    return Phrases(map(words, phrases))


@lru_cache(maxsize=8)
def _named(name: str) -> Phrases:
    """Return what somebody of a name may be called: its words, as many of them as follow each other."""
    parts = words(name)
    return Phrases(
        parts[start:end] for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)
    )


def _listed(texts: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return (words(phrase) for text in texts for phrase in text.split(","))


@lru_cache(maxsize=8)
def _clauses(text: str) -> list[str]:
    return [folded(clause) for clause in _CLAUSE_BEGINS.split(text)]


def _goes_on(text: str, at: int) -> bool:
    """Return whether a word that has begun before a place goes on there."""
    following = text[at : at + 1]
    return following != "" and not is_unspaced(following) and category(following)[0] in "LMN"
