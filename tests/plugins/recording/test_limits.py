"""Recordings do not fill the disk, and a full disk ends a recording, not the conversation."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from voicebot import BotTurnEnded, ConversationEvent, ConversationInfo
from voicebot.testing import simulated
from voicebot_recording.observer import Recorder
from voicebot_recording.reading import open_recording
from voicebot_recording.shelf import folder_for, keep_alive, tidy, unfinished
from voicebot_recording.writing.recording import RecordingWriter

from .talks import only, options, talk

DAY = 86_400


def recording(folder: Path, name: str, *, kilobytes: int, days: float) -> Path:
    """Make a recording of a certain size that ended some days ago."""
    path = folder / name
    path.mkdir(parents=True)
    (path / "events.jsonl").write_text('{"type":"Recording","version":1}\n')
    (path / "sound.flac").write_bytes(bytes(kilobytes * 1000))
    changed = path.stat().st_mtime - days * DAY
    for each in path.iterdir():
        os.utime(each, (changed, changed))
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_old_recordings_are_deleted_and_nothing_else(tmp_path: Path) -> None:
    for name, days in (("old", 31), ("older", 400), ("new", 29)):
        recording(tmp_path, name, kilobytes=1, days=days)
    (tmp_path / "older" / "notes.txt").write_text("mine")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "events.jsonl").write_text("not a recording\n")

    tidy(options(tmp_path, max_age=30))

    assert names(tmp_path) == {"new", "older", "photos"}
    assert names(tmp_path / "older") == {"notes.txt"}


def test_the_oldest_are_deleted_while_all_are_too_large(tmp_path: Path) -> None:
    for days in (1, 2, 3, 4):
        recording(tmp_path, f"{days}", kilobytes=400, days=days)
    recording(tmp_path, "growing", kilobytes=900, days=0)

    tidy(options(tmp_path, max_size=1, max_age=None))

    assert names(tmp_path) == {"growing"}
    for days in (1, 2, 3):
        recording(tmp_path / "more", f"{days}", kilobytes=400, days=days)
    tidy(options(tmp_path / "more", max_size=1, max_age=None))
    assert names(tmp_path / "more") == {"1", "2"}


def test_one_that_grows_in_silence_is_kept_and_one_that_others_delete_is_no_error(tmp_path: Path) -> None:
    quiet = recording(tmp_path, "quiet", kilobytes=900, days=1)
    (quiet / "config.yaml").write_text("{}")
    keep_alive(quiet)
    gone = recording(tmp_path, "gone", kilobytes=900, days=1)
    (gone / "sound.flac").unlink()
    (gone / "sound.flac").symlink_to("nowhere")  # as if it went between being found and being looked at

    tidy(options(tmp_path, max_size=1, max_age=0.5))

    assert names(tmp_path) == {"quiet"}
    keep_alive(tmp_path / "gone")


def test_processes_that_begin_at_the_same_time_do_not_share_a_name(tmp_path: Path) -> None:
    info = ConversationInfo("kiosk", "Polly", "en-US", datetime(2026, 11, 30, tzinfo=UTC), {})
    first = folder_for(tmp_path, info)
    unfinished(first).mkdir()  # the other process has begun, and is not there yet
    second = folder_for(tmp_path, info)
    RecordingWriter(second, options(tmp_path), None, info).close()
    third = folder_for(tmp_path, info)
    assert [each.name for each in (first, second, third)] == [
        "20261130T000000Z-kiosk",
        "20261130T000000Z-kiosk-2",
        "20261130T000000Z-kiosk-3",
    ]


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse files of more than 12 kB, like a disk that is full."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # half of a module that is imported now would stay
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, before)


@pytest.mark.usefixtures("small_disk")
@simulated
async def test_a_full_disk_is_told_once_and_the_conversation_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    user = await talk(tmp_path)

    assert len([event for event in user.events if isinstance(event, BotTurnEnded)]) == 2
    (record,) = caplog.records
    assert "ends here" in record.message
    assert record.message.endswith("; the conversation goes on")
    opened = only(tmp_path)
    assert opened.seconds > 0


@simulated
async def test_free_space_is_watched(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    user = await talk(tmp_path, min_free=10**9)

    assert len([event for event in user.events if isinstance(event, BotTurnEnded)]) == 2
    (record,) = caplog.records
    assert "less than 1000000000 MB are free on the disk (`record.min_free`)" in record.message
    assert names(tmp_path) == set()


@simulated
async def test_a_recording_of_a_cancelled_conversation_is_whole(tmp_path: Path) -> None:
    talking = asyncio.create_task(talk(tmp_path))
    await asyncio.sleep(3.3)
    talking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await talking

    opened = only(tmp_path)
    assert opened.sound is not None
    assert opened.sound.seconds == pytest.approx(3.3, abs=0.05)
    assert opened.warnings == ()
    assert opened == open_recording(opened.folder)


def test_one_that_is_cancelled_while_it_begins_leaves_no_file_open(tmp_path: Path) -> None:
    info = ConversationInfo("kiosk", "Polly", "en-US", datetime(2026, 11, 30, tzinfo=UTC), {})

    async def begin(folder: Path) -> None:
        observing = asyncio.create_task(Recorder(options(folder)).observe(info, nothing()))
        while not folder.exists():  # noqa: ASYNC110, ASYNC240 - until its thread has begun
            await asyncio.sleep(0)
        observing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await observing

    for number in range(10):
        asyncio.run(begin(tmp_path / str(number)))
    links = (Path(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd"))
    assert [link for link in links if link.exists() and str(tmp_path) in str(link.resolve())] == []


async def nothing() -> AsyncIterator[ConversationEvent]:
    await asyncio.Event().wait()
    yield BotTurnEnded(0.0, "")
