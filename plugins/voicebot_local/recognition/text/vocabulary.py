"""The tokens of a Whisper model: their text, the languages among them, and the tokens of a text.

Tokens are written as in GPT-2: each byte is a printable character, and so a token need not be whole
characters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile
from pathlib import Path

from voicebot_local.recognition.text.languages import ENGLISH

FILES = ("vocabulary.txt", "vocabulary.json")
"""The files that may hold the vocabulary: a token per line, or a list of tokens."""
START, TRANSCRIBE, NO_TIMESTAMPS, BEFORE = (
    "<|startoftranscript|>",
    "<|transcribe|>",
    "<|notimestamps|>",
    "<|startofprev|>",
)
_AFTER_LANGUAGES = ("translate", "transcribe")
_MULTILINGUAL = 51_865
"""The least number of tokens of a multilingual model: one more than an English one has."""
_KEPT_TEXTS = 64
"""Texts before speech whose tokens are kept: some bots' phrases. 400 Japanese characters take 80 ms."""
_WORD = re.compile(r"'(?:s|t|re|ve|m|ll|d)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
"""GPT-2's pieces of text; tokens do not reach from one to the next."""


def _characters() -> list[str]:
    """Return the character that stands for each byte."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


_CHARACTER_OF = _characters()
_BYTE_OF = {character: byte for byte, character in enumerate(_CHARACTER_OF)}


def read(folder: Path) -> list[str]:
    """Return the tokens of the model in a folder.

    Raises:
        OSError: there is no vocabulary, or it cannot be read.
        ValueError: it is damaged.
    """
    for name in FILES:
        path = folder / name
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        tokens = json.loads(text) if path.suffix == ".json" else text.rstrip("\n").split("\n")
        if not (isinstance(tokens, list) and START in tokens and all(isinstance(t, str) for t in tokens)):
            raise ValueError(f"{name} is not the vocabulary of a Whisper model")
        return tokens
    raise FileNotFoundError(f"there is no {FILES[0]}")


def is_multilingual(tokens: Sequence[str]) -> bool:
    """Return whether a vocabulary is that of a multilingual model."""
    return len(tokens) >= _MULTILINGUAL


def spoken(tokens: Sequence[str]) -> frozenset[str]:
    """Return Whisper's codes of the languages that a model with these tokens knows."""
    if not is_multilingual(tokens):
        return ENGLISH  # it has the tokens of the others too
    first = tokens.index(START) + 1
    codes = (token[2:-2] for token in tokens[first:] if token.startswith("<|"))
    return frozenset(takewhile(lambda code: code not in _AFTER_LANGUAGES, codes))


class Encoder:
    """Writes texts as tokens of a model, and keeps those of the latest texts."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._numbers = {token: number for number, token in enumerate(tokens)}
        self.tokens = lru_cache(_KEPT_TEXTS)(self._tokens)

    def _tokens(self, text: str) -> tuple[str, ...]:
        """Return a text as tokens, by byte pair encoding: a token's number is also its rank."""
        found: list[str] = []
        for piece in _WORD.findall(text):
            parts = [_CHARACTER_OF[byte] for byte in piece.encode()]
            while len(parts) > 1:
                pairs = [one + other for one, other in pairwise(parts)]
                best = min(range(len(pairs)), key=lambda at: self._numbers.get(pairs[at], len(self._numbers)))
                if pairs[best] not in self._numbers:
                    break
                parts[best : best + 2] = [pairs[best]]
            found += [part for part in parts if part in self._numbers]
        return tuple(found)


def text_of(tokens: Iterable[str]) -> str:
    """Return the text of tokens, without special ones and without bytes that are not whole characters."""
    plain = (token for token in tokens if not (token.startswith("<|") and token.endswith("|>")))
    encoded = bytes(_BYTE_OF[character] for token in plain for character in token if character in _BYTE_OF)
    return encoded.decode(errors="ignore").strip()
