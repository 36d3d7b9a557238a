"""What the section `redact` removes, and what it leaves."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from voicebot_redaction.options import RedactOptions
from voicebot_redaction.redactor import Redactor


def redacted(text: str, **options: Any) -> str:
    return Redactor(RedactOptions.model_validate(options))(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("write to anne.b+x@mail.ex-ample.co.uk, please", "write to [email], please"),
        ("it's anne at example dot com", "it's [email]"),
        ("call +49 (0)171 555-01 23 now", "call [number] now"),
        ("the pin is 4711.", "the pin is [number]."),
        ("five five five one, thank you", "[number], thank you"),
        ("vier sieben elf", "vier sieben elf"),
        ("at 10:30 on pier 12, 3 boats", "at 10:30 on pier 12, 3 boats"),
        ("one of the two, or three at home", "one of the two, or three at home"),
        ("we meet at home. No dot com", "we meet at home. No dot com"),
        ("", ""),
    ],
)
def test_addresses_and_numbers_are_removed(text: str, expected: str) -> None:
    assert redacted(text) == expected


def test_words_of_ones_own_are_removed_in_any_case_but_only_whole() -> None:
    words = ["Anne", "Anne Bonny", "Müller"]
    text = "ANNE  BONNY, Anne and Annegret; Müllers Müller"
    assert redacted(text, words=words) == "[redacted], [redacted] and Annegret; Müllers [redacted]"
    assert redacted("4 boats", digits=1) == "[number] boats"
    assert redacted("room 4711, a@b.example", digits=None, email=False) == "room 4711, a@b.example"
    assert redacted("case AB-12/x", patterns=[r"AB-\d+/\w"]) == "case [redacted]"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patterns": ["(x"]}, "'(x' is not a regular expression: missing )"),
        ({"patterns": ["x*"]}, "'x*' also matches no text at all"),
        ({"words": [" "]}, "one of the words is empty"),
    ],
)
def test_what_cannot_be_removed_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        RedactOptions.model_validate(options)
    assert message in str(raised.value)


def test_own_words_are_never_shown() -> None:
    assert "Rackham" not in repr(RedactOptions.model_validate({"words": ["Rackham"]}))
