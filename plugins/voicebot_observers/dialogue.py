"""What of a conversation's events belongs into a transcript: who said what, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from voicebot import (
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    DeviceChanged,
    ProviderFailed,
    ProviderNoticed,
    TurnTimed,
    UnitSpoken,
    UserCorrected,
    UserTurnEnded,
    printable,
    printable_words,
)

Kind: TypeAlias = Literal["user", "bot", "correction", "failure", "notice", "device", "timing", "end"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a transcript tells; `at` is in seconds since the conversation began.

    `text` is what was said; of a failure, a notice or a device, the message; of the end, what ended the
    conversation.
    """

    at: float
    kind: Kind
    text: str = ""
    interrupted: bool = False
    timing: TurnTimed | None = None

    def made_printable(self) -> Entry:
        """Return the entry with a text that can do no harm to whoever reads or prints the transcript."""
        said = self.kind in ("user", "bot", "correction")
        return replace(self, text=printable_words(self.text) if said else printable(self.text))


class Dialogue:
    """Makes entries of one conversation's events.

    The words of a user's turn are told once its answer begins: where nobody heard an answer, they come again
    with what the user added.
    """

    def __init__(self) -> None:
        self._question: Entry | None = None
        self._turn = 0
        self._answer_began: float | None = None

    def see(self, event: ConversationEvent) -> list[Entry]:
        """Return what is to be told now; later versions' events are no part of it."""
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
                return self._asked()
            case BotTurnEnded(at, heard, interrupted):
                return self._answered(at, heard, interrupted=interrupted)
            case ProviderFailed(at, kind, message):
                return [*self._asked(), Entry(at, "failure", f"{kind}: {message}")]
            case ProviderNoticed(at, kind, message):
                return [Entry(at, "notice", f"{kind}: {message}")]
            case DeviceChanged(at, _, message):
                return [Entry(at, "device", message)]
            case TurnTimed(at):
                return [Entry(at, "timing", timing=event)]
            case ConversationEnded(at, failure, by):
                return [*self._asked(), Entry(at, "end", failure or by)]
            case _:
                return []

    def _asked(self) -> list[Entry]:
        asked, self._question = self._question, None
        return [asked] if asked is not None else []

    def _answered(self, at: float, heard: str, *, interrupted: bool) -> list[Entry]:
        began, self._answer_began = self._answer_began, None
        if not heard:
            return [] if interrupted else self._asked()
        return [*self._asked(), Entry(began if began is not None else at, "bot", heard, interrupted)]
