"""Turn a conversation's events into transcript entries: who said what, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from voicebot import (
    BotCorrected,
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    DeviceChanged,
    HistoryCompacted,
    ProviderFailed,
    ProviderNoticed,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UnitSpoken,
    UserCorrected,
    UserTurnEnded,
    printable,
    printable_words,
)

Kind: TypeAlias = Literal[
    "user", "bot", "correction", "heard", "tool", "summary", "failure", "notice", "device", "timing", "end"
]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool: `arguments` is JSON; `outcome` and `seconds` as in `ToolEnded`."""

    id: str
    name: str
    arguments: str
    outcome: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a transcript; `at` is in seconds since the conversation began.

    A `correction` is of the user's last words; `heard` is what the user heard of the bot's last words, if
    that was learned later.
    `text` is what was said, the result of a tool, the summary of older turns, the message of a failure, a
    notice or a device, or what ended the conversation.
    """

    at: float
    kind: Kind
    text: str = ""
    interrupted: bool = False
    timing: TurnTimed | None = None
    call: Call | None = None

    def made_printable(self) -> Entry:
        """Return the entry with a text that is harmless on a terminal."""
        said = self.kind in ("user", "bot", "correction", "heard")
        call = self.call
        if call is not None:
            call = replace(
                call,
                id=printable(call.id),
                name=printable(call.name),
                arguments=printable(call.arguments),
            )
        return replace(self, text=printable_words(self.text) if said else printable(self.text), call=call)


class Dialogue:
    """Turns one conversation's events into entries.

    A user's turn becomes an entry once its answer begins: if no answer was heard, its words come again with
    what the user added. What a tool read for a reply that was prepared comes after these words.
    """

    def __init__(self) -> None:
        self._question: Entry | None = None
        self._turn = 0
        self._answer_began: float | None = None
        self._started: dict[str, ToolStarted] = {}
        self._read_ahead: list[Entry] = []

    def entries_for(self, event: ConversationEvent) -> list[Entry]:
        """Return the entries that an event completes; unknown events have none."""
        match event:
            case UserTurnEnded(at, text, turn):
                asked, self._question, self._turn = self._question, Entry(at, "user", text), turn
                repeated = asked is None or text.casefold().startswith(asked.text.casefold())
                return [] if repeated or asked is None else [asked]
            case UserCorrected(at, text, turn):
                if self._question is None or turn != self._turn:
                    return [Entry(at, "correction", text)]
                self._question = Entry(self._question.at, "user", text)
                return []
            case UnitSpoken(at):
                if self._answer_began is None:
                    self._answer_began = at
                return self._pending_question()
            case BotTurnEnded(at, heard, interrupted):
                return self._answered(at, heard, interrupted=interrupted)
            case ToolStarted(id=call):
                self._started[call] = event
                return []
            case ToolEnded():
                return self._called(event)
            case ProviderFailed(at, kind, message):
                return [*self._pending_question(), Entry(at, "failure", f"{kind}: {message}")]
            case ConversationEnded(at, failure, by):
                return [*self._pending_question(), Entry(at, "end", failure or by)]
            case _:
                return _aside(event)

    def _pending_question(self) -> list[Entry]:
        asked, self._question = self._question, None
        read, self._read_ahead = self._read_ahead, []
        return [*([asked] if asked is not None else []), *read]

    def _called(self, ended: ToolEnded) -> list[Entry]:
        started = self._started.pop(ended.id, None)
        arguments = started.arguments if started is not None else ""
        call = Call(ended.id, ended.name, arguments, ended.outcome, ended.seconds)
        entry = Entry(ended.at, "tool", ended.text, call=call)
        if started is not None and started.ahead:
            self._read_ahead.append(entry)
            return []
        return [*self._pending_question(), entry]

    def _answered(self, at: float, heard: str, *, interrupted: bool) -> list[Entry]:
        began, self._answer_began = self._answer_began, None
        if not heard:
            return [] if interrupted else self._pending_question()
        return [
            *self._pending_question(),
            Entry(began if began is not None else at, "bot", heard, interrupted),
        ]


def _aside(event: ConversationEvent) -> list[Entry]:
    """Return the entry of an event that is not part of what is said."""
    match event:
        case BotCorrected(at, heard):
            return [Entry(at, "heard", heard)]
        case ProviderNoticed(at, kind, message):
            return [Entry(at, "notice", f"{kind}: {message}")]
        case DeviceChanged(at, _, message):
            return [Entry(at, "device", message)]
        case HistoryCompacted(at, summary):
            return [Entry(at, "summary", summary)]
        case TurnTimed(at):
            return [Entry(at, "timing", timing=event)]
        case _:
            return []
