"""What tells whether a user has finished, tables of a language file: questions, grammar, numbers, fillers."""

from typing import NamedTuple

from voicebot.languages.spoken_forms import Phrases, Words


class Questions(NamedTuple):
    """How the bot's questions ask for something. Part of a question is enough; `^` begins a clause."""

    yes_or_no: Phrases = ()
    """In questions that are answered with yes or no. The bot then answers sooner."""
    story: Phrases = ()
    """In questions that ask for a story or an explanation. The bot then waits longer."""
    spelled: Phrases = ()
    """In questions for a number, a date, an address or a spelling. The bot then waits longer."""
    phone_number: Phrases = ()
    """In questions for a phone number, for the turn detector: an answer with too few digits is unfinished."""
    number: Phrases = ()
    """In questions for another number, of which it is not known how long it is: that of an order."""
    short_number: Phrases = ()
    """In questions for a number that is said at once: "room number"."""
    date_of_birth: Phrases = ()
    """In questions for a date of birth: an answer without a year is unfinished."""
    birthday: Phrases = ()
    """In questions for a birthday, which may be answered without a year."""
    email: Phrases = ()
    """In questions for an e-mail address."""
    address: Phrases = ()
    """In questions for an address: an answer without a street is unfinished."""
    confirmation: Phrases = ()
    """How a clause begins that wants something confirmed and not dictated: "is your", "right?"."""
    endings: Words = frozenset()
    """How questions end in languages that need no question mark, such as Japanese."""


class Grammar(NamedTuple):
    """Classes of words by which turn detectors decide whether a sentence is complete."""

    never_last: Words = frozenset()
    """Words that cannot end a sentence: "the", "and"."""
    never_last_phrases: Phrases = ()
    """Pairs of words that cannot end one, though the second could: "want to"."""
    last_in_questions: Words = frozenset()
    """Words that seldom end a sentence other than a question: "what is it for"."""
    particles: Words = frozenset()
    """Particles of verbs, which may end a sentence: "switch it on"."""
    demonstratives: Words = frozenset()
    """Words that end a sentence unless a noun follows: "I like that"."""
    transitive_verbs: Words = frozenset()
    """Verbs that need an object after them, unless one of `fronted_objects` came before."""
    fronted_objects: Words = frozenset()
    """Objects that may come before their verb: "what do you mean"."""
    adjectives: Words = frozenset()
    """Adjectives, which need a noun after one of `determiners`: "a very long"."""
    determiners: Words = frozenset()
    """Determiners: "a", "my"."""
    subject_pronouns: Words = frozenset()
    """Subjects, which need a verb after a subordinator or an inverted verb: "if you", "can you"."""
    subordinators: Words = frozenset()
    """Conjunctions that begin a subordinate clause: "because"."""
    prepositions: Words = frozenset()
    """Words that begin a phrase that is not a sentence by itself: "at the station"."""
    question_words: Words = frozenset()
    """Words that begin a question: "where"."""
    adverbial_question_words: Words = frozenset()
    """The question words that a preposition at the end cannot refer to: "when"."""
    clause_question_words: Words = frozenset()
    """The question words that are answered with a clause: "why"."""
    inverted_verbs: Words = frozenset()
    """Verbs that make a question when they come first: "is"."""
    auxiliary_verbs: Words = frozenset()
    """Those of `inverted_verbs` that need another verb: "can"."""
    contractions: Words = frozenset()
    """Ends of words that cannot end a sentence: "'ll"."""
    street_endings: Words = frozenset()
    """Ends of the names of streets, after which a number or a town may follow: "street"."""


class TurnWords(NamedTuple):
    """Words that begin, hold or end a turn, for turn detectors."""

    fillers: Words = frozenset()
    """Sounds of hesitation: "um"."""
    complete: Phrases = ()
    """Whole turns that need nothing more: "yes", "thank you", "I don't know"."""
    polite_endings: Phrases = ()
    """What ends a turn politely: "please"."""
    openers: Words = frozenset()
    """Words that may come before a sentence: "well"."""
    holding: Phrases = ()
    """What shows, at the end, that the user wants to go on: "one moment"."""


class Numbers(NamedTuple):
    """Numbers as they are spoken, for turn detectors."""

    digits: Words = frozenset()
    """Words that are one digit of a phone number, or count as one: "zero", "double"."""
    numbers: Words = frozenset()
    """Words for numbers of two digits, and ordinal numbers."""
    area_code_beginnings: Words = frozenset()
    """Words with which a phone number begins if it has an area code: "zero", "plus"."""
    conjunctions: Words = frozenset()
    """Words within a number or a date: "and"."""
    centuries: Phrases = ()
    """How years begin that need another number, hyphens as blanks: "nineteen"."""
    round_years: Phrases = ()
    """How years begin that may end there: "two thousand"."""
    months: Words = frozenset()
    """Names of months."""
