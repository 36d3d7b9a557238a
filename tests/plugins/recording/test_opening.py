"""Recordings that are damaged, of another version or no recordings: one clear line for each."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot import ConversationEnded, UserTurnEnded
from voicebot.testing import VirtualClockLoop
from voicebot_recording.reading import RecordingError, open_recording

from .talks import only, talk


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording that is complete; do not change it."""
    folder = tmp_path_factory.mktemp("whole")
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(talk(folder))
    return only(folder).folder


@pytest.fixture
def recording(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "talk"))


def cut(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def with_header(recording: Path, **values: object) -> None:
    log = recording / "events.jsonl"
    first, _, rest = log.read_text().partition("\n")
    log.write_text(json.dumps({**json.loads(first), **values}) + "\n" + rest)


def become_a_file(recording: Path) -> None:
    shutil.rmtree(recording)
    recording.write_text("")


def with_line(recording: Path, line: str) -> None:
    log = recording / "events.jsonl"
    log.write_text(f"{log.read_text()}{line}\n")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (shutil.rmtree, "no recording: there is no such folder"),
        (lambda path: (path / "events.jsonl").unlink(), "no recording: there is no events.jsonl in it"),
        (
            lambda path: (path / "events.jsonl").write_text("hello\n"),
            "no recording: events.jsonl does not begin as one",
        ),
        (
            lambda path: (path / "events.jsonl").write_text(""),
            "no recording: events.jsonl does not begin as one",
        ),
        (
            become_a_file,
            "no recording: it is a file, and not the folder of one",
        ),
        (
            lambda path: with_header(path, started="noon"),
            "no recording: the first line of events.jsonl is damaged",
        ),
        (
            lambda path: with_header(path, version=99),
            "recorded in version 99 of the format, and this voicebot reads up to 1: update voicebot",
        ),
    ],
)
def test_what_cannot_be_opened_says_why_in_one_line(
    recording: Path, damage: Callable[[Path], object], message: str
) -> None:
    damage(recording)
    with pytest.raises(RecordingError) as raised:
        open_recording(recording)
    assert str(raised.value) == f"{recording}: {message}"


def test_one_that_was_cut_off_in_mid_line_is_read_up_to_there(recording: Path) -> None:
    cut(recording / "events.jsonl", 0.6)
    opened = open_recording(recording)

    assert opened.warnings == (
        f"{recording}: the last line is incomplete and was left out",
        f"{recording}: the recording ends before the conversation did",
    )
    events = list(opened.events())
    assert any(isinstance(event, UserTurnEnded) for event in events)
    assert not any(isinstance(event, ConversationEnded) for event in events)


@pytest.mark.parametrize(
    ("damage", "warning"),
    [
        (lambda path: (path / "sound.flac").unlink(), "its sound, sound.flac, is missing"),
        (lambda path: (path / "sound.flac").write_bytes(b""), "its sound, sound.flac, is empty"),
        (
            lambda path: with_line(path, '{"type":"UserFinal","at":"noon","text":"hello"}'),
            "lines of events.jsonl that were damaged are left out: 1",
        ),
        (
            lambda path: with_header(path, plugins={"parrot": {"distribution": "parrots", "version": "1.2"}}),
            "recorded with the plugin 'parrot' of parrots 1.2, which is not installed",
        ),
    ],
)
def test_what_is_missing_is_said_and_the_rest_can_be_read(
    recording: Path, damage: Callable[[Path], object], warning: str
) -> None:
    damage(recording)
    opened = open_recording(recording)
    assert opened.warnings == (f"{recording}: {warning}",)
    assert any(isinstance(event, UserTurnEnded) for event in opened.events())


def test_lines_of_events_that_are_not_known_are_passed_over(recording: Path) -> None:
    log = recording / "events.jsonl"
    before = len(list(open_recording(recording).events()))
    log.write_text(log.read_text() + '{"type":"TeaServed","at":1.0}\n{"type":"UserFinal","at":1.0}\n')
    assert len(list(open_recording(recording).events())) == before
