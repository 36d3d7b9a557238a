"""Types of options in plain words, whatever types a plugin uses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from voicebot import ChatModel, Choice, Field, Options, SecretStr, Synthesizer, VoiceActivityDetector
from voicebot.cli.option_text import OptionText, describe
from voicebot.config.schema import Settings


class Inner(Options):
    depth: float = Field(1.5, gt=0, le=9)
    """How deep."""


class Everything(Options):
    needed: str
    """A required option."""
    many: tuple[int, ...] = ()
    place: Path | None = None
    key: SecretStr | None = None
    mood: Literal["glad", "sad"] = "glad"
    either: str | int | None = None
    on: bool = True
    rate: int = Field(5, ge=1, le=10)
    texts: dict[str, str] = Field(default_factory=dict)
    inner: Inner = Inner()
    several: tuple[Inner, ...] = ()
    by_name: dict[str, Inner] | None = None
    odd: Callable[[], None] | None = None


class Endless(Options):
    text: str = ""
    more: Endless | None = None


WORDS = {option.name: option for option in describe(Everything)}


def test_a_required_option_has_no_default():
    assert WORDS["needed"] == OptionText("needed", "text", None, "A required option.")


def test_types_are_described_in_words():
    assert {name: option.type for name, option in WORDS.items()} == {
        "needed": "text",
        "many": "list of whole numbers",
        "place": "path",
        "key": "secret",
        "mood": "glad | sad",
        "either": "text or whole number",
        "on": "true or false",
        "rate": "whole number, 1 to 10",
        "texts": "mapping to text",
        "inner": "mapping",
        "inner.depth": "number, more than 0, at most 9",
        "several": "list of mappings",
        "several[].depth": "number, more than 0, at most 9",
        "by_name": "mapping to mappings",
        "by_name.NAME.depth": "number, more than 0, at most 9",
        "odd": "anything",
    }


def test_defaults_are_written_as_in_a_config():
    defaults = {name: option.default for name, option in WORDS.items()}

    assert defaults["place"] == "unset"
    assert defaults["many"] == "empty"
    assert defaults["mood"] == "glad"
    assert defaults["on"] == "true"


def test_nested_sections_are_described_below_their_names():
    words = {option.name: option for option in describe(Settings)}

    assert words["turns.final_timeout"].doc.startswith("Seconds to wait for the recogniser's final")


def test_a_recursive_model_is_described_without_endless_recursion():
    assert max(option.name.count("more") for option in describe(Endless)) < 6


class Combined(Options):
    of: tuple[Choice[Synthesizer[Any]], ...] = Field(min_length=2)
    """Who speaks."""
    mind: Choice[ChatModel[Any]]
    spare: Choice[VoiceActivityDetector[Any]] | None = None


def test_options_that_select_providers_name_the_kind():
    assert describe(Combined) == [
        OptionText("of", "list of synthesizer providers, at least 2", None, "Who speaks."),
        OptionText("mind", "chat provider", None, ""),
        OptionText("spare", "voice_activity provider", "unset", ""),
    ]
