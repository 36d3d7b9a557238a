"""What `voicebot doctor` says about the folder of recordings."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from voicebot import Finding
from voicebot_recording.options import RecordOptions

MEGABYTE = 1_000_000


def finding(folder: Path, min_free: int = 0) -> Finding:
    (found,) = RecordOptions(folder=folder, min_free=min_free).diagnose()
    return found


def test_a_folder_that_can_be_made_is_fine_and_is_not_made(tmp_path: Path) -> None:
    found = finding(tmp_path / "new" / "recordings")

    assert (found.check, found.verdict) == ("recordings", "ok")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_below_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    found = finding(tmp_path / "file" / "recordings")

    assert found.verdict == "problem"
    assert found.message == f"nothing can be written to '{tmp_path}/file/recordings': Not a directory"


@pytest.mark.skipif(sys.platform != "linux", reason="it has a folder that nobody can write to")
def test_a_folder_that_nobody_can_write_to_is_a_problem() -> None:
    found = finding(Path("/proc/recordings"))

    assert found.verdict == "problem"
    assert found.message.startswith("nothing can be written to '/proc/recordings': ")
    assert found.remedy.endswith("choose another `record.folder`")


def test_a_disk_that_is_nearly_full_is_reported(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free // MEGABYTE

    assert finding(tmp_path, free + 10_000).verdict == "problem"
    assert finding(tmp_path, max(0, free - 500)).verdict == "warning"
