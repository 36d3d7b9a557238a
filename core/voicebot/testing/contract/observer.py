"""The contract of an observer of conversations."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from voicebot.events import (
    BotCorrected,
    BotDucked,
    BotResumed,
    BotTurnEnded,
    ConfigChanged,
    ConversationEnded,
    ConversationEvent,
    ConversationInfo,
    DeviceChanged,
    EchoIgnored,
    HistoryCompacted,
    KeyPressed,
    ListeningStarted,
    ProviderFailed,
    ProviderNoticed,
    ReplyPrepared,
    ReplyStarted,
    ReplyWithdrawn,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UnitSpoken,
    UserCorrected,
    UserFinal,
    UserPartial,
    UserSpeechStarted,
    UserSpeechStopped,
    UserTurnEnded,
)
from voicebot.interfaces import Observer
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements import memory
from voicebot.testing.contract.measurements.progress import record_progress
from voicebot.testing.contract.provider.concurrency import ConcurrencyChecks
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing
from voicebot.testing.contract.samples import texts

_AT_ONCE = 20
_EVENTS = 2_000
_DIALOGUES = 5
_STARTED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _FromTheFuture:
    """An event that no observer knows yet."""

    at: float


class ObserverContract(ConcurrencyChecks, ProviderContract[Observer[Any]]):
    """What an observer must do."""

    @check
    async def test_it_observes_a_conversation_to_its_end(self) -> None:
        """An observer handles every kind of event, and ends soon after the last."""
        async with self._started() as provider:
            await self._observe(provider, 1, _dialogue(texts.SENTENCE))

    @check
    async def test_unknown_events_are_ignored(self) -> None:
        """An event that the observer does not know, such as one of a later version, is ignored."""
        async with self._started() as provider:
            unknown: Any = _FromTheFuture(1.0)
            events = _dialogue(texts.SENTENCE)
            await self._observe(provider, 1, [events[0], unknown, *events[1:]])

    @check
    async def test_a_conversation_may_end_at_once_or_badly(self) -> None:
        """A conversation may end before anything happens, fail, or stop without an end."""
        async with self._started() as provider:
            await self._observe(provider, 1, [ConversationEnded(0.0)])
            await self._observe(provider, 2, [ConversationEnded(0.0, "it broke", "failure")])
            await self._observe(provider, 3, [])

    @check
    async def test_any_text_is_accepted(self) -> None:
        """What is said may be in any script, empty, huge, or look like markup."""
        said = {name: text for name, (text, _) in texts.FOREIGN.items()}
        said |= {"an empty text": "", "a huge text": texts.huge(), "markup": texts.MARKUP}
        async with self._started() as provider:
            for number, (name, text) in enumerate(said.items()):
                try:
                    await self._observe(provider, number, _dialogue(text))
                except Exception as error:
                    raise Unmet(f"{name} accepted", f"{type(error).__name__}: {error}") from error

    @check
    async def test_twenty_conversations_at_once_are_observed(self) -> None:
        """Twenty conversations are observed at once, each to its end."""
        async with self._started() as provider, asyncio.TaskGroup() as tasks:
            for number in range(_AT_ONCE):
                observing = self._observe(provider, number, _dialogue(f"Parrot number {number} says ahoy."))
                tasks.create_task(observing, name=f"contract: conversation {number}")

    @check
    async def test_a_long_conversation_does_not_fill_the_memory(self) -> None:
        """An observer holds at most 4 MB of a conversation of thousands of events."""
        with memory.traced():
            async with self._started() as provider:
                await self._use(provider)
                before = memory.traced_bytes()
                events = (
                    event
                    for turn in range(_EVENTS)
                    for event in (
                        UserPartial(turn, f"{texts.STORY} {turn}"),
                        UserTurnEnded(turn, f"Turn {turn}."),
                    )
                )
                observing = asyncio.create_task(
                    self._observe(provider, 1, events, pause=True), name="contract: observer"
                )
                try:
                    await memory.ensure_bounded(before, "a conversation that goes on")
                finally:
                    observing.cancel()
                    await asyncio.wait({observing})

    async def _use(self, provider: Observer[Any], midway: Callable[[], None] = do_nothing) -> None:
        events = _dialogue(texts.SENTENCE)
        await self._observe(provider, 1, events, midway)

    async def _use_fully(self, provider: Observer[Any]) -> None:
        await self._observe(provider, 1, _dialogue(texts.STORY) * _DIALOGUES)

    async def _use_briefly(self, provider: Observer[Any], number: int) -> None:
        await self._observe(provider, number, _dialogue(f"Parrot number {number} says ahoy."))

    @asynccontextmanager
    async def _paused_midway(self, provider: Observer[Any]) -> AsyncGenerator[None, None]:
        begun = asyncio.Event()
        observing = asyncio.create_task(
            self._observe(provider, 1, _dialogue(texts.SENTENCE), begun.set, pause=True),
            name="contract: conversation",
        )
        waiting = asyncio.create_task(begun.wait(), name="contract: conversation begun")
        try:
            await asyncio.wait({observing, waiting}, return_when=asyncio.FIRST_COMPLETED)
            yield
        finally:
            for task in (observing, waiting):
                task.cancel()
            await asyncio.wait({observing, waiting})

    async def _give_text(self, provider: Observer[Any], text: str) -> None:
        await self._observe(provider, 1, _dialogue(text))

    async def _observe(
        self,
        provider: Observer[Any],
        number: int,
        events: Iterable[ConversationEvent],
        midway: Callable[[], None] = do_nothing,
        *,
        pause: bool = False,
    ) -> None:
        conversation = ConversationInfo(
            f"contract-{number}", "Parrot", "en-US", _STARTED, {"chat": "scripted"}, "parrot-1"
        )
        async with aclosing(_happening(events, midway, pause=pause)) as happening:
            await provider.observe(conversation, happening)


async def _happening(
    events: Iterable[ConversationEvent], midway: Callable[[], None], *, pause: bool
) -> AsyncGenerator[ConversationEvent, None]:
    for number, event in enumerate(events):
        if number == 1:
            midway()
        yield event
        record_progress()
        await asyncio.sleep(0)
    if pause:  # the conversation goes on, but nothing more happens
        await asyncio.get_running_loop().create_future()


def _dialogue(text: str) -> list[ConversationEvent]:
    """Return a short conversation with every kind of event."""
    return [
        ListeningStarted(0.0),
        UserSpeechStarted(0.5),
        UserPartial(0.8, text[:20]),
        UserSpeechStopped(1.5, 1.3),
        ReplyPrepared(1.6, text[:20]),
        ToolStarted(1.6, "1", "parrot", text, ahead=True),
        ToolEnded(1.7, "1", "parrot", "cancelled", text, 0.1),
        ReplyWithdrawn(1.7, 3),
        UserFinal(2.0, text),
        UserTurnEnded(2.1, text),
        ReplyStarted(2.3),
        UnitSpoken(2.5, text),
        UserCorrected(2.6, text),
        BotDucked(2.7, held=False),
        EchoIgnored(2.8, text),
        KeyPressed(2.8, "#"),
        BotResumed(2.9),
        ToolEnded(2.9, "2", text, "refused", text),
        HistoryCompacted(2.9, text),
        ConfigChanged(2.9, ("synthesizer.voice nova -> onyx", text)),
        DeviceChanged(3.0, present=False, message="unplugged"),
        DeviceChanged(3.1, present=True, message="plugged in"),
        ProviderFailed(3.2, "chat", text),
        ProviderNoticed(3.3, "chat", text),
        BotTurnEnded(3.5, text, interrupted=True),
        BotCorrected(3.5, text[:20]),
        TurnTimed(3.5, 1),
        TurnTimed(3.5, 0, decided=3.2, first_token=3.3, last_token=3.4, input_tokens=5),
        TurnTimed(3.6, 2, 1.3, 0.8, 1.6, 2.0, 2.1, 2.3, 2.4, 2.5, 2.5, 2.6, 1, 1, 3, 10, 20, True, 0.5),
        ConversationEnded(4.0, by="phrase"),
    ]
