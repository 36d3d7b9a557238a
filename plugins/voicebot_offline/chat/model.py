"""A scripted demo: a chat model that answers by rules in the config.

It needs no network, no key and no graphics card, is quick and predictable, and so is good for trying out
voices, for tests and for a first bot. It is not a language model.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property, lru_cache

from pydantic import model_validator

from voicebot import (
    ChatEvent,
    ChatModel,
    ChatRequest,
    Field,
    Notice,
    Options,
    ReplyEnded,
    TextDelta,
    ToolCall,
)
from voicebot_offline.chat.answers import choose, fill, needed, recall
from voicebot_offline.chat.patterns import Match, Pattern
from voicebot_offline.chat.rules import Answers, Rule
from voicebot_offline.chat.tool_calls import ScriptedCall, arguments_of, result_values
from voicebot_offline.words import words_of

_NOTE = re.compile(r"^\[.*\]\n", re.MULTILINE)
"""A note by the engine, in the middle of what the user said."""
_NEARLY = 0.85
"""How alike a text and a phrase must be, from 0 to 1: letters in common, of all letters."""


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

    def called_tools(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Return the tools that rules call, except for rules that know what to say without them."""
        for number, rule in enumerate(self.rules):
            if rule.call is not None and not rule.otherwise:
                yield ("rules", number, "call", "name"), rule.call.name

    @model_validator(mode="after")
    def _default_needs_nothing(self) -> ScriptOptions:
        for answer in self.default:
            if unsure := sorted(needed(answer)):
                name = unsure[0]
                raise ValueError(f"default answer {answer!r}: write {{{name}|something else}}")
        return self


@dataclass
class _Turn:
    """Where a conversation is: the number of the rule, what is known, and which answers were given."""

    rule: int
    memory: dict[str, str] = field(default_factory=dict)
    given: dict[int, list[int]] = field(default_factory=dict)
    """The indexes of answers given, in order, by rule; under `~rule` those of `otherwise`."""
    result: str | None = None
    """What a tool has returned in this turn, if one has."""
    has_failed: bool = False
    """Whether that is only the reason why it could not."""
    callers: dict[str, int] = field(default_factory=dict)
    """The numbers of the rules that called tools, by the names of these."""


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
        """Stream the answer word by word, or call the tool that the rule calls."""
        turn = self._turn(request)
        rule = self.options.rules[turn.rule] if turn.rule < len(self.options.rules) else None
        call = rule.call if rule is not None and turn.result is None else None
        if call is not None:
            if tool := next((tool for tool in request.tools if tool.name == call.name), None):
                yield ToolCall(secrets.token_hex(8), tool.name, arguments_of(call, turn.memory, tool))
                yield ReplyEnded("calls")
                return
            yield Notice(
                f"the script calls {call.name!r}, which is not offered now; see `allow` under `tools`"
            )
        pause = 1 / self.options.words_per_second if self.options.words_per_second else 0.0
        for index, word in enumerate(self._answer(turn).split(" ")):
            yield TextDelta(word if index == 0 else f" {word}")
            await asyncio.sleep(pause)
        yield ReplyEnded(patience=rule.patience if rule is not None else None)

    def answer(self, request: ChatRequest) -> str:
        """Return the whole answer; if the rule calls a tool, the one for the lack of it."""
        return self._answer(self._turn(request))

    def _answer(self, turn: _Turn) -> str:
        answers = self._answers[turn.rule]
        call = self.options.rules[turn.rule].call if turn.rule < len(self.options.rules) else None
        answer = answers[choose(answers, turn.given.get(turn.rule, ()))]
        if call is None:
            return fill(answer, turn.memory)
        values = result_values(answer, turn.result) if turn.result is not None else None
        if values is None or turn.has_failed:
            return self._without_result(turn, call)
        return fill(answer, {**turn.memory, **values})

    def _without_result(self, turn: _Turn, call: ScriptedCall) -> str:
        """Return what to say if a tool is not offered or fails, or its result lacks what the answer needs."""
        if otherwise := self.options.rules[turn.rule].otherwise:
            return fill(otherwise[choose(otherwise, turn.given.get(~turn.rule, ()))], turn.memory)
        if turn.result is None:
            return f"I cannot do that, because I do not have the tool {call.name}."
        if turn.has_failed:
            return f"That did not work, because the tool {call.name} failed."
        return f"I cannot tell, because the tool {call.name} did not say."

    def _turn(self, request: ChatRequest) -> _Turn:
        """Return where the conversation is, by replaying it.

        An answer counts as given if some of it was heard.
        """
        turn = _Turn(len(self._answers) - 1)
        asked = False
        for message in request.messages:
            if message.role == "user":
                said = _NOTE.sub("", message.content)
                turn.rule, match = self._understand(said)
                turn.memory.update(match.captures)
                turn.result, turn.has_failed = None, False
                asked = bool(words_of(said))  # a greeting follows a user who said nothing
            elif message.role == "tool":
                turn.result, turn.has_failed = message.content, message.failed
            elif message.calls:
                turn.rule = self._caller(turn, message.calls[-1].name)
            elif message.role == "assistant" and asked:
                self._count_answer(turn, message.content)
                asked = False
        return turn

    def _caller(self, turn: _Turn, tool: str) -> int:
        """Return the number of the rule that calls a tool: after the user's yes, that of an earlier turn."""
        rules = self.options.rules
        callers = [index for index, rule in enumerate(rules) if rule.call and rule.call.name == tool]
        if turn.rule in callers:
            turn.callers[tool] = turn.rule
        return turn.callers.get(tool, callers[0] if callers else turn.rule)

    def _count_answer(self, turn: _Turn, said: str) -> None:
        """Count the answer of which `said` is the beginning as given."""
        answers = [
            fill(answer, {**turn.memory, **(result_values(answer, turn.result or "") or {})})
            for answer in self._answers[turn.rule]
        ]
        if (answer := recall(answers, said)) is not None:
            turn.given.setdefault(turn.rule, []).append(answer)
        elif turn.rule < len(self.options.rules) and (otherwise := self.options.rules[turn.rule].otherwise):
            texts = [fill(answer, turn.memory) for answer in otherwise]
            if (answer := recall(texts, said)) is not None:
                turn.given.setdefault(~turn.rule, []).append(answer)

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
