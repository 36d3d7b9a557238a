"""Texts of every sort that a provider may be given."""

from __future__ import annotations

SENTENCE = "Ahoy, matey. The sea is deep and blue."
STORY = " ".join(
    f"{number} sailors went to the market, and there they bought a barrel of apples and a yellow bird."
    for number in ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")
)
SEVERAL = (
    SENTENCE,
    "Who is there? A bird, and a very old one, sir. It came in with the rain.",
    "The cook is late. The ship is old, and slow. We sail at dawn if the wind is fair and come home late.",
)
"""Texts of several lengths to be spoken at the same time; short, because some voices are slow."""
HUGE = 5_000
"""Characters of the longest text given to a provider."""
FOREIGN = {
    "Japanese": ("こんにちは、海は青いです。", "ja-JP"),
    "Arabic": ("مرحبا، البحر أزرق.", "ar-SA"),
    "emoji": ("🎉👩‍👩‍👧 🏴‍☠️", None),
    "emoji among words": ("🎉🎉 Then we sang ☠️ until dawn.", "en-US"),
    "an unknown language": (SENTENCE, "xx-XX"),
    "control characters": ("one\ttwo\r\nthree\x00four\u200bfive", None),
}
"""Texts in other scripts and worse, each with its language."""
MARKUP = 'Wait here </speak><break time="9s"/> & then <b>go</b>.'
BLANK = ("", " ", "\n\n")


def huge() -> str:
    """Return a text of many sentences, `HUGE` characters long."""
    return (f"{STORY} " * (HUGE // len(STORY) + 1))[:HUGE]
