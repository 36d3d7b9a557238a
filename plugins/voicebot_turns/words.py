"""The kinds of small words by which a turn is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, without case.

    `leaning` cannot end a sentence, `stranded` seldom but in a question. `particles` may, "turn it on", and
    `pointing` words, if no noun follows: "I like that".
    `transitive` verbs need an object after them, unless one of `objects` came before: "what do you mean".
    `adjectives` need a noun after `determiners`. `subjects` need a verb after `subordinators` and, when the
    turn begins so, after one of `inverted`. A turn that begins with one of `prepositions` or `subordinators`
    and is short is part of a sentence.
    `closed` are whole turns, `endings` end one politely. `openers` may stand before a question; `inverted`
    are verbs that ask by coming first, and of them `auxiliaries` need another verb. `contracted` are endings
    of words that lean on the next. `adverbial` question words ask for no thing that a preposition at the end
    could lean on, and `clausal` ones are answered by clauses. `holding` phrases hold the turn, at its end.
    `digits` and `numbers` (of two digits) make phone numbers and dates; `asked` are what the bot asks for
    when these will follow.
    """

    leaning: frozenset[str] = frozenset()
    leaning_pairs: frozenset[str] = frozenset()
    stranded: frozenset[str] = frozenset()
    particles: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    transitive: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()
    adjectives: frozenset[str] = frozenset()
    determiners: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    subordinators: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    fillers: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()
    openers: frozenset[str] = frozenset()
    question_words: frozenset[str] = frozenset()
    inverted: frozenset[str] = frozenset()
    auxiliaries: frozenset[str] = frozenset()
    contracted: tuple[str, ...] = ()
    adverbial: frozenset[str] = frozenset()
    clausal: frozenset[str] = frozenset()
    holding: tuple[str, ...] = ()
    digits: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    months: frozenset[str] = frozenset()
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def listed(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Return the phrases that commas separate."""
    return frozenset(phrase.strip() for phrase in text.split(","))
