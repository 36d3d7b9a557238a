"""From the evidence to one probability that the turn is over: logistic regression.

The file `coefficients.json` has a set of coefficients for each combination of evidence that there may be.
`tests/benchmarks/fit_judgement.py` makes it.
"""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files

from voicebot.dataclass import dataclass
from voicebot_turns.completeness import Completeness

WORDS, MELODY, NETWORK = "words", "melody", "network"
ODDS = {
    Completeness.COMPLETE: 1.5,
    Completeness.QUESTION: 0.0,
    Completeness.SENTENCE: 0.0,
    Completeness.STATEMENT: 0.0,
    Completeness.AMBIGUOUS: -1.6,
    Completeness.FRAGMENT: -1.7,
    Completeness.LIKELY_INCOMPLETE: -3.3,
    Completeness.INCOMPLETE: -6.0,
}
"""What the words add to the logarithm of the odds: where they could be a whole statement, nothing.

Natural speech has too few of the others to fit this to: of 84 ends and 60 pauses, ambiguous words gave -0.3
and fragments -1.4. So they wait about as long as with the detector `transcript`.
"""
_UNDECIDED = {Completeness.QUESTION, Completeness.SENTENCE, Completeness.STATEMENT}
"""Words that could be all or not, so that the sound decides; others are trusted, however they sound."""
_TYPICAL_CHANGE = -0.01
"""The change of timbre that says nothing."""
_ALL_LENGTH = 0.3
"""The length from which the change of timbre counts in full, that of 6.7 s: in short turns, words decide."""
_MOST = 3.89
"""The largest logit that was learned from so few recordings can mean: a probability of 0.98."""
_UNFINISHED = 0.02
"""The most that a melody can make of words after which more must follow, such as "and" or "one moment"."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """One logistic regression: values are standardized with `means` and `scales`, then weighted."""

    bias: float
    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]

    def logit(self, values: tuple[float, ...]) -> float:
        """Return the logarithm of the odds for as many values as there are weights."""
        total = self.bias
        for value, weight, mean, scale in zip(values, self.weights, self.means, self.scales, strict=True):
            total += weight * (value - mean) / scale
        return total


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at a pause; None where it is not.

    Args:
        words: how complete the words are.
        melody: the features of the sound.
        network: the logit of a neural network's probability.
    """

    words: Completeness | None = None
    melody: tuple[float, ...] | None = None
    network: float | None = None

    @property
    def kinds(self) -> str:
        """The kinds of evidence there are, as the name of their coefficients."""
        known = {WORDS: self.words, MELODY: self.melody, NETWORK: self.network}
        return "+".join(kind for kind, value in known.items() if value is not None)

    @property
    def heard(self) -> tuple[float, ...]:
        """The numbers that describe the sound, which are weighted."""
        network = () if self.network is None else (self.network,)
        if self.melody is None:
            return network
        if self.words is not None and self.words not in _UNDECIDED:
            return (_TYPICAL_CHANGE, 0.0, *network)
        change, length = self.melody
        trust = 1.0 if self.words is None else min(1.0, length / _ALL_LENGTH)
        return (_TYPICAL_CHANGE + trust * (change - _TYPICAL_CHANGE), length, *network)

    @property
    def said(self) -> float:
        """What the words add to the logarithm of the odds."""
        return 0.0 if self.words is None else ODDS[self.words]

    def over(self) -> float:
        """Return the probability that the turn is over."""
        return self.probability(coefficients()[self.kinds].logit(self.heard) + self.said)

    def probability(self, logit: float) -> float:
        """Return the probability for the logarithm of the odds, within bounds that depend on the words."""
        over = 1 / (1 + math.exp(-min(max(logit, -_MOST), _MOST)))
        return min(over, _UNFINISHED) if self.words is Completeness.INCOMPLETE else over


@cache
def coefficients() -> dict[str, Coefficients]:
    """Return the coefficients for each combination of evidence."""
    text = files(__package__).joinpath("coefficients.json").read_text("utf-8")
    return {
        kinds: Coefficients(each["bias"], tuple(each["weights"]), tuple(each["means"]), tuple(each["scales"]))
        for kinds, each in json.loads(text).items()
    }


def logit(probability: float) -> float:
    """Return the logit of a probability, within reasonable bounds."""
    probability = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(probability / (1 - probability))
