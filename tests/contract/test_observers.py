"""Our observers fulfil their contract, and broken ones are caught."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from voicebot import ConversationEvent, ConversationInfo, Observer, Options
from voicebot.testing.contract import ObserverContract
from voicebot.testing.contract.runner import run_one
from voicebot_observers.transcript import TranscriptObserver, TranscriptOptions
from voicebot_recording.observer import Recorder
from voicebot_recording.options import RecordOptions


class TestTranscript(ObserverContract):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        self.file = tmp_path / "transcript.md"

    def make(self) -> TranscriptObserver:
        return TranscriptObserver(TranscriptOptions(file=self.file))


class TestRecorder(ObserverContract):
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path) -> None:
        self.recordings = tmp_path / "recordings"

    def make(self) -> Recorder:
        return Recorder(RecordOptions(folder=self.recordings, min_free=0))


class Watcher(Observer[Options]):
    """A correct observer, from which the faulty ones are derived."""

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        async for event in events:
            self.see(conversation, event)

    def see(self, conversation: ConversationInfo, event: Any) -> None:
        pass


class WatchesOn(Watcher):
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        await super().observe(conversation, events)
        await asyncio.get_running_loop().create_future()


class KnowsEverything(Watcher):
    def see(self, conversation: ConversationInfo, event: Any) -> None:
        assert type(event).__module__ == "voicebot.events"


class NeedsAnEnd(Watcher):
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        seen = [event async for event in events]
        assert seen[-1].at >= 0


class ReadsLatinAlone(Watcher):
    def see(self, conversation: ConversationInfo, event: Any) -> None:
        getattr(event, "text", "").encode("latin-1")


class WatchesOne(Watcher):
    busy = False

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        assert not self.busy
        self.busy = True
        try:
            await super().observe(conversation, events)
        finally:
            self.busy = False


class WatchesOneByOne(Watcher):
    """Writes to one file and keeps it open for as long as a conversation lasts."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.file = asyncio.Lock()

    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        async with self.file:
            await super().observe(conversation, events)


class KeepsEverything(Watcher):
    kept: ClassVar[list[str]] = []

    def see(self, conversation: ConversationInfo, event: Any) -> None:
        self.kept.append(getattr(event, "text", "") * 4 + "!")


class WatchesWhenCancelled(Watcher):
    async def observe(self, conversation: ConversationInfo, events: AsyncIterator[ConversationEvent]) -> None:
        with suppress(asyncio.CancelledError):
            await super().observe(conversation, events)


FAULTS = {
    WatchesOn: "it_observes_a_conversation_to_its_end",
    KnowsEverything: "unknown_events_are_ignored",
    NeedsAnEnd: "a_conversation_may_end_at_once_or_badly",
    ReadsLatinAlone: "any_text_is_accepted",
    WatchesOne: "twenty_conversations_at_once_are_observed",
    WatchesOneByOne: "a_use_that_waits_does_not_block_another",
    KeepsEverything: "a_long_conversation_does_not_fill_the_memory",
    WatchesWhenCancelled: "cancelled_at_any_await_it_stops_within_250_ms",
}


def contract(watcher: type[Watcher]) -> type[ObserverContract]:
    make: Callable[[Any], Watcher] = lambda _: watcher(Options())  # noqa: E731
    return type("Watching", (ObserverContract,), {"make": make, "time_limit": 2.0})


class TestCorrectWatcher(ObserverContract):
    def make(self) -> Watcher:
        return Watcher(Options())


@pytest.mark.parametrize("watcher", FAULTS)
def test_a_fault_is_caught_by_the_corresponding_check(watcher: type[Watcher]) -> None:
    assert run_one(contract(watcher), f"test_{FAULTS[watcher]}").result == "failed"
