"""Make the table of where English sentences end, from the language model that comes with pocketsphinx.

    python tests/benchmarks/sentence_ends.py plugins/voicebot_turns/sentence_ends/en.txt.gz

The model is a trigram of 27 MB, and Python stands still while pocketsphinx loads it. The table keeps what a
turn detector asks: how probable the end of a sentence is after a word, and after a pair of words if the first
of them makes a difference. What is rarer than one in a million is left out. `gunzip -c` shows the table.
Takes some minutes.
"""

from __future__ import annotations

import argparse
import gzip
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

START, END = "<s>", "</s>"
RARE = 1e-6
"""The frequency below which a word, or a pair of words, is left out."""
FIRST_OF_PAIR = 1e-5
"""The frequency of the first word of a pair, to try fewer pairs."""
DIFFERENCE = 0.3
"""The least difference that the first word of a pair makes, as the logarithm of a ratio."""
NEVER = 0.01
"""Probabilities below this do not differ."""

Table: TypeAlias = dict[str, dict[str, float]]
"""For each last word, the probability of the end by the word before it; by "" whatever that is."""


class Model:
    """The language model of pocketsphinx."""

    def __init__(self) -> None:
        import pocketsphinx

        self._log: Any = pocketsphinx.LogMath()
        config = pocketsphinx.Config(hmm=None, lm=None, dict=None)
        path = pocketsphinx.get_model_path("en-us/en-us.lm.bin")
        self._ngrams: Any = pocketsphinx.NGramModel(config, self._log, path)
        with open(pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"), encoding="utf-8") as dictionary:
            self._pronounced = {line.split(maxsplit=1)[0] for line in dictionary if line.strip()}

    def probability(self, word: str, *before: str) -> float:
        """Return the probability of a word after those before it, in the order in which they are said."""
        return float(self._log.exp(self._ngrams.prob([word, *reversed(before)])))

    def followers(self, first: str, words: Iterable[str], least: float) -> list[str]:
        """Return the words whose probability after `first` is `least` or more."""
        prob, least = self._ngrams.prob, self._log.log(least)
        return [word for word in words if prob([word, first]) >= least]

    def words(self) -> dict[str, float]:
        """Return the words that are not rare, with their frequencies."""
        words = sorted(
            word for word in self._pronounced if "(" not in word
        )  # a second pronunciation: "read(2)"
        frequencies = {word: self.probability(word) for word in words}
        return {word: frequency for word, frequency in frequencies.items() if frequency >= RARE}


def table(model: Model) -> Table:
    """Return the probabilities of the end."""
    words = model.words()
    ends: Table = {word: {"": model.probability(END, word)} for word in words}
    for first, second in pairs(model, words):
        probability = model.probability(END, first, second)
        ratio = max(probability, NEVER) / max(ends[second][""], NEVER)
        if abs(math.log(ratio)) >= DIFFERENCE:
            ends[second][first] = probability
    return ends


def pairs(model: Model, words: dict[str, float]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of words that are not rare; the first may be the start of a sentence."""
    starts = {START: model.probability(END)}  # as many sentences begin as end
    firsts = starts | {word: frequency for word, frequency in words.items() if frequency >= FIRST_OF_PAIR}
    for first, frequency in firsts.items():
        for second in model.followers(first, words, RARE / frequency):
            yield first, second


def lines(ends: Table) -> Iterator[str]:
    """Yield the table as text, in thousandths: `cost 44 doesn't 29 the 8`."""
    for word, by_first in sorted(ends.items()):
        items = (f"{first} {round(1000 * p)}".lstrip() for first, p in sorted(by_first.items()))
        yield f"{word} {' '.join(items)}"


def main(path: Path) -> None:
    """Make the table and write it to a file."""
    ends = table(Model())
    text = "".join(f"{line}\n" for line in lines(ends))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{len(ends)} words, {sum(map(len, ends.values())) - len(ends)} pairs")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("path", type=Path, metavar="FILE", help="where the table is written")
    main(parser.parse_args().path)
