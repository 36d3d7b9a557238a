"""Observers that go on are told of the changed config."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self

import pytest

from voicebot.engine.observers import NamedObserver
from voicebot.engine.sharing.added_observers import AddedObservers
from voicebot.interfaces import Observer
from voicebot.options import Options


class Diary(Observer[Options]):
    """Knows what it was renewed with; breaks instead if it is stubborn."""

    def __init__(self, *, stubborn: bool = False) -> None:
        super().__init__(Options())
        self.renewed_with: Observer[Any] | None = None
        self._is_stubborn = stubborn

    def renewed(self, other: Self) -> None:
        if self._is_stubborn:
            raise KeyError("sesame")
        self.renewed_with = other

    async def observe(self, conversation: Any, events: AsyncIterator[Any]) -> None:
        """Nothing has to be done."""


def test_one_that_breaks_keeps_no_other_from_being_told(caplog: pytest.LogCaptureFixture) -> None:
    before, after = Diary(), Diary()
    renewals = [
        (NamedObserver("diary", before), after),
        (NamedObserver("old", Diary(stubborn=True)), Diary()),
    ]
    AddedObservers(renewals=renewals).renew()
    assert before.renewed_with is after
    assert [record.getMessage() for record in caplog.records] == [
        "the observer 'old' goes on with the config before: it broke: KeyError (-v shows where)"
    ]
