"""The services that turns are simulated over: how late each is, and what the recogniser gets wrong at first.

Delays are drawn for each turn from log-normal distributions, by the turn's own seed: every policy meets the
same ones. What is published is taken from there; what nobody publishes is assumed, and says so.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist


@dataclass(frozen=True, slots=True)
class Delay:
    """A log-normal distribution in seconds, through a median and as near as can be to other quantiles."""

    median: float
    quantiles: tuple[tuple[float, float], ...]
    source: str

    @property
    def spread(self) -> float:
        """The standard deviation of the logarithm: the least squares over the quantiles."""
        points = [
            (NormalDist().inv_cdf(share), math.log(seconds / self.median))
            for share, seconds in self.quantiles
        ]
        return sum(z * log for z, log in points) / sum(z * z for z, _ in points)

    def draw(self, draw: random.Random) -> float:
        """Return the next delay."""
        return draw.lognormvariate(math.log(self.median), self.spread)


FINAL = Delay(
    1.016,
    ((0.95, 1.345), (0.99, 1.791)),
    "pipecat-ai/stt-benchmark: Azure, end of speech to final transcript",
)
PARTIAL = Delay(0.2, ((0.95, 0.35),), "assumed; from the end of a word to the partial that has it")
FIRST_TOKEN = Delay(0.49, ((0.05, 0.4), (0.95, 0.6)), "400 to 600 ms, taken as the middle 90 %")
TOKEN_SECONDS = 0.01
"""100 tokens a second: Microsoft's target for a small model with priority."""
FIRST_BYTE = Delay(
    0.55, ((0.95, 0.9),), "Microsoft: OpenAI HD voices take more than 500 ms; the p95 is assumed"
)
SYNTHESIS_SPEED = 5.0
SECONDS_PER_CHARACTER = 0.06
HIT_RATE = 0.9
"""How often a partial's last word is what the final says; assumed, so the curve over it is shown."""
_ANSWERS = (
    "All right, let me have a look at that for you.",
    "Thank you, I have written that down now.",
    "Good, that is something I can help you with.",
    "I see, that should not take very long.",
    "Of course, here is what I have found so far.",
)
SYSTEM = (
    "You are the voice of a household assistant. Answer in one or two short sentences, in plain words, "
    "without lists or markup, and end with a question that keeps the conversation going. If something is "
    "unclear, ask. Never invent bookings, prices or opening hours; say that you will check instead."
)
CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Services:
    """How the services are in one run.

    Args:
        hit_rate: how often a partial is right.
        commit: seconds after which a recogniser that is asked to settle does so at the latest; None where
            it takes its own time, as published.
    """

    seed: int = 1
    hit_rate: float = HIT_RATE
    commit: float | None = None

    def of(self, turn: int) -> TurnServices:
        """Return what one turn meets."""
        return TurnServices(self, turn)


@dataclass(slots=True)
class TurnServices:
    """The draws of one turn: the same for every policy, whatever it asks, and in whatever order."""

    services: Services
    turn: int
    _requests: int = field(default=0)
    _utterances: int = field(default=0)

    def partial(self, word: int) -> float:
        """Return seconds from the end of a word to the partial that has it."""
        return PARTIAL.draw(self._draw("partial", word))

    def hears(self, word: int) -> bool:
        """Return whether the partial that ends with this word is right."""
        return self._draw("hit", word).random() < self.services.hit_rate

    def final(self, segment: int) -> float:
        """Return seconds from the end of a segment to its final transcript."""
        return FINAL.draw(self._draw("final", segment))

    def first_token(self) -> float:
        """Return the next request's seconds to the first token."""
        self._requests += 1
        return FIRST_TOKEN.draw(self._draw("model", self._requests))

    def first_byte(self) -> float:
        """Return the next utterance's seconds to the first sound."""
        self._utterances += 1
        return FIRST_BYTE.draw(self._draw("voice", self._utterances))

    def _draw(self, what: str, number: int) -> random.Random:
        return random.Random(f"{self.services.seed} {self.turn} {what} {number}")


def answer(turn: int, next_question: str) -> str:
    """Return what the model writes in reply to a turn."""
    return f"{_ANSWERS[turn % len(_ANSWERS)]} {next_question}"


def misheard(word: str) -> str:
    """Return what a partial says where it is wrong: another word, nearly the same."""
    return f"{word}y" if word[-1] not in "yi" else f"{word}a"


def as_written(words: Sequence[str]) -> str:
    """Return a final transcript as a service writes it: it begins big and ends with a full stop."""
    text = " ".join(words)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def tokens(characters: int) -> float:
    """Return about how many tokens so many characters are."""
    return characters / CHARACTERS_PER_TOKEN
