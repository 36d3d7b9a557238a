"""Compare speech with other speech of the same voice: it must be longer in proportion to its text.

Speech that is cut off, halved or said twice may be as long as some voice needs for its text, but not as long
as the same voice needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from voicebot.testing.contract.failures import Unmet, expect
from voicebot.testing.contract.samples import texts
from voicebot.testing.contract.synthesizer.speech import Speech

PACE = (10.5, 26.0)
"""The pace of voices in characters of English per second, pauses included.

Measured with a story of 743 characters: flite 18.1 to 20.4 (five voices), espeak 16.5 to 18.6 (by default,
in five languages), piper 20, scripted voices 16.7. A wrong rate, twice or half as high, doubles or halves it.
"""
_ATTEMPTS = 3
"""A voice that never says a text twice alike may be off once."""
_CUT = 2
"""How many speeches that end loudly are too many: one may be a habit of the voice."""
_NUMBERS = "7 9 7 9 7 9 7 9 7 9 7 9"
_WORDS = "the old sailors came in"
_GREETING = "Good morning, my parrot."
_AT_THE_MARKET = "sailors went to the market and there they bought a barrel of apples and a yellow bird"
_LONG_SENTENCE = (
    " and ".join(f"{number} {_AT_THE_MARKET}" for number in ("One", "two", "three", "four")) + "."
)
_COMMANDS = "Look up. Sit down. Go home. Come back. Run fast. Stand still. Sing loud. Sleep well."

Speak = Callable[[str], Awaitable[Speech]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Per character, `text` must take `least` to `most` times as long as `other`, not counting silence."""

    what: str
    text: str
    other: str
    least: float
    most: float

    def meets(self, speech: Speech, other: Speech) -> None:
        """Require one speech to be as long as the other leads to expect."""
        wanted = other.spoken * (len(self.text) + 1) / (len(self.other) + 1)
        least, most = self.least * wanted, self.most * wanted
        expect(
            least <= speech.spoken <= most,
            f"{self.what}: {least:.2f} to {most:.2f} s of sound for {_shown(self.text)}, "
            f"because {_shown(self.other)} takes {other.spoken:.2f} s",
            f"{speech.spoken:.2f} s",
        )


# Flite, espeak and piper: 0.95 to 1.05 in the first, 0.94 to 1.04 in the second, 1 to 1.07 in the third,
# 0.95 to 1.04 in the fourth, and 0.93 to 1.07 in the last.
COMPARISONS = (
    Comparison("each sentence spoken, once", texts.STORY, texts.STORY.partition(".")[0] + ".", 0.85, 1.17),
    Comparison("the end of a text spoken too", " ".join([_GREETING] * 3), _GREETING, 0.85, 1.15),
    Comparison("the end of each sentence spoken too", _COMMANDS, _COMMANDS.replace(". ", ", "), 0.87, 1.35),
    Comparison("all of a sentence spoken", f"{_NUMBERS} {_WORDS}.", f"{_WORDS} {_NUMBERS}.", 0.83, 1.2),
    Comparison("a long sentence spoken to its end", _LONG_SENTENCE, texts.STORY, 0.82, 1.25),
)


async def ensure_lengths_add_up(speak: Speak, *known: Speech) -> None:
    """Require the speeches of several texts to have lengths in proportion to each other.

    Args:
        known: speeches that exist already.
    """
    heard = {speech.text: speech for speech in known}
    for comparison in COMPARISONS:
        for attempt in range(_ATTEMPTS):
            for text in (comparison.text, comparison.other):
                if attempt or text not in heard:
                    heard[text] = await speak(text)
            try:
                comparison.meets(heard[comparison.text], heard[comparison.other])
                break
            except Unmet:
                if attempt == _ATTEMPTS - 1:
                    raise
    cut = [speech for speech in heard.values() if speech.is_cut_off]
    expect(
        len(cut) < _CUT,
        "sound that fades where the text ends",
        f"{len(cut)} of {len(heard)} texts end abruptly while loud: {', '.join(_shown(c.text) for c in cut)}",
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:40]} … {text[-15:]}")
