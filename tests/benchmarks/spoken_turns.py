"""The turns of simulated users, with pauses where people pause and a melody that tells something of them.

Which of the marked places become pauses is drawn (`spoken_phrases.py`). How long pauses are, and how many
there are, is what others have measured (`speakers.py`).
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass

from speakers import Speaker
from spoken_phrases import filler, phrase

TURNS_IN_A_DIALOGUE = 10
"""How many turns a speaker has."""
PAUSES_PER_TURN = 2.5
"""The mean of what is drawn. Phrases have fewer marks; what remains comes to eot-bench's 705 in 400 turns."""
SHORTEST_PLANTED = 0.3
"""Seconds. Shorter pauses are made too, but are not counted as planted."""
END = "end"


@dataclass(frozen=True, slots=True)
class SpokenSegment:
    """Words said in one go.

    Args:
        seconds: how long the words take.
        pause: seconds of silence after them; 0 at the end of the turn.
        where: the kind of place where they stop: `clause`, `phrase`, `number`, `filler`, or `end`.
        melody: how finished they sound, compared with others at such a place, in standard deviations.
    """

    words: tuple[str, ...]
    seconds: float
    pause: float = 0.0
    where: str = END
    melody: float = 0.0


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """One turn of a user, and what the bot had said before."""

    number: int
    asked: str
    segments: tuple[SpokenSegment, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All words."""
        return tuple(word for segment in self.segments for word in segment.words)

    @property
    def seconds(self) -> float:
        """From the first word to the end of the last."""
        return sum(segment.seconds + segment.pause for segment in self.segments)

    @property
    def planted(self) -> tuple[SpokenSegment, ...]:
        """The segments after which there is a planted pause."""
        return tuple(segment for segment in self.segments if segment.pause >= SHORTEST_PLANTED)


_MARK = re.compile(r"\s*(//|/|#|~)\s*")
_WHERE = {"//": "clause", "/": "phrase", "#": "number", "~": "filler"}


def spoken_turns(count: int, seed: int) -> list[SpokenTurn]:
    """Return the turns of a corpus, ten of each speaker; for one seed they are always the same."""
    speakers = [
        Speaker.drawn(random.Random(f"{seed} speaker {number}"))
        for number in range(-(-count // TURNS_IN_A_DIALOGUE))
    ]
    return [
        _turn(number, speakers[number // TURNS_IN_A_DIALOGUE], random.Random(f"{seed} turn {number}"))
        for number in range(count)
    ]


def _turn(number: int, speaker: Speaker, draw: random.Random) -> SpokenTurn:
    asked, said = phrase(draw)
    parts = _MARK.split(said)
    texts, marks = parts[::2], parts[1::2]
    paused = set(draw.sample(range(len(marks)), min(len(marks), _how_many(draw))))
    segments: list[SpokenSegment] = []
    words: list[str] = []
    for index, text in enumerate(texts):
        words += text.split()
        if index == len(marks):
            segments.append(_segment(words, speaker, draw))
        elif index in paused:
            where = _WHERE[marks[index]]
            if where == "filler":
                words += filler(draw)
            segments.append(_segment(words, speaker, draw, where))
            words = []
    return SpokenTurn(number, asked, tuple(segments))


def _segment(words: list[str], speaker: Speaker, draw: random.Random, where: str = END) -> SpokenSegment:
    return SpokenSegment(
        tuple(words),
        len(words) / speaker.words_per_second,
        0.0 if where == END else speaker.pause(draw),
        where,
        draw.gauss(0, 1),
    )


def _how_many(draw: random.Random) -> int:
    """Draw how often a speaker pauses in a turn, from a Poisson distribution."""
    left, count = math.exp(-PAUSES_PER_TURN), 0
    product = draw.random()
    while product > left:
        product *= draw.random()
        count += 1
    return count
