"""The words of one language. These classes are the schema of a language file: a table each, with its keys.

A field of the type `Words` is a list of words between blanks in the file, one of the type `Phrases` a list of
phrases between commas, one of the type `Readings` a list of `written: spoken` between commas, where `|`
separates several forms of what is spoken. Words and phrases are in lower case, but for the names of eras.

Named tuples, since frozen dataclasses with so many fields take milliseconds to define. The annotations are
evaluated at once, since named tuples would compile each from its text otherwise.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from voicebot.languages.consent import ConsentPhrases
from voicebot.languages.spoken_forms import Phrases, Readings, SpokenForms, Words
from voicebot.languages.turn_words import Grammar, Numbers, Questions, TurnWords


class SpokenPhrases(NamedTuple):
    """Short phrases of users. They are recognised in all languages, whichever one the bot speaks."""

    backchannels: Phrases = ()
    """What listeners say without wanting the turn: "mm-hm", "okay", "I see". Leave out what is an answer in
    its own right or tells the bot what to do, such as "no", "thanks" and "go on"."""
    laughs: Words = frozenset()
    """Syllables that are a laugh when repeated: "ha"."""
    refusals: Phrases = ()
    """What looks like a repeated backchannel but means no: "uh-uh"."""
    answers_and_commands: Phrases = ()
    """Short answers and commands such as "no" and "wait". They are never taken for the bot's echo, even if it
    is saying the same word."""
    farewells: Phrases = ()
    """Other ways to say goodbye, which may be said along with one of the config's `goodbye.phrases`: "see
    you". On their own they end nothing."""
    courtesies: Phrases = ()
    """What may be said along with a farewell: "well", "thank you very much", "that's all"."""
    wish_adjectives: Phrases = ()
    """With each of `wish_nouns`, what may be said along with a farewell: "nice" and "day"."""
    wish_nouns: Phrases = ()
    """The nouns that follow one of `wish_adjectives`: "day"."""


class Abbreviations(NamedTuple):
    """Abbreviations without their last full stop, by what may follow them."""

    titles: Words = frozenset()
    """Before a name or another word of the same sentence, whatever its case: "Dr. Brown", "z. B. Brot"."""
    capital_titles: Words = frozenset()
    """The titles that are also words unless they begin with a capital letter: "Gen."."""
    titles_in_capitals: Words = frozenset()
    """The titles that are also written in capitals; other words in capitals are names, such as "DNA"."""
    inside_sentences: Words = frozenset()
    """Abbreviations of several words, after which the sentence goes on: "e.g"."""
    before_numbers: Words = frozenset()
    """Before a number; before a word the sentence may be over: "on p. 5", "No. Never"."""
    sentence_final: Words = frozenset()
    """What may end a sentence, and does before a capital letter: units, months, "etc."."""
    ambiguous: Words = frozenset()
    """Before names as often as at the end of a sentence, so that the next word decides: "U.S"."""
    times: Words = frozenset()
    """After a time of day: "a.m"."""
    company_kinds: Words = frozenset()
    """After the name of a company, which may have an exclamation mark: "Yahoo! Inc."."""
    street_suffixes: Words = frozenset()
    """Endings of the names of streets: "Ringstr."."""


class SentenceWords(NamedTuple):
    """Words next to a full stop that show whether it ends a sentence, and where the first unit can end."""

    starters: Words = frozenset()
    """Words that often begin a sentence."""
    before_ordinals: Words = frozenset()
    """Words before an ordinal number, in languages that write it with a full stop: "am 3. Mai"."""
    only_before_ordinals: Words = frozenset()
    """Those of `before_ordinals` that never come before a number that ends a sentence: "der"."""
    counted: Words = frozenset()
    """Capitalised words after an ordinal number: "19. Jahrhundert"."""
    lettered: Words = frozenset()
    """Words before a single letter that is a name: "plan B"."""
    weekdays: Words = frozenset()
    """Days of the week, abbreviated, after which a date may follow: "Tues. Aug. 5th"."""
    months: Words = frozenset()
    """Months, in full and abbreviated, that may follow such a day."""
    after_times: Words = frozenset()
    """Words that continue a sentence after a time of day: "9 a.m. Monday"."""
    eras: Phrases = ()
    """What years are counted from, as it is written: "Chr" in "50 v. Chr."."""
    names_with_marks: Words = frozenset()
    """Names that end in an exclamation mark: "Yahoo!"."""
    elided: Words = frozenset()
    """Words that lose their vowel to an apostrophe before a vowel: "l'ing. Russo"."""
    clitics: Words = frozenset()
    """Letters that follow an apostrophe at the beginning of a sentence: "'s Avonds"."""
    no_pause_after: Words = frozenset()
    """Words that are never the last of the reply's first unit: "the"."""


class Language(NamedTuple):
    """The words of one language; tables without known words are empty.

    Read its fields by name: fields may be added.
    """

    tag: str = ""
    """The language's BCP 47 tag without a region, which is the name of its file."""
    name: str = ""
    """The language's name in English."""
    usual_tag: str = ""
    """The tag with the region that is assumed if none is given: `de-DE`."""
    aliases: Words = frozenset()
    """Other codes and names for the language: "deutsch"."""
    phrases: SpokenPhrases = SpokenPhrases()
    """Short phrases of users."""
    consent: ConsentPhrases = ConsentPhrases()
    """Answers to a question that asks for the user's consent."""
    questions: Questions = Questions()
    """How questions ask for something."""
    abbreviations: Abbreviations = Abbreviations()
    """Abbreviations, by what may follow them."""
    sentences: SentenceWords = SentenceWords()
    """Words that show where a sentence ends."""
    grammar: Grammar = Grammar()
    """Classes of words, for the turn detector."""
    turns: TurnWords = TurnWords()
    """Words that begin, hold or end a turn."""
    numbers: Numbers = Numbers()
    """Numbers as they are spoken."""
    spoken: SpokenForms = SpokenForms()
    """How written forms are spoken."""


Table: TypeAlias = (
    type[SpokenPhrases]
    | type[ConsentPhrases]
    | type[Questions]
    | type[Abbreviations]
    | type[SentenceWords]
    | type[Grammar]
    | type[TurnWords]
    | type[Numbers]
    | type[SpokenForms]
)
TABLES: Mapping[str, Table] = {
    "phrases": SpokenPhrases,
    "consent": ConsentPhrases,
    "questions": Questions,
    "abbreviations": Abbreviations,
    "sentences": SentenceWords,
    "grammar": Grammar,
    "turns": TurnWords,
    "numbers": Numbers,
    "spoken": SpokenForms,
}
"""The tables of a language file."""


def keys(table: Table) -> Mapping[str, Words | Phrases | Readings]:
    """Return the keys of a table, each with its default: no words are a set, no phrases a tuple."""
    return table._field_defaults
