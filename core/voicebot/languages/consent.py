"""How users answer a question that asks for their consent, a table of a language file."""

from typing import NamedTuple

from voicebot.languages.spoken_forms import Phrases


class ConsentPhrases(NamedTuple):
    """How users answer a question such as "Shall I cancel order 12?", before a tool changes something.

    It is a yes only if all words are known to be part of one, and a no if it begins with a refusal.
    """

    assents: Phrases = ()
    """What is a clear yes on its own: "yes", "go ahead". Leave out what may also be a sound of attention or a
    doubt, such as "mm-hm", "right" and "I guess"."""
    refusals: Phrases = ()
    """What is a no, whatever follows: "no", "don't", "never mind"."""
    undecided: Phrases = ()
    """What begins with a refusal, but is none: "no idea", "not sure"."""
    openers: Phrases = ()
    """What may come before any of these, in addition to `fillers` of the table `turns`: "oh", "well"."""
    courtesies: Phrases = ()
    """What may come before or after a yes and does not change it: "please". What is written with a question
    mark here may end in one: "why not?". Any other question mark at the end makes a yes unclear."""
    pronouns: Phrases = ()
    """What may stand for the end of the question after a yes: "it" in "yes, cancel it"."""
