"""Halves of characters, as servers send them that cut an escaped emoji in two."""

from __future__ import annotations

import codecs


class Halves:
    """Joins the halves of characters in a text that comes in pieces; a half without the other is U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")

    def feed(self, text: str, *, final: bool = False) -> str:
        """Return what there is of the text now; the first half of a character waits for the second."""
        return self._decoder.decode(text.encode("utf-16-le", "surrogatepass"), final)
