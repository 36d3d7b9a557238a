"""Prose that has no written form stays as it is: a wrong reading is worse than none."""

from __future__ import annotations

import pytest

from voicebot import normalize_text

ENGLISH = (
    # the pronoun
    "The book I'm reading is long.",
    "In part I agree with you.",
    "The world I live in, and the next step I recommend.",
    "At this stage I think so.",
    "The number I have is his.",
    "In this article I explain it.",
    "In the first chapter I found a clue.",
    "As for Paul I think he is fine.",
    "As Mary I would say yes.",
    "Henry I've met before.",
    "Peter and I went home.",
    # initials, sizes and other letters
    "my friend Mary L. Jones and James V. Smith",
    "William I. Thompson wrote it.",
    "Mary L. is my friend.",
    "The IV drip is new. Start IV fluids. An IV line",
    "Size XL is fine. The Pixel XL, too.",
    "The XX chromosome",
    "Malcolm X was born there.",
    "Plan A or vitamin C?",
)
GERMAN = (
    "Peter L. wohnt hier.",
    "Peter V. wohnt hier.",
    "Größe XL passt.",
)
FRENCH = (
    "Paul L. est là.",
    "Jean V. est parti.",
    "La taille XL est trop grande.",
)
SPANISH = ("La talla XL es grande.", "Juan L. vive aquí.")
ITALIAN = (
    "Nel libro I ragazzi sono felici.",
    "I ragazzi del secolo scorso",
    "Paolo I bambini li conosce.",
    "La taglia XL va bene.",
)
DUTCH = ("Willem L. woont hier.", "Maat XL past.")
PORTUGUESE = ("O tamanho XL serve.", "O Pedro L. mora aqui.")
PROSE = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "nl": DUTCH,
    "pt": PORTUGUESE,
}


@pytest.mark.parametrize(
    ("language", "text"), [(tag, text) for tag, texts in PROSE.items() for text in texts]
)
def test_prose_stays_as_it_is(language: str, text: str) -> None:
    assert normalize_text(text, language).text == text


@pytest.mark.parametrize(
    ("language", "text", "spoken"),
    [
        ("en", "World War I ended. Chapter I is short.", "World War one ended. Chapter one is short."),
        ("en", "Elizabeth I, Charles V was king.", "Elizabeth the first, Charles the fifth was king."),
        ("en", "King James I reigned.", "King James the first reigned."),
        ("en", "Rocky IV was good.", "Rocky four was good."),
        ("en", "Henry VIII's wives", "Henry the eighth's wives"),
        ("de", "Kaiser Karl V. kam.", "Kaiser Karl der fünfte kam."),
        ("de", "Wilhelm II. war da.", "Wilhelm der zweite war da."),
        ("it", "Il Capitolo I è breve.", "Il Capitolo uno è breve."),
        ("it", "il I secolo", "il primo secolo"),
    ],
)
def test_a_numeral_that_can_be_no_word_is_read(language: str, text: str, spoken: str) -> None:
    assert normalize_text(text, language).text == spoken
