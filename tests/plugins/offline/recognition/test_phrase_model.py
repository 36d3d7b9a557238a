"""The language model made of phrases."""

from __future__ import annotations

import itertools

import pytest

from voicebot_offline.recognition.phrase_model import PhraseModel
from voicebot_offline.words import words_of

PHRASES = ("tell me a joke", "tell me a story", "what is the time", "stop", "stop the ship")


def model(*phrases: str) -> PhraseModel:
    return PhraseModel(words_of(phrase) for phrase in phrases)


def parse(arpa: str) -> tuple[dict[tuple[str, ...], float], dict[tuple[str, ...], float]]:
    probabilities, back_offs, order = {}, {}, 0
    for line in arpa.splitlines():
        if line.endswith("-grams:"):
            order = int(line[1])
        elif line and order and not line.startswith("\\"):
            probability, *rest = line.split()
            gram = tuple(rest[:order])
            probabilities[gram] = 10 ** float(probability)
            back_offs[gram] = 10 ** float(rest[order]) if len(rest) > order else 1.0
    return probabilities, back_offs


def test_the_probabilities_of_every_context_sum_to_one() -> None:
    probabilities, back_offs = parse(model(*PHRASES).arpa())
    words = [gram[0] for gram in probabilities if len(gram) == 1]

    def probability(gram: tuple[str, ...]) -> float:
        if gram in probabilities:
            return probabilities[gram]
        return back_offs.get(gram[:-1], 1.0) * probability(gram[1:])

    contexts = [(), *(gram for gram in probabilities if len(gram) < 3 and gram[-1] != "</s>")]
    for context in contexts:
        assert sum(probability((*context, word)) for word in words) == pytest.approx(1, abs=2e-3), context


def test_the_counts_in_the_head_are_those_of_the_body() -> None:
    arpa = model(*PHRASES).arpa()
    probabilities, _ = parse(arpa)
    for order in (1, 2, 3):
        assert f"ngram {order}={sum(len(gram) == order for gram in probabilities)}\n" in arpa


@pytest.mark.parametrize("heard", PHRASES)
def test_every_phrase_is_covered(heard: str) -> None:
    assert model(*PHRASES).covers(words_of(heard))


@pytest.mark.parametrize(
    "heard", ["", "tell me", "a joke", "joke me tell", "stop me a story", "ship", "what"]
)
def test_words_in_another_order_or_unfinished_are_not_covered(heard: str) -> None:
    assert not model(*PHRASES).covers(words_of(heard))


def test_the_beginning_of_a_phrase_is_covered() -> None:
    for phrase in PHRASES:
        for words in itertools.accumulate(((word,) for word in words_of(phrase)), lambda a, b: (*a, *b)):
            assert model(*PHRASES).covers(words, complete=False)
    assert not model(*PHRASES).covers(("joke",), complete=False)


def test_a_phrase_given_twice_counts_once_and_an_empty_one_not_at_all() -> None:
    assert model("stop", "Stop!", "", "...").phrases == (("stop",),)


def test_one_word_can_be_a_whole_model() -> None:
    assert model("stop").covers(("stop",))
    assert "\\end\\" in model("stop").arpa()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What\N{RIGHT SINGLE QUOTATION MARK}s THE weather, like?", ("what's", "the", "weather", "like")),
        ("'quoted' _under_score well-known", ("quoted", "under", "score", "well", "known")),
        ("Grüße, мир!", ("grüße", "мир")),
        ("🎉 ... ''", ()),
    ],
)
def test_words_are_what_is_spoken(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words
