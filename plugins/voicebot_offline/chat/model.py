"""A scripted demo: a chat model that answers by rules in the config.

It needs no network, no key and no graphics card, is quick and predictable, and so is good for trying out
voices, for tests and for a first bot. It is not a language model.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from voicebot import ChatEvent, ChatModel, ChatRequest, Field, Options, ReplyEnded, TextDelta
from voicebot_offline.chat.answers import check_answer, choose, fill, needed, recall
from voicebot_offline.chat.patterns import Match, Pattern
from voicebot_offline.words import words_of

_NOTE = re.compile(r"^\[.*\]\n", re.MULTILINE)
"""A note by the engine, in the middle of what the user said."""
_NEARLY = 0.85
"""How alike a text and a phrase must be, from 0 to 1: letters in common, of all letters."""


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
    answers: Answers
    """What to say; several are used in turn. `{name}` is replaced by what was captured, now or earlier;
    `{name|matey}` by `matey` if nothing was."""
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
        sure = frozenset.intersection(*(pattern.sure for pattern in patterns))
        for answer in self.answers:
            if unsure := sorted(needed(answer) - sure):
                name = unsure[0]
                raise ValueError(
                    f"answer {answer!r}: {{{name}}} may not be known by then; write {{{name}|something else}}"
                )
        return self


class ScriptOptions(Options):
    """The script: rules, and what to say when none matches."""

    rules: tuple[Rule, ...] = ()
    """Rules; the one that matches the most words is used, or the first of several. If none does, the words
    may also be nearly those of a pattern: a recogniser that expects no phrases writes `what's a weather like`
    for `what's the weather like`."""
    default: Answers
    """What to say when no rule matches; several are used in turn."""
    words_per_second: float = Field(0.0, ge=0, le=1000)
    """How fast the answer is written, like a language model's; 0 writes it at once."""

    @model_validator(mode="after")
    def _default_needs_nothing(self) -> ScriptOptions:
        for answer in self.default:
            if unsure := sorted(needed(answer)):
                name = unsure[0]
                raise ValueError(f"default answer {answer!r}: write {{{name}|something else}}")
        return self


class ScriptChat(ChatModel[ScriptOptions]):
    """Answers by rules; what it remembers, it reads from the conversation's messages each time."""

    def __init__(self, options: ScriptOptions) -> None:
        super().__init__(options)
        self._patterns = [
            (index, Pattern(text, rule.values))
            for index, rule in enumerate(options.rules)
            for text in rule.patterns
        ]
        self._answers = [*(rule.answers for rule in options.rules), options.default]
        # in each request, only the last message is new
        self._understand = lru_cache(maxsize=2048)(self._find)

    @property
    def phrases(self) -> Sequence[str]:
        """All phrases that match the patterns; captures only with the values listed for them."""
        return tuple(dict.fromkeys(phrase for _, pattern in self._patterns for phrase in pattern.phrases()))

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the answer word by word."""
        rule, answer = self._answer(request)
        words = answer.split(" ")
        pause = 1 / self.options.words_per_second if self.options.words_per_second else 0.0
        for index, word in enumerate(words):
            yield TextDelta(word if index == 0 else f" {word}")
            await asyncio.sleep(pause)
        rules = self.options.rules
        yield ReplyEnded(patience=rules[rule].patience if rule < len(rules) else None)

    def answer(self, request: ChatRequest) -> str:
        """Return the whole answer."""
        return self._answer(request)[1]

    def _answer(self, request: ChatRequest) -> tuple[int, str]:
        """Return the number of the rule and the answer, by replaying the conversation.

        An answer counts as given if some of it was heard.
        """
        memory: dict[str, str] = {}
        given: dict[int, list[int]] = {}
        rule = len(self._answers) - 1
        asked = False
        for message in request.messages:
            if message.role == "user":
                said = _NOTE.sub("", message.content)
                rule, match = self._understand(said)
                memory.update(match.captures)
                asked = bool(words_of(said))  # a greeting follows a user who said nothing
            elif message.role == "assistant" and asked:
                texts = [fill(answer, memory) for answer in self._answers[rule]]
                if (answer := recall(texts, message.content)) is not None:
                    given.setdefault(rule, []).append(answer)
                asked = False
        chosen = self._answers[rule][choose(self._answers[rule], given.get(rule, ()))]
        return rule, fill(chosen, memory)

    def _find(self, said: str) -> tuple[int, Match]:
        """Return the number of the rule for what was said, that of the default if there is none."""
        rule, match = self._match(said)
        if not match.words and (near := self._nearest(said)):
            return self._match(near)
        return rule, match

    def _nearest(self, said: str) -> str:
        """Return the phrase that was probably said if all of it is nearly that; empty if there is none."""
        near = get_close_matches(" ".join(words_of(said)), self._expected, n=1, cutoff=_NEARLY)
        return near[0] if near else ""

    @cached_property
    def _expected(self) -> tuple[str, ...]:
        return tuple(" ".join(words_of(phrase)) for phrase in self.phrases)

    def _match(self, said: str) -> tuple[int, Match]:
        best, best_match = len(self._answers) - 1, Match(0)
        for rule, pattern in self._patterns:
            match = pattern.match(said)
            if match is not None and match.words > best_match.words:
                best, best_match = rule, match
        return best, best_match
