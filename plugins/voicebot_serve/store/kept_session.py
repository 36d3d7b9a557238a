"""One session, kept as it goes: what was said is saved before it is answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from voicebot import (
    BotCorrected,
    BotTurnEnded,
    ConversationEnded,
    ConversationEvent,
    Message,
    ProviderUsed,
    ToolStarted,
    UnitSpoken,
    UserCorrected,
    UserTurnEnded,
)
from voicebot_serve.store.record import Record
from voicebot_serve.store.store import Lease


class Saving(Protocol):
    """Saves the sessions of a server."""

    @property
    def is_away(self) -> bool:
        """Whether the store was not reached when it was needed last."""

    async def save(self, kept: KeptSession) -> bool | None:
        """Save a session; return whether its lease is held, or None if that is not known."""

    async def finish(self, kept: KeptSession) -> None:
        """Save a session for the last time, or forget it if it is over; it may be taken by others then."""


class KeptSession:
    """What the server that has a session keeps of it.

    Args:
        token: what the client shows to come back, once; never logged.
        seconds: for which the session is kept after its end.
        got: the number of the last turn of which the client has got the answer, as it says; None if it does
            not say that.
        returned: whether its client came back.
    """

    def __init__(
        self,
        saving: Saving,
        lease: Lease,
        token: str,
        record: Record,
        seconds: float,
        *,
        got: int | None = None,
        returned: bool = False,
    ) -> None:
        self.id = lease.session
        self.lease = lease
        self.token = token
        self.seconds = seconds
        self.returned = returned
        self.turns = record.turns
        """How many turns of the user there were when it began here, with the one that `question` repeats."""
        self.record, self.question = _to_go_on(record, got)
        """What there is, and words of the user that have to be answered first, if any."""
        self.messages: Sequence[Message] = self.record.messages
        """The history to begin with."""
        self.is_over = False
        """Whether the conversation came to its own end, so that nobody comes back to it."""
        self.is_lost = False
        """Whether the client came back elsewhere."""
        self.when_lost: Callable[[], None] | None = None
        self._saving = saving
        self._version = self._saved = 0
        self._is_changed = asyncio.Event()
        self._is_settled = asyncio.Event()

    def __repr__(self) -> str:
        return f"KeptSession({self.id!r})"

    @property
    def settings(self) -> dict[str, Any]:
        """What the client changed for itself."""
        return self.record.settings

    @settings.setter
    def settings(self, value: dict[str, Any]) -> None:
        self.record.settings = value
        self.change()

    @property
    def is_saved(self) -> bool:
        """Whether the store has everything."""
        return self._saved == self._version

    def change(self) -> None:
        """Save soon."""
        self._version += 1
        self._is_changed.set()

    def observe(
        self,
        event: ConversationEvent,
        said: Callable[[], Sequence[Message]],
        used: Callable[[], Sequence[ProviderUsed]],
    ) -> None:
        """Keep what an event changes.

        Args:
            said: returns what user and bot have said so far.
            used: returns what providers were used for so far.
        """
        record = self.record
        match event:
            case UserTurnEnded():
                record.turns += 1
                record.speaking = []
            case UnitSpoken(text=text):
                record.speaking = [*record.speaking, text]
            case BotTurnEnded():
                record.speaking = []
            case ToolStarted(ahead=False):
                record.acted = record.turns
            case ConversationEnded(by="phrase" | "silence" | "tool"):
                self.is_over = True
            case UserCorrected() | BotCorrected():
                pass
            case _:
                return
        record.messages, record.used = said(), used()
        self.change()

    async def permit(self) -> int:
        """Wait until sound may be sent: nobody else has the session, and the store knows what is answered.

        Returns:
            The number of the user's turn that is answered. Never returns if the session is lost.
        """
        record = self.record
        if record.answered < record.turns:
            record.answered = record.turns
            self.change()
            await self._wait_until_saved(self._version)
        if self.is_lost:
            await asyncio.Event().wait()
        return record.answered

    async def run(self) -> None:
        """Save what changes, until cancelled or the session is lost."""
        while not self.is_lost:
            await self._is_changed.wait()
            self._is_changed.clear()
            await self.save()

    async def save(self) -> None:
        """Save it now."""
        version = self._version
        held = await self._saving.save(self)
        if held:
            self._saved = max(self._saved, version)
        elif held is False:
            self.lose()
        self._is_settled.set()

    async def finish(self) -> None:
        """Save it for the last time; twice is harmless."""
        if not self.is_lost:
            await self._saving.finish(self)

    def lose(self) -> None:
        """Record that somebody else has the session."""
        if not self.is_lost:
            self.is_lost = True
            self._is_settled.set()
            if self.when_lost is not None:
                self.when_lost()

    def settle(self) -> None:
        """Record that it is known again whether the store is away, which must not silence the bot."""
        self._is_settled.set()

    async def _wait_until_saved(self, version: int) -> None:
        while self._saved < version and not (self.is_lost or self._saving.is_away):
            self._is_settled.clear()
            await self._is_settled.wait()


def _to_go_on(record: Record, got: int | None) -> tuple[Record, str]:
    """Return what a conversation goes on with, and the user's words that it has to answer first."""
    answered = record.answered if got is None else min(got, record.turns)
    messages = list(record.messages)
    if answered >= record.turns or record.acted == record.turns:
        # A turn for which a tool has run is not answered again: the tool may have changed something.
        heard = " ".join(record.speaking)
        messages += [Message("assistant", heard)] if heard else []
        return replace(record, answered=record.turns, messages=messages, speaking=[]), ""
    while messages and messages[-1].role == "assistant":  # the client has heard nothing of it
        messages.pop()
    question = messages.pop().content if messages else ""
    before = record.turns - 1
    return replace(record, turns=before, answered=before, messages=messages, speaking=[]), question
