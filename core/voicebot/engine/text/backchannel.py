"""Backchannels: what listeners say without wanting the turn, such as "mm-hm", "okay" or a laugh."""

from __future__ import annotations

from voicebot.engine.text.phrases import PhraseSet
from voicebot.engine.text.words import words
from voicebot.languages.known import derived
from voicebot.languages.language import Language

_LONGEST_LAUGH = 16
"""Syllables."""


def is_backchannel(text: str) -> bool:
    """Return whether a text is nothing but backchannels, one or more."""
    said = words(text)
    return bool(said) and said not in _refusals() and len(said) in backchannels().reached(said)


def begins_backchannel(text: str) -> bool:
    """Return whether a text is backchannels, or would be with more words: "alles" for "alles klar"."""
    said = words(text)
    begun = _begun_backchannels()
    return any(len(said) in begun.ends(said, start) for start in backchannels().reached(said))


def load_backchannels() -> None:
    """Make the sets of phrases, which takes some 20 milliseconds the first time."""
    backchannels()
    _begun_backchannels()
    _refusals()


@derived
def backchannels(language: Language) -> PhraseSet:
    """Return the backchannels of all languages, laughs included."""
    laughs = (
        (syllable * times,) for syllable in language.phrases.laughs for times in range(2, _LONGEST_LAUGH)
    )
    return PhraseSet([*map(words, language.phrases.backchannels), *laughs])


@derived
def _begun_backchannels(language: Language) -> PhraseSet:
    phrases = list(map(words, language.phrases.backchannels))
    return PhraseSet(phrase[:size] for phrase in phrases for size in range(1, len(phrase) + 1))


@derived
def _refusals(language: Language) -> frozenset[tuple[str, ...]]:
    return frozenset(map(words, language.phrases.refusals))
