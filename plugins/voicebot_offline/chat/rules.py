"""The rules of a script: what the user may say, which tool that calls, and what to answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from voicebot import Field, Options
from voicebot_offline.chat.answers import check_answer, named, needed
from voicebot_offline.chat.patterns import Pattern
from voicebot_offline.chat.tool_calls import RESULT, ScriptedCall, texts_in


def _check_pattern(text: str) -> str:
    Pattern(text)
    return text


def _not_empty(texts: tuple[str, ...]) -> tuple[str, ...]:
    # instead of min_length, which also rejects a list whose only item has a problem of its own
    if not texts:
        raise ValueError("at least one is needed")
    return texts


PatternText = Annotated[str, AfterValidator(_check_pattern)]
AnswerText = Annotated[str, AfterValidator(check_answer)]
Patterns = Annotated[tuple[PatternText, ...], AfterValidator(_not_empty)]
Answers = Annotated[tuple[AnswerText, ...], AfterValidator(_not_empty)]


class Rule(Options):
    """What to answer when one of its patterns is said."""

    patterns: Patterns
    """What the user may say, anywhere in the turn: `tell me a joke`; `[please] tell me (a joke|one)`
    with optional words and alternatives; `my name is {name}` captures a word, `i like {thing...}` several.
    Case and punctuation do not matter. In YAML, a pattern that begins with a bracket or a brace needs
    quotes."""
    call: ScriptedCall | None = None
    """A tool to call before the answer, such as `{name: clock, arguments: {zone: "{city|Berlin}"}}`."""
    answers: Answers
    """What to say; several are used in turn. `{name}` is replaced by what was captured, now or earlier;
    `{name|matey}` by `matey` if nothing was. With `call`, `{result}` is what the tool returned; if that is
    JSON, `{result.time}` is a part of it, and `{result.days.0}` the first item of a list."""
    otherwise: tuple[AnswerText, ...] = ()
    """With `call`: what to say if the tool is not offered, fails, or returns nothing or no JSON with the
    parts that the answer needs; several are used in turn. By default, which of these it is."""
    values: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Likely values of captures, such as `name: [John, Mary]`: the recogniser expects them, and they are
    spelled as here. Other words are captured too."""
    patience: Literal["quick", "normal", "relaxed"] | None = None
    """How long the user may pause in the turn after this answer: for example `relaxed` after a question to
    think about, `quick` after a yes-or-no question. By default, as long as in other turns."""

    @model_validator(mode="after")
    def _names_fit(self) -> Rule:
        patterns = [Pattern(text, self.values) for text in self.patterns]
        known = frozenset().union(*(pattern.captures for pattern in patterns))
        if strange := sorted(self.values.keys() - known):
            raise ValueError(f"values: no pattern of this rule captures {{{strange[0]}}}")
        if self.call is not None and RESULT in known:
            raise ValueError("with `call`, {result} is what the tool returned; capture under another name")
        if self.call is None and self.otherwise:
            raise ValueError("`otherwise` is for rules with `call`")
        sure = frozenset.intersection(*(pattern.sure for pattern in patterns))
        _check_names(self.answers, "answer", sure, with_result=self.call is not None)
        _check_names(self.otherwise, "answer", sure)
        if self.call is not None:
            _check_names(texts_in(self.call.arguments), "argument", sure)
        return self


def _check_names(texts: Iterable[str], what: str, sure: frozenset[str], *, with_result: bool = False) -> None:
    """Check that all that texts name is known when they are used."""
    for text in texts:
        results = {name for name in named(text) if with_result and name.partition(".")[0] == RESULT}
        if parts := sorted(name for name in named(text) - results if "." in name):
            raise ValueError(f"{what} {text!r}: {{{parts[0]}}}: only the {{result}} of a `call` has parts")
        if unsure := sorted(needed(text) - results - sure):
            name = unsure[0]
            raise ValueError(
                f"{what} {text!r}: {{{name}}} may not be known by then; write {{{name}|something else}}"
            )
