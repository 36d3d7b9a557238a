"""A config is edited a hundred times while a user talks, with the real SDKs: nothing is lost or left over."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / "benchmarks" / "changing_config.py"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what a process holds is read from /proc")
@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["offline", "azure"])
def test_no_word_is_lost_and_nothing_left_over_by_a_hundred_edits(kind: str) -> None:
    if kind == "offline" and shutil.which("flite") is None:
        pytest.skip("the user speaks with flite, which is not installed")
    command = [sys.executable, str(PROGRAM), kind, "--edits", "100"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    print(ran.stdout)
    assert ran.returncode == 0, ran.stdout + ran.stderr[-3000:]
