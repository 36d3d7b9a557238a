"""The format of scenarios: what the user does, and what must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Self

from pydantic import ValidationInfo, field_validator, model_validator

from voicebot import Choice, Field, Options, Synthesizer

_WRONG = "?"
"""Instead of an option that has a mistake itself."""


def texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the texts of a value that may be one or several."""
    return (value,) if isinstance(value, str) else value


class Pause(Options):
    """A pause within a turn."""

    pause: float = Field(gt=0, le=600)
    """Seconds of silence between what is said before and after it."""


class ExpectedCall(Options):
    """A call of a tool that the turn must make, exactly once."""

    name: str = Field(min_length=1)
    """The tool."""
    args: Mapping[str, Any] = Field(default_factory=dict)
    """Arguments that the call must have, among others."""


class Expect(Options):
    """What must hold of a turn; each is one check."""

    contains: str | tuple[str, ...] = ()
    """What the bot must say, whatever the case of letters; several in any order."""
    matches: str | tuple[str, ...] = ()
    """Regular expressions that what the bot says must match somewhere, whatever the case of letters."""
    must_not_say: str | tuple[str, ...] = ()
    """What the bot must not say, whatever the case of letters."""
    within: float | None = Field(None, gt=0, le=600)
    """Seconds from the user's last word to the first sound of the answer, at most."""
    calls: tuple[ExpectedCall, ...] = ()
    """Tools that must be called, each exactly once, in any order."""
    not_called: tuple[str, ...] = ()
    """Tools that must not be called."""
    patience_kept: bool = False
    """With `true`, the bot must not say anything within the pauses of the turn."""
    interrupted: bool | None = None
    """Whether what the bot was saying must be broken off by this turn (`true`), or must not be (`false`)."""
    silent_within: float | None = Field(None, gt=0, le=600)
    """Seconds from the user's first sound until what the bot was saying must be broken off."""
    silent: float | None = Field(None, gt=0, le=600)
    """Seconds after the user's last word for which the bot must say nothing new."""
    judged: str = ""
    """A criterion that the bot's answer must fulfil, in words: the chat model of the config decides."""

    # Here and in turns, each is checked with its own field: another mistake would hide a check of the whole.

    @field_validator("matches")
    @classmethod
    def _patterns_are_valid(cls, matches: str | tuple[str, ...]) -> str | tuple[str, ...]:
        for pattern in texts(matches):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"`matches` is no regular expression: {pattern!r}: {error}") from None
        return matches

    @field_validator("silent")
    @classmethod
    def _needs_no_answer(cls, silent: float | None, info: ValidationInfo) -> float | None:
        if silent is not None and any(info.data.get(each) for each in ("within", "contains", "matches")):
            raise ValueError("`silent` excludes `within`, `contains` and `matches`, which need an answer")
        return silent


class Turn(Options):
    """One turn of the user; without `user` and `typed`, the user waits for the bot to speak, as it greets."""

    user: str | tuple[str | Pause, ...] = ()
    """What the user says: a text, or a list of texts with pauses, such as `[tell me a, {pause: 0.8}, joke]`.
    Without it and `typed`, the user waits for the bot."""
    typed: str = ""
    """What the user types instead: a line."""
    after: float | None = Field(None, ge=0, le=600)
    """Seconds after the end of what the bot says at which the user begins, by default 0.5."""
    interrupt: float | None = Field(None, ge=0, le=600)
    """Seconds into the bot's answer at which the user begins, while the bot speaks."""
    expect: Expect = Field(default_factory=Expect)
    """What must hold."""

    @field_validator("user")
    @classmethod
    def _has_texts(cls, user: str | tuple[str | Pause, ...]) -> str | tuple[str | Pause, ...]:
        pieces = (user,) if isinstance(user, str) else user
        if not all(each.strip() for each in pieces if isinstance(each, str)):
            raise ValueError("`user` has an empty text")
        if pieces and not (isinstance(pieces[0], str) and isinstance(pieces[-1], str)):
            raise ValueError("`user` must begin and end with a text; use `after` to begin later")
        return user

    @field_validator("typed")
    @classmethod
    def _is_a_line(cls, typed: str, info: ValidationInfo) -> str:
        if not typed.strip():
            raise ValueError("`typed` must have a text; leave it out if the user only waits")
        if info.data.get("user"):
            raise ValueError("a turn has `user` or `typed`, not both")
        return typed

    @field_validator("after", "interrupt")
    @classmethod
    def _has_one_time(cls, seconds: float | None, info: ValidationInfo) -> float | None:
        if seconds is not None and info.data.get("after") is not None:
            raise ValueError("a turn has `interrupt` or `after`, not both")
        if seconds is not None and info.data.get("user", _WRONG) == () and not info.data.get("typed", _WRONG):
            raise ValueError("`interrupt` and `after` need `user` or `typed`")
        return seconds

    @field_validator("expect")
    @classmethod
    def _can_be_met(cls, expect: Expect, info: ValidationInfo) -> Expect:
        user = info.data.get("user", _WRONG)
        if expect.patience_kept and user != _WRONG and not any(isinstance(each, Pause) for each in user):
            raise ValueError("`patience_kept` needs a pause in `user`")
        if info.data.get("interrupt", _WRONG) is None and (
            expect.interrupted is not None or expect.silent_within is not None
        ):
            raise ValueError("`interrupted` and `silent_within` need `interrupt`")
        return expect

    @property
    def pieces(self) -> tuple[str | Pause, ...]:
        """What is said, in order; nothing if the user types or waits."""
        return (self.user,) if isinstance(self.user, str) else self.user

    @property
    def waits(self) -> bool:
        """Whether the user only waits for the bot."""
        return not self.pieces and not self.typed

    @property
    def text(self) -> str:
        """What the user says or types, in one line."""
        pieces = (each if isinstance(each, str) else f"[{each.pause:g} s]" for each in self.pieces)
        return self.typed or " ".join(pieces)


class Scenario(Options):
    """One conversation."""

    name: str = Field(min_length=1)
    """What it is called in results."""
    turns: tuple[Turn, ...] = Field(min_length=1)
    """What happens, in order."""


class ScenarioFile(Options):
    """A file with one scenario, or with several that share a bot."""

    config: str = Field(min_length=1)
    """The config of the bot: a path, from the directory of the scenario, or the name of a shipped config."""
    speech: Choice[Synthesizer[Any]] | None = None
    """The voice of the user, as in the section `synthesizer` of a config: the config's recogniser hears it.
    Without one, the words come as from a recogniser that understands everything, and have no melody."""
    understood: bool = False
    """With `true`, every word of `speech` is recognised as it is written, without the config's recogniser."""
    words_per_second: float = Field(3.0, gt=0, le=20)
    """How fast a user without `speech` speaks."""
    timeout: float = Field(30.0, gt=0, le=3600)
    """Seconds for which a turn waits for an answer."""
    name: str = ""
    """What a single scenario is called; by default, like its file."""
    turns: tuple[Turn, ...] = ()
    """The turns of a single scenario."""
    scenarios: tuple[Scenario, ...] = ()
    """Several scenarios, instead of `turns`."""

    @model_validator(mode="after")
    def _has_scenarios(self) -> Self:
        if bool(self.turns) == bool(self.scenarios):
            raise ValueError(
                "a scenario needs `turns`, or a list of `scenarios`, each with a `name` and `turns`"
            )
        names = [each.name for each in self.scenarios]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two scenarios are called {twice!r}")
        return self

    def all(self, name: str) -> tuple[Scenario, ...]:
        """Return the scenarios.

        Args:
            name: what a single one is called if it has no name.
        """
        return self.scenarios or (Scenario(name=self.name or name, turns=self.turns),)
