"""Seconds, characters and tokens: of a conversation, and of each of its turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from voicebot.dataclass import dataclass
from voicebot.events import ProviderUsed, ReplyWithdrawn, TurnTimed


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
    """What one turn used: all that began after the turn before, until the turn was over.

    `timed` is None for what came after the last turn.
    """

    timed: TurnTimed | None
    used: tuple[ProviderUsed, ...]

    @property
    def amounts(self) -> Amounts:
        """What was used, added up."""
        return amounts_of([*self.used, *((self.timed,) if self.timed is not None else ())])


def amounts_of(events: Iterable[Any]) -> Amounts:
    """Add up what the events of a conversation say was used; other events are ignored."""
    used: list[ProviderUsed] = []
    tokens = characters = 0
    pending: list[ReplyWithdrawn] = []
    for event in events:
        match event:
            case ProviderUsed():
                used.append(event)
            case ReplyWithdrawn():
                pending.append(event)
            case TurnTimed():
                tokens += event.wasted_tokens
                characters += event.wasted_characters
                pending = pending if not event.turn else []  # a turn has those that were discarded in it
            case _:
                pass
    return Amounts(
        seconds=sum(each.seconds for each in used),
        characters=sum(each.characters for each in used),
        input_tokens=sum(each.input_tokens for each in used),
        cached_tokens=sum(each.cached_tokens for each in used),
        output_tokens=sum(each.output_tokens for each in used),
        wasted_tokens=tokens + sum(each.wasted_tokens for each in pending),
        wasted_characters=characters + sum(each.wasted_characters for each in pending),
        estimated=any(each.estimated for each in used),
    )


def use_by_turn(events: Iterable[Any]) -> Sequence[TurnUse]:
    """Return what each turn used, in order, and last what came after them, if anything did."""
    events = list(events)
    turns = [event for event in events if isinstance(event, TurnTimed)]
    used: list[list[ProviderUsed]] = [[] for _ in range(len(turns) + 1)]
    for event in events:
        if isinstance(event, ProviderUsed):
            number = next((n for n, turn in enumerate(turns) if event.began < turn.at), len(turns))
            used[number].append(event)
    found = [TurnUse(turn, tuple(each)) for turn, each in zip(turns, used, strict=False)]
    return [*found, TurnUse(None, tuple(used[-1]))] if used[-1] else found
