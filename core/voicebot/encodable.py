"""Text that can be encoded: a lone half of a surrogate pair can be neither sent, written nor shown.

Models and recognisers that escape their JSON badly give such halves, and so do YAML's escapes and bytes of
the command line that are not UTF-8. Python takes them for characters until the text leaves the process.
"""

from __future__ import annotations

import codecs
from typing import Any


def encodable(text: str) -> str:
    """Return a text with its halves of characters joined, and U+FFFD for each that lacks its other half."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def encodable_texts(value: Any) -> Any:
    """Return plain data with all texts in it made encodable, keys too; what is no plain data stays itself."""
    if isinstance(value, str):
        return encodable(value) if type(value) is str else value  # an enum's member is a str too
    if isinstance(value, dict):
        return {encodable_texts(key): encodable_texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and type(value) in {list, tuple}:
        return type(value)(encodable_texts(item) for item in value)
    return value


class EncodablePieces:
    """Makes a text encodable that comes in pieces, which may cut a character in two."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")
        self._half_waits = False

    def feed(self, piece: str) -> str:
        """Return what there is of the text now; the first half of a character waits for the second."""
        if not self._half_waits:
            try:
                piece.encode()
            except UnicodeEncodeError:
                pass
            else:
                return piece
        text = self._decoder.decode(piece.encode("utf-16-le", "surrogatepass"))
        self._half_waits = bool(self._decoder.getstate()[0])
        return text

    def finish(self) -> str:
        """Return what waits still, at the end of the text."""
        return self._decoder.decode(b"", final=True)
