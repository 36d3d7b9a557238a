"""Text that can be encoded: a lone surrogate can be neither sent, written nor shown.

Lone surrogates come from models and recognisers that escape JSON incorrectly, from YAML escapes, and from
command line bytes that are not UTF-8. Python accepts them as characters until the text is encoded.
"""

from __future__ import annotations

import codecs
from typing import Any


def encodable(text: str) -> str:
    """Return a text with surrogate pairs joined, and U+FFFD for each lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def encodable_texts(value: Any) -> Any:
    """Return plain data with all texts in it made encodable, including keys; other objects are unchanged."""
    if isinstance(value, str):
        return encodable(value) if type(value) is str else value  # a member of an enum may be a str too
    if isinstance(value, dict):
        return {encodable_texts(key): encodable_texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and type(value) in {list, tuple}:
        return type(value)(encodable_texts(item) for item in value)
    return value


class EncodablePieces:
    """Makes a text encodable that comes in pieces, which may split a surrogate pair."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")
        self._half_waits = False

    def feed(self, piece: str) -> str:
        """Return the next piece of the text; the first half of a pair waits for the second."""
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
        """Return the rest at the end of the text."""
        return self._decoder.decode(b"", final=True)
