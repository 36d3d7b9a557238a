"""A language model of the bot's own phrases, which a small recogniser then hears reliably.

It is a trigram model with back-off, in ARPA format, which leaves half of its weight to other orders of the
words. Other speech is then decoded as words in an order that no phrase has, which `covers` detects.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

ORDER = 3
BACK_OFF = 0.5
"""The share of the weight left to unseen n-grams; tuned to tell phrases from other speech."""
START, END = "<s>", "</s>"
_NEVER = -99.0

Gram = tuple[str, ...]


class PhraseModel:
    """The phrases as n-grams; duplicates count once."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self.phrases = tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
        self._counts: list[Counter[Gram]] = [Counter() for _ in range(ORDER)]
        for phrase in self.phrases:
            words = (START, *phrase, END)
            for order in range(ORDER):
                for first in range(len(words) - order):
                    self._counts[order][words[first : first + order + 1]] += 1

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the phrases, sorted."""
        return tuple(sorted({word for phrase in self.phrases for word in phrase}))

    def covers(self, heard: tuple[str, ...], *, complete: bool = True) -> bool:
        """Return whether every word follows the two before it in some phrase.

        Args:
            complete: False for the beginning of something that is still being said.
        """
        words = (START, *heard, END) if complete else (START, *heard)
        if not heard:
            return False
        if len(words) < ORDER:
            return words in self._counts[len(words) - 1]
        return all(words[i : i + ORDER] in self._counts[ORDER - 1] for i in range(len(words) - ORDER + 1))

    def arpa(self) -> str:
        """Return the model in ARPA format; the probabilities of each context sum to one."""
        probabilities = self._probabilities()
        weights = self._back_off_weights(probabilities)
        lines = ["\\data\\"]
        lines += [f"ngram {order + 1}={len(grams)}" for order, grams in enumerate(probabilities)]
        for order, grams in enumerate(probabilities):
            lines += ["", f"\\{order + 1}-grams:"]
            for gram, probability in sorted(grams.items()):
                back_off = f" {_log(weights[order].get(gram, 1.0)):.4f}" if order < ORDER - 1 else ""
                lines.append(f"{_log(probability):.4f} {' '.join(gram)}{back_off}")
        return "\n".join([*lines, "", "\\end\\", ""])

    def _probabilities(self) -> list[dict[Gram, float]]:
        unigrams = dict(self._counts[0])
        total = sum(unigrams.values()) - unigrams[(START,)]
        # the start is only a context: it never follows anything
        found: list[dict[Gram, float]] = [
            {gram: 0.0 if gram == (START,) else count / total for gram, count in unigrams.items()}
        ]
        for counts in self._counts[1:]:
            contexts: Counter[Gram] = Counter()
            for gram, count in counts.items():
                contexts[gram[:-1]] += count
            found.append({g: (1 - BACK_OFF) * count / contexts[g[:-1]] for g, count in counts.items()})
        return found

    @staticmethod
    def _back_off_weights(probabilities: list[dict[Gram, float]]) -> list[dict[Gram, float]]:
        """Return the factor by which each context scales its unseen continuations."""
        weights: list[dict[Gram, float]] = []
        for lower, grams in pairwise(probabilities):
            seen: dict[Gram, float] = {}
            for gram in grams:
                seen[gram[:-1]] = seen.get(gram[:-1], 0.0) + lower[gram[1:]]
            weights.append({c: BACK_OFF / (1 - mass) if mass < 1 - 1e-9 else 0.0 for c, mass in seen.items()})
        return weights


def _log(value: float) -> float:
    return math.log10(value) if value > 0 else _NEVER
