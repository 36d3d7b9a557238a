"""What the section `redact` may contain."""

from __future__ import annotations

import re

from pydantic import field_validator

from voicebot import Field, Options, PrivateText


class RedactOptions(Options):
    """What is removed from transcripts, recordings and telemetry.

    It changes nothing of the conversation itself. Redaction is for text: it removes nothing from sound.
    """

    email: bool = True
    """Whether e-mail addresses are removed, such as `anne@example.com`; also as they are spoken, "anne at
    example dot com"."""
    digits: int | None = Field(4, ge=1, le=20)
    """A number with at least this many digits is removed, such as `0171 555 01 23` or "five five five one";
    blanks, stops, commas, slashes, dashes and brackets may be between them. Unset to keep all numbers."""
    words: tuple[PrivateText, ...] = ()
    """Words of your own, such as names: `[Anne Bonny, Rackham]`. Upper and lower case do not matter, and a
    blank stands for any number of them. Only whole words are removed."""
    patterns: tuple[str, ...] = ()
    """Regular expressions of Python: whatever one of them matches is removed."""

    @field_validator("patterns")
    @classmethod
    def _valid(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                matches_nothing = re.compile(pattern).match("") is not None
            except re.error as error:
                raise ValueError(f"'{pattern}' is not a regular expression: {error}") from None
            if matches_nothing:
                raise ValueError(f"'{pattern}' also matches no text at all; it has to match something")
        return patterns

    @field_validator("words")
    @classmethod
    def _none_empty(cls, words: tuple[PrivateText, ...]) -> tuple[PrivateText, ...]:
        if not all(word.get_secret_value().strip() for word in words):
            raise ValueError("one of the words is empty")
        return words
