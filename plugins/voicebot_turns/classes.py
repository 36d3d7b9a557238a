"""The classes into which the words of a turn are sorted."""

from __future__ import annotations

from enum import Enum, auto


class Completeness(Enum):
    """How complete a turn is, the most complete first."""

    COMPLETE = auto()
    """Nothing is missing: "yes", "thank you", "... please"."""
    QUESTION = auto()
    SENTENCE = auto()
    """A sentence by its punctuation."""
    STATEMENT = auto()
    """Words that can end a sentence."""
    AMBIGUOUS = auto()
    """The last word ends a sentence as often as not: "switch it on", "down"."""
    FRAGMENT = auto()
    """Part of a sentence, or too few words to tell; complete as the answer to a question."""
    LIKELY_INCOMPLETE = auto()
    """More words must follow if the last one was heard right: it is an adjective or a verb, of which many
    sound alike, and not one of the few words in `INCOMPLETE`."""
    INCOMPLETE = auto()
    """More words must follow: "and", "to the", "um", half a phone number."""
