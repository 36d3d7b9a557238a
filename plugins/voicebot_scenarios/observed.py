"""What happens in a conversation: answers of the bot, calls of tools, and what fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from voicebot import (
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    ListeningStarted,
    ProviderFailed,
    ToolEnded,
    ToolStarted,
    UnitSpoken,
)
from voicebot_scenarios.scenario import Turn

_NEVER_RAN = ("declined", "refused", "repeated")


@dataclass(slots=True)
class Answer:
    """Something that the bot says without a break; `ended` is None while it speaks.

    `text` is what has become audible so far, and in the end what was heard.
    """

    began: float
    text: str = ""
    ended: float | None = None
    interrupted: bool = False


@dataclass(slots=True)
class CalledTool:
    """A call of a tool that ran; `arguments` is JSON, and `ahead` is as in `ToolStarted`."""

    at: float
    id: str
    name: str
    arguments: str
    ahead: bool = False


@dataclass(slots=True)
class Observed:
    """What has happened so far; times are seconds since the conversation began."""

    answers: list[Answer] = field(default_factory=list)
    calls: list[CalledTool] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)
    """What providers failed at, and when."""
    listening: bool = False
    """Whether the bot has begun to listen."""
    ended: float | None = None
    """When the conversation ended."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, event: ConversationEvent) -> None:
        """Take an event into account."""
        match event:
            case ListeningStarted():
                self.listening = True
            case UnitSpoken(at, text):
                if self.speaking is None:
                    self.answers.append(Answer(at))
                self.answers[-1].text = f"{self.answers[-1].text} {text}".strip()
            case BotTurnEnded(at, heard, interrupted):
                if (speaking := self.speaking) is not None:
                    speaking.ended, speaking.text, speaking.interrupted = at, heard, interrupted
            case ToolStarted(at, id, name, arguments, ahead):
                self.calls.append(CalledTool(at, id, name, arguments, ahead))
            case ToolEnded(id=id, outcome="cancelled"):  # for a reply that was discarded, if it was ahead
                self.calls = [call for call in self.calls if call.id != id or not call.ahead]
            case ToolEnded(id=id, outcome=outcome) if outcome in _NEVER_RAN:
                self.calls = [call for call in self.calls if call.id != id]
            case ProviderFailed(at, kind, message):
                self.failures.append((at, f"{kind}: {message}"))
            case ConversationEnded(at, failure):
                self.ended = at
                if failure is not None:
                    self.failures.append((at, failure))
            case _:
                return
        self._changed.set()

    @property
    def speaking(self) -> Answer | None:
        """What the bot is saying now."""
        return self.answers[-1] if self.answers and self.answers[-1].ended is None else None

    async def until(self, is_reached: Callable[[], Any], seconds: float) -> bool:
        """Wait until something is reached or the conversation has ended; return whether it is in time."""
        try:
            async with asyncio.timeout(seconds):
                while not is_reached() and self.ended is None:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return bool(is_reached())


@dataclass(slots=True)
class ObservedTurn:
    """A turn of the user that has been carried out, with what happened in it.

    `began` is the user's first sound, `last_word` the end of the last, and `until` when the next turn began;
    `pauses` are those within the turn, each with its beginning and end. `over` is what the bot was saying
    when the turn interrupted it. `problem` says why the turn could not be carried out.
    """

    turn: Turn
    began: float
    last_word: float
    until: float = float("inf")
    pauses: tuple[tuple[float, float], ...] = ()
    over: Answer | None = None
    problem: str = ""
    opinions: dict[str, str] = field(default_factory=dict)
    """What the judge has against the answer, by criterion; empty if it is fulfilled."""

    @property
    def silent_at(self) -> float | None:
        """When this turn broke off what the bot was saying; None if it did not."""
        over = self.over
        if over is None or not over.interrupted or over.ended is None or over.ended > self.until:
            return None
        return over.ended

    def answers(self, observed: Observed) -> list[Answer]:
        """Return what the bot began to say in this turn."""
        return [each for each in observed.answers if self.began <= each.began < self.until]

    def said(self, observed: Observed) -> str:
        """Return what was heard of that."""
        return " ".join(each.text for each in self.answers(observed) if each.text)

    def calls(self, observed: Observed) -> list[CalledTool]:
        """Return the calls of tools in this turn."""
        return [each for each in observed.calls if self.began <= each.at < self.until]

    def failures(self, observed: Observed) -> Iterator[str]:
        """Yield what failed in this turn."""
        return (what for at, what in observed.failures if self.began <= at < self.until)
