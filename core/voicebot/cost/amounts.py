"""Seconds, characters and tokens: of a conversation, and of each of its turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from voicebot.dataclass import dataclass
from voicebot.events import ProviderUsed, ReplyWithdrawn, TurnTimed, UserSpeechStarted, UserTurnEnded


@dataclass(frozen=True, slots=True)
class Amounts:
    """What was used: `seconds` of sound heard, `characters` spoken, and tokens of chat models.

    `cached_tokens` are a part of `input_tokens`. What was `wasted`, for prepared replies that were discarded,
    is a part of the others; its tokens are an estimate. `estimated` says whether some of the other tokens
    are one.
    """

    seconds: float = 0.0
    characters: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    wasted_tokens: int = 0
    wasted_characters: int = 0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class TurnUse:
    """What one turn used: the sound heard in it, and all that began after the turn before, until it was over.

    `timed` is None for what came after the last turn.
    """

    timed: TurnTimed | None
    used: tuple[ProviderUsed, ...]

    @property
    def amounts(self) -> Amounts:
        """What was used, added up."""
        return amounts_of([*self.used, *((self.timed,) if self.timed is not None else ())])


class Use:
    """What the events of a conversation say was used, added up as they come; other events are ignored.

    It grows with the providers and models that are used, and not with the events.
    """

    def __init__(self, events: Iterable[Any] = ()) -> None:
        self._used: dict[tuple[str, str, str], ProviderUsed] = {}
        self._wasted_tokens = self._wasted_characters = 0
        self._pending_tokens = self._pending_characters = 0
        """What was discarded since the last turn."""
        for event in events:
            self.add(event)

    def add(self, event: Any) -> None:
        """Count what an event says."""
        match event:
            case ProviderUsed(kind=kind, provider=provider, model=model):
                before = self._used.get((kind, provider, model))
                self._used[kind, provider, model] = event if before is None else _added(before, event)
            case ReplyWithdrawn():
                self._pending_tokens += event.wasted_tokens
                self._pending_characters += event.wasted_characters
            case TurnTimed():
                self._wasted_tokens += event.wasted_tokens
                self._wasted_characters += event.wasted_characters
                if event.turn:  # a turn has those that were discarded in it
                    self._pending_tokens = self._pending_characters = 0
            case _:
                pass

    @property
    def used(self) -> tuple[ProviderUsed, ...]:
        """What each provider and model was used for; `at` is when it was last."""
        return tuple(self._used.values())

    def amounts(self, used: Sequence[ProviderUsed] | None = None) -> Amounts:
        """Return all amounts.

        Args:
            used: a part of `used` that counts; by default, all.
        """
        used = self.used if used is None else used
        return Amounts(
            seconds=sum(each.seconds for each in used),
            characters=sum(each.characters for each in used),
            input_tokens=sum(each.input_tokens for each in used),
            cached_tokens=sum(each.cached_tokens for each in used),
            output_tokens=sum(each.output_tokens for each in used),
            wasted_tokens=self._wasted_tokens + self._pending_tokens,
            wasted_characters=self._wasted_characters + self._pending_characters,
            estimated=any(each.estimated for each in used),
        )


def amounts_of(events: Iterable[Any]) -> Amounts:
    """Add up what the events of a conversation say was used; other events are ignored."""
    return Use(events).amounts()


def use_by_turn(events: Iterable[Any]) -> Sequence[TurnUse]:
    """Return what each turn used, in order, and last what came after them, if anything did.

    Sound belongs to the turn in which the user last began to speak before it was recognised: a recogniser
    may be given it from the end of the turn before on.
    """
    events = list(events)
    turns = [event for event in events if isinstance(event, TurnTimed)]
    said = {event.turn: event.at for event in events if isinstance(event, UserTurnEnded)}
    used: list[list[ProviderUsed]] = [[] for _ in range(len(turns) + 1)]
    spoken = None
    uses = [event for event in events if isinstance(event, UserSpeechStarted | ProviderUsed)]
    for event in sorted(uses, key=lambda each: each.at):
        if isinstance(event, UserSpeechStarted):
            spoken = event.at
        else:
            if event.kind == "recognizer" and spoken is not None:
                numbers = (
                    n for n, turn in enumerate(turns) if turn.turn in said and spoken <= said[turn.turn]
                )
            else:
                numbers = (n for n, turn in enumerate(turns) if event.began < turn.at)
            used[next(numbers, len(turns))].append(event)
    found = [TurnUse(turn, tuple(each)) for turn, each in zip(turns, used, strict=False)]
    return [*found, TurnUse(None, tuple(used[-1]))] if used[-1] else found


def _added(one: ProviderUsed, other: ProviderUsed) -> ProviderUsed:
    """Return the sum of what the same provider was used for."""
    return replace(
        one,
        at=max(one.at, other.at),
        began=min(one.began, other.began),
        seconds=one.seconds + other.seconds,
        characters=one.characters + other.characters,
        input_tokens=one.input_tokens + other.input_tokens,
        cached_tokens=one.cached_tokens + other.cached_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        estimated=one.estimated or other.estimated,
    )
