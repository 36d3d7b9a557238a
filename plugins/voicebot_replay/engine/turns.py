"""The turns of a conversation, read from its events: of one that was recorded, or of its replay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from voicebot import (
    BotTurnEnded,
    ConversationDetail,
    ConversationEvent,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UnitSpoken,
    UserSpeechStopped,
    UserTurnEnded,
    turn_parts,
)
from voicebot_replay.engine.speech import Speech, cut_off
from voicebot_replay.exchanges import TOOL_RAN


@dataclass(frozen=True, slots=True)
class CalledTool:
    """A tool that ran until `at`: its arguments are JSON, and `outcome` is as in `ToolEnded`."""

    name: str
    arguments: str
    outcome: str
    at: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class ReplayedTurn:
    """One turn of the user and its answer; times are seconds of the conversation.

    `silent_since` is when the user fell silent, None for a typed line; `decided` is when the bot took the
    turn for over, `answered` when the first sound of its answer was heard, None if none was. `cut_off` means
    that the answer was heard more than 150 ms before the user had finished. `heard` are the words of the bot
    that the user heard. `prepared` counts the replies that were begun before the decision, `withdrawn` those
    that were discarded, with an estimate of their tokens in `wasted_tokens`. If the answer `is_stand_in`, it
    was not asked for in the recording, and the time from the decision to it is a guess.
    """

    number: int
    words: str
    decided: float
    silent_since: float | None = None
    answered: float | None = None
    heard: str = ""
    cut_off: bool = False
    interrupted: bool = False
    prepared: int = 0
    withdrawn: int = 0
    wasted_tokens: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    tools: tuple[CalledTool, ...] = ()
    timed: TurnTimed | None = None
    is_stand_in: bool = False

    @property
    def answered_after(self) -> float | None:
        """Seconds from the user's last sound, or the typed line, to the first sound of the answer."""
        if self.answered is None:
            return None
        return self.answered - (self.decided if self.silent_since is None else self.silent_since)

    @property
    def waited(self) -> float | None:
        """Seconds of silence until the decision; None for a typed line."""
        return None if self.silent_since is None else self.decided - self.silent_since

    @property
    def parts(self) -> dict[str, float]:
        """What the seconds until the answer went to; see `turn_parts`."""
        return turn_parts(self.timed) if self.timed is not None else {}


def turns_in(
    events: Iterable[ConversationEvent | ConversationDetail], said: Sequence[Speech]
) -> tuple[ReplayedTurn, ...]:
    """Return the turns of a conversation, in order.

    If it breaks off within an answer, what is known of that turn is there: an answer that began was heard.

    Args:
        events: of the conversation.
        said: the user's turns as the recording shows that they were, to tell what was cut off.
    """
    events = list(events)
    turns: list[ReplayedTurn] = []
    silent_since: float | None = None
    awaited = spoken = False
    for event in events:
        match event:
            case UserSpeechStopped():
                silent_since = event.silent_since
            case UserTurnEnded(at, text, number):
                turns.append(ReplayedTurn(number, text, at, silent_since))
                silent_since, awaited, spoken = None, True, False
            case UnitSpoken(at) if not spoken:
                spoken = True
                if awaited:
                    awaited = False
                    late = turns[-1].silent_since is not None and cut_off(said, turns[-1].decided, at)
                    turns[-1] = replace(turns[-1], answered=at, cut_off=late)
                else:
                    silent_since = None  # the bot speaks unasked
            case TurnTimed() if event.turn:
                _change(turns, event.turn, **_of_timing(event, said))
            case BotTurnEnded(_, heard, interrupted):
                awaited = spoken = False
                if turns and (heard or interrupted):
                    before = turns[-1]
                    words = f"{before.heard} {heard}".strip()
                    turns[-1] = replace(before, heard=words, interrupted=before.interrupted or interrupted)
            case _:
                pass
    tools = _tools(events)
    return tuple(replace(turn, tools=tuple(tools[place])) for place, turn in enumerate(turns))


def _tools(events: Iterable[ConversationEvent | ConversationDetail]) -> dict[int, list[CalledTool]]:
    """Return the calls that ran, by the place of the turn whose answer they began for."""
    found: dict[int, list[CalledTool]] = defaultdict(list)
    begun: dict[str, tuple[int, str]] = {}
    place = -1
    for event in events:
        match event:
            case UserTurnEnded():
                place += 1
            case ToolStarted():
                begun[event.id] = place + event.ahead, event.arguments
            case ToolEnded() if event.outcome in TOOL_RAN:
                of_turn, arguments = begun.get(event.id, (place, ""))
                found[of_turn].append(CalledTool(event.name, arguments, event.outcome, event.at))
            case _:
                pass
    return found


def _of_timing(event: TurnTimed, said: Sequence[Speech]) -> dict[str, object]:
    found: dict[str, object] = {
        "silent_since": event.speech_stopped,
        "answered": event.first_sound,
        "prepared": event.prepared,
        "withdrawn": event.withdrawn,
        "wasted_tokens": event.wasted_tokens,
        "input_tokens": event.input_tokens,
        "output_tokens": event.output_tokens,
        "timed": event,
    }
    if event.decided is not None and event.speech_stopped is not None:
        found["cut_off"] = cut_off(said, event.decided, event.first_sound)
    return found


def _change(turns: list[ReplayedTurn], number: int, **values: object) -> None:
    for place, turn in enumerate(turns):
        if turn.number == number:
            turns[place] = replace(turn, **values)  # type: ignore[arg-type]  # its fields
