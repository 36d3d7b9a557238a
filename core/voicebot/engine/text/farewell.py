"""Farewells: whether a text is one, alone or among courtesies such as "thank you very much"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from voicebot.engine.text.backchannel import backchannels, load_backchannels
from voicebot.engine.text.phrases import PhraseSet
from voicebot.engine.text.words import words
from voicebot.languages.known import derived, known_languages
from voicebot.languages.language import Language


def is_farewell(text: str, phrases: Iterable[str], name: str = "") -> bool:
    """Return whether a text is one of the phrases, alone or among courtesies: "okay, goodbye then".

    Args:
        name: the bot's name; the whole of it or parts may be said beside the farewell.
    """
    said, farewells, named = words(text), _farewells(tuple(phrases)), _names(name)
    if not any(farewells.ends(said, start) for start in range(len(said))):
        return False
    before, after = {0}, set[int]()
    for start in range(len(said)):
        courtesy = _courtesies().ends(said, start) | named.ends(said, start)
        farewell = farewells.ends(said, start)
        if start in before:
            before |= courtesy | backchannels().ends(said, start)
            after |= farewell
        if start in after:
            after |= courtesy | farewell
    return len(said) in after


def load_phrases() -> None:
    """Make what the user's words are compared with; the first time, that takes some 30 milliseconds."""
    load_backchannels()
    _courtesies()


@derived
def _courtesies(language: Language) -> PhraseSet:
    listed = (*language.phrases.farewells, *language.phrases.courtesies)
    wishes = (
        f"{adjective} {noun}"
        for each in known_languages().values()
        for adjective, noun in product(each.phrases.wish_adjectives, each.phrases.wish_nouns)
    )
    return PhraseSet(map(words, (*listed, *wishes)))


@lru_cache(maxsize=8)
def _farewells(phrases: tuple[str, ...]) -> PhraseSet:
    return PhraseSet(map(words, phrases))


@lru_cache(maxsize=8)
def _names(name: str) -> PhraseSet:
    """Return what somebody of this name may be called: one or more successive words of it."""
    parts = words(name)
    return PhraseSet(
        parts[start:end] for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)
    )
