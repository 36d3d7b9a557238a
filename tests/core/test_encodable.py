"""Lone surrogates are replaced, and those that form a pair are joined."""

from __future__ import annotations

import pytest

from voicebot import DeviceError, Field, Notice, Options, ProviderError, SecretStr, Settings
from voicebot.encodable import EncodablePieces, encodable

TEXTS = [
    ("", ""),
    ("plain", "plain"),
    ("😀 𠮷 é \ufeff", "😀 𠮷 é \ufeff"),
    ("a\ud83d\ude00b", "a😀b"),
    ("\ud842\udfb7\ud83d", "𠮷\ufffd"),
    ("\ud83d", "\ufffd"),
    ("\ude00", "\ufffd"),
    ("a\ud83db\ude00c", "a\ufffdb\ufffdc"),
    ("\ud83d\ud83d\ude00", "\ufffd😀"),
    ("\ude00\ud83d", "\ufffd\ufffd"),
    ("😀\ud83d\ude00\ude00", "😀😀\ufffd"),
]


@pytest.mark.parametrize(("text", "whole"), TEXTS, ids=ascii)
def test_pairs_are_joined_and_lone_surrogates_replaced_however_the_text_is_split(
    text: str, whole: str
) -> None:
    assert encodable(text) == whole
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            pieces = EncodablePieces()
            given = [pieces.feed(piece) for piece in (text[:first], text[first:second], text[second:])]
            given.append(pieces.finish())
            assert "".join(given) == whole
            assert [piece.encode().decode() for piece in given] == given


def test_only_a_high_surrogate_waits_for_the_next_piece() -> None:
    pieces = EncodablePieces()
    assert [pieces.feed(piece) for piece in ("Hi", " \ud83d", "\ude00", "!")] == ["Hi", " ", "😀", "!"]


def test_texts_of_options_can_be_encoded_at_any_depth() -> None:
    class Rule(Options):
        words: tuple[str, ...]

    class Many(Options):
        name: str = Field(min_length=1)
        key: SecretStr
        rules: tuple[Rule, ...]
        more: dict[str, list[str]]

    many = Many.model_validate(
        {
            "name": "\ud83d",
            "key": "k\udcff",
            "rules": [{"words": ("a\ud83d\ude00", "b")}, Rule(words=("c\ude00",))],
            "more": {"\ud83d": ["\ud83d"]},
        }
    )
    assert many.name == "\ufffd"
    assert many.key.get_secret_value() == "k\ufffd"
    assert many.rules == (Rule(words=("a😀", "b")), Rule(words=("c\ufffd",)))
    assert many.more == {"\ufffd": ["\ufffd"]}
    assert Settings(system="Be \ud83d", phrases=("\ude00",)) == Settings(
        system="Be \ufffd", phrases=("\ufffd",)
    )


def test_messages_of_providers_can_be_encoded() -> None:
    assert str(ProviderError("no \ud83d")) == str(DeviceError("no \ud83d")) == "no \ufffd"
    assert Notice("spare \ud83d\ude00").message == "spare 😀"
