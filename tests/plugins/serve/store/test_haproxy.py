"""The config of HAProxy that the project has, with a real HAProxy."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CONFIG = Path(__file__).parents[4] / "configs" / "deploy" / "haproxy.cfg"


def haproxy() -> str:
    found = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        pytest.skip("haproxy is not installed; Debian's package of that name has it")
    return found


def addresses(port: int, first: int, second: int) -> dict[str, str]:
    names = {"BIND": port, "WORKER_1": first, "WORKER_2": second}
    return {**os.environ, **{name: f"127.0.0.1:{each}" for name, each in names.items()}}


def test_haproxy_takes_the_config_without_a_warning() -> None:
    command = [haproxy(), "-c", "-f", str(CONFIG)]
    checked = subprocess.run(
        command, env=addresses(8080, 8081, 8082), capture_output=True, text=True, check=False
    )
    said = f"{checked.stdout}{checked.stderr}"
    assert checked.returncode == 0, said
    assert "WARNING" not in said
