"""A file is written whole or not at all."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest
from click.testing import CliRunner

from voicebot import AudioFormat, DeviceError, write_whole
from voicebot.cli.commands.schema import command as schema
from voicebot.cli.commands.set.command import command as set_
from voicebot_audio.sound_files import WavWriter
from voicebot_scenarios.results import Result
from voicebot_scenarios.results.junit import write_junit


@contextmanager
def no_room() -> Iterator[None]:
    """Let files be created and not written, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_without_room_the_old_file_stays_and_no_new_one(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("old")
    with no_room():
        for path in (old, tmp_path / "new"):
            with pytest.raises(OSError, match="too large"):
                write_whole(path, b"new")
        with pytest.raises(OSError, match="too large"):
            write_junit(tmp_path / "j.xml", [])
        with pytest.raises(DeviceError):
            WavWriter(tmp_path / "new.wav", AudioFormat(8000))
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"old": "old"}


def test_without_room_a_command_leaves_nothing(tmp_path: Path) -> None:
    config = tmp_path / "bot.yaml"
    config.write_text("extends: offline\n")
    with no_room():
        ran = [
            CliRunner().invoke(set_, [str(config), "name=Anne"]),
            CliRunner().invoke(schema, ["--output", str(tmp_path / "schema.json")]),
        ]
    assert [each.exit_code for each in ran] == [1, 1]
    assert [each.name for each in tmp_path.iterdir()] == ["bot.yaml"]


def test_modes_and_links_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new", 0o640)
    write_whole(link, b"new", private=True)
    assert target.stat().st_mode & 0o777 == 0o600
    write_junit(tmp_path / "j.xml", [Result(Path("s"), "s", ())])
    assert (tmp_path / "j.xml").stat().st_mode & 0o777 == 0o600
    assert parse(tmp_path / "j.xml").getroot() is not None
    assert not [each for each in os.listdir(tmp_path) if each.startswith(".")]
