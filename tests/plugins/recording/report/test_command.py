"""`voicebot report`: what it writes, and what it says if it cannot."""

from __future__ import annotations

import asyncio
import html
import io
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
import soundfile
from click.testing import CliRunner

from voicebot.testing import VirtualClockLoop
from voicebot_recording.report.command import command

from ..talks import only, talk


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording without sound; do not change it."""
    folder = tmp_path_factory.mktemp("silent")
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(talk(folder, sound=False))
    return only(folder).folder


def test_a_page_replaces_the_one_before_and_only_its_owner_can_read_it(silent: Path, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    output.write_text("before")
    done = CliRunner().invoke(command, [str(silent), "-o", str(output)])
    assert done.exit_code == 0
    assert done.stderr == f"warning: {silent}: recorded without sound\nwrote {output} (0.0 MB)\n"
    assert output.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_what_cannot_be_done_is_said_in_one_line(silent: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.html"
    before.write_text("before")

    def said(recording: Path, output: Path) -> str:
        done = CliRunner().invoke(command, [str(recording), "-o", str(output)])
        assert done.exit_code == 1
        return done.stderr.splitlines()[-1]

    missing = tmp_path / "missing" / "report.html"
    assert said(silent, missing) == f"Error: {missing}: there is no folder {missing.parent}"
    assert said(tmp_path, before) == f"Error: {tmp_path}: no recording: there is no events.jsonl in it"
    full = Path("/dev/full")
    if full.exists():
        assert said(silent, full) == "Error: /dev/full: cannot be written: No space left on device"
    assert before.read_text() == "before"


@pytest.mark.parametrize(
    ("damage", "message", "players"),
    [
        (lambda sound: b"hello", "its sound cannot be read: ", 0),
        (lambda sound: sound[: len(sound) // 2], "its sound is damaged, and ends at 1.5 s", 1),
    ],
)
def test_damaged_sound_is_said_and_the_rest_is_shown(
    silent: Path, tmp_path: Path, damage: Callable[[bytes], bytes], message: str, players: int
) -> None:
    recording = Path(shutil.copytree(silent, tmp_path / "talk"))
    log = recording / "events.jsonl"
    log.write_text(log.read_text().replace('"sound":null', '"sound":{"rate":16000}'))
    file = io.BytesIO()
    noise = numpy.random.default_rng(1).normal(0, 0.1, (50_000, 2))
    soundfile.write(file, noise, 16_000, format="FLAC")
    (recording / "sound.flac").write_bytes(damage(file.getvalue()))

    output = tmp_path / "report.html"
    done = CliRunner().invoke(command, [str(recording), "-o", str(output)])
    assert done.exit_code == 0
    said = [line for line in done.stderr.splitlines() if message in line]
    assert len(said) == 1
    assert said[0].removeprefix("warning: ") in html.unescape(output.read_text())
    assert "what" in output.read_text()
    assert output.read_text().count("<audio") == players
