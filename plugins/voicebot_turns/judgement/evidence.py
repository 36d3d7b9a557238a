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
CLOSED = {
    Completeness.COMPLETE: 2.0,
    Completeness.QUESTION: 0.0,
    Completeness.SENTENCE: 0.0,
    Completeness.STATEMENT: 0.0,
    Completeness.AMBIGUOUS: -1.0,
    Completeness.FRAGMENT: -1.5,
    Completeness.LIKELY_INCOMPLETE: -1.5,
    Completeness.INCOMPLETE: -2.5,
}
"""How much the words alone say, as one number: where they could be a whole statement, nothing."""
_MOST = 3.89
"""The largest logit that was learned from so few recordings can mean: a probability of 0.98."""
_UNFINISHED = 0.03
"""The most that a melody can make of words after which more must follow, such as "and" or "one moment"."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """One logistic regression: values are standardized with `means` and `scales`, then weighted."""

    bias: float
    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]

    def probability(self, values: tuple[float, ...]) -> float:
        """Return the probability for as many values as there are weights, within reasonable bounds."""
        total = self.bias
        for value, weight, mean, scale in zip(values, self.weights, self.means, self.scales, strict=True):
            total += weight * (value - mean) / scale
        return 1 / (1 + math.exp(-min(max(total, -_MOST), _MOST)))


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
    def values(self) -> tuple[float, ...]:
        """The numbers that the probability is computed from."""
        words = () if self.words is None else (CLOSED[self.words],)
        return (*words, *(self.melody or ()), *(() if self.network is None else (self.network,)))

    def over(self) -> float:
        """Return the probability that the turn is over."""
        return self.limited(coefficients()[self.kinds].probability(self.values))

    def limited(self, over: float) -> float:
        """Return a probability that the turn is over, lowered where the words cannot be the end."""
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
