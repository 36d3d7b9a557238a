"""The emulator's journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot_emulator.journal import Entry, Journal


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_on_a_full_disk_the_journal_is_kept_only_in_memory(caplog):
    journal = Journal(Path("/dev/full"))

    for number in range(3):
        journal.add(Entry(float(number), "chat", 1, "in", "open"))
    journal.close()

    assert len(journal.find(what="open")) == 3
    (record,) = caplog.records
    assert record.getMessage() == "the journal can no longer be written: No space left on device"
