"""What words mean to whose turn it is: the same again, assent, a farewell, a question for something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import product
from unicodedata import category, normalize

from voicebot.engine.backchannels import BACKCHANNELS, LAUGHS, REFUSALS
from voicebot.engine.characters import UNSPACED, is_unspaced
from voicebot.engine.courtesies import COURTESIES, WISHES
from voicebot.engine.phrases import Phrases

_ALIKE = 0.5
_ALIKE_LETTERS = 0.7  # a word that was told before it was out
_APOSTROPHES = re.compile("[`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u201b\u2032\u055a\u05f3\ua78c\uff07]")
_TURKISH = re.compile("[\u011e\u011f\u0130\u0131\u015e\u015f]")
"""Letters by which Turkish is known: its small I has no dot."""
_OPTIONAL = re.compile(
    "(?<=i)\u0307|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""What the same word is written with and without: the dot of a Turkish I made small, points and elongation
of Hebrew and Arabic, selectors of a glyph, joiners and other characters that are not seen."""
_WORD = re.compile(f"[{UNSPACED}]|[^\\s{UNSPACED}]+")
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


def joined(*parts: str) -> str:
    """Return parts of speech as one text."""
    return " ".join(part for part in parts if part)


def has_words(text: str) -> bool:
    """Return whether a text has a letter or a digit of any script: `?` and an emoji say nothing."""
    return any(_is_letter(character) for character in text)


@lru_cache(maxsize=64)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a text without case, spacing, punctuation and different ways to write a letter.

    Of a script without blanks, each character is a word.
    """
    text = _folded(text).replace("'", "")
    return tuple(_WORD.findall("".join(c if category(c)[0] in "LMN" else " " for c in text)))


def same_words(one: str, other: str) -> bool:
    """Return whether two texts differ in case, spacing and punctuation at most."""
    return one == other or words(one) == words(other)


def alike(expected: str, text: str) -> bool:
    """Return whether two transcripts are probably of the same speech."""
    if not (expected and text):
        return False
    one, other = words(expected), words(text)
    if _likeness(one, other) >= _ALIKE:
        return True
    return _likeness("".join(one), "".join(other)) >= _ALIKE_LETTERS


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
    while end and not _is_letter(text[end - 1]) and category(text[end - 1])[0] != "M":
        end -= 1
    return bool(_ASKS.search(text[end:])) or text[:end].endswith(_ASKING)


def last_question(text: str) -> str:
    """Return a text from its last question on, its last sentence if it has none."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence] or [""]
    asks = (index for index in range(len(sentences) - 1, -1, -1) if _ASKS.search(sentences[index]))
    return " ".join(sentences[next(asks, -1) :])


def asks_for(question: str, sought: str) -> bool:
    """Return whether a question has the words sought; with `^` before them, at the beginning of a clause."""
    begins, sought = sought.startswith("^"), _folded(sought.removeprefix("^"))
    if not begins:
        return sought in _folded(question)
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
    return [_folded(clause) for clause in _CLAUSE_BEGINS.split(text)]


def _goes_on(text: str, at: int) -> bool:
    """Return whether a word that has begun before a place goes on there."""
    following = text[at : at + 1]
    return following != "" and not is_unspaced(following) and category(following)[0] in "LMN"


@lru_cache(maxsize=256)
def _folded(text: str) -> str:
    """Return a text without case and formatting, with each letter written in one way."""
    text = normalize("NFKC", _APOSTROPHES.sub("'", text))
    if _TURKISH.search(text):
        text = text.replace("I", "\u0131")
    return _OPTIONAL.sub("", normalize("NFKC", text.casefold()))


def _likeness(one: Sequence[str], other: Sequence[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _is_letter(character: str) -> bool:
    return category(character)[0] in "LN"
