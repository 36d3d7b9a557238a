"""Stock clients of OpenAI's Realtime API against a real server, each in an environment of its own.

They are large, and their registries must be reachable; `VOICEBOT_STOCK_CLIENTS` may name a directory in which
the environments are kept from one run to the next.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from voicebot import Settings
from voicebot_serve.options import ServeOptions
from voicebot_serve.realtime.transport import RealtimeTransport

from .sailor import WORDS, sailor
from .serving import serving

pytestmark = pytest.mark.slow
CLIENTS = Path(__file__).with_name("stock_clients")
ALLOWED = ServeOptions(open=True, allow=("turns", "tools", "instructions"))
SAID = [
    "hello",
    "Ahoy there.",
    "what is the weather",
    "It is sunny in Tortuga.",
    "tell me a story",
    WORDS,
    "Ahoy there.",
]


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("VOICEBOT_STOCK_CLIENTS")
    return Path(kept) if kept else tmp_path_factory.mktemp("clients")


def python_with(environments: Path, name: str, *packages: str) -> list[str]:
    """Return a Python that has packages; skip if they cannot be had."""
    home = environments / name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        uv = [sys.executable, "-m", "uv"]
        _run_or_skip([*uv, "venv", "-q", "-p", sys.executable, str(home)], f"no environment for {name}")
        _run_or_skip(
            [*uv, "pip", "install", "-q", "-p", str(python), *packages], f"{name} cannot be installed"
        )
    return [str(python)]


def node_with(environments: Path, script: Path, *packages: str) -> list[str]:
    """Return a command that runs a script with packages of npm; skip if there is none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed")
    home = environments / "node"
    if not (home / "node_modules").exists():
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text("{}", encoding="utf-8")
        _run_or_skip(
            [npm, "install", "--no-audit", "--no-fund", "--prefix", str(home), *packages], "npm fails"
        )
    return [node, shutil.copy(script, home)]


def _run_or_skip(command: Sequence[str], reason: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        pytest.skip(f"{reason}: {done.stderr.strip().splitlines()[-1:]}")


def talk(command: Sequence[str], path: str) -> dict[str, Any]:
    """Run a client against a server; return what it has seen, the last line that it prints."""

    async def run() -> dict[str, Any]:
        settings = Settings(system="You are a sailor.")
        async with serving(
            ALLOWED, settings=settings, transports=[RealtimeTransport()], make=sailor
        ) as running:
            client = await asyncio.create_subprocess_exec(
                *command, running.url(path), "key", stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            output, errors = await client.communicate()
        assert client.returncode == 0, errors.decode()[-3000:]
        seen: dict[str, Any] = json.loads(output.decode().strip().splitlines()[-1])
        return seen

    return asyncio.run(run())


def check(seen: dict[str, Any], said: Sequence[str]) -> None:
    """Check what a client has seen: sound, the result of its function, an interruption, and all words."""
    assert seen["errors"] == []
    assert seen["results"] == ["sunny in Tortuga"]
    assert seen["interrupted"] >= 1
    assert seen["sound"] > 100_000
    words = [each.strip() for each in seen["said"]]
    assert [each for each in words if not each.startswith("Once")] == said
    assert sum(each.startswith("Once") for each in words) == 1


def test_openai_agents_in_python(environments: Path) -> None:
    python = python_with(environments, "openai-agents", "openai-agents[realtime]==0.24.0")
    check(talk([*python, str(CLIENTS / "openai_agents.py")], "/v1/realtime?model=bot"), SAID)


def test_openai_agents_in_javascript(environments: Path) -> None:
    script = CLIENTS / "openai_agents.mjs"
    node = node_with(environments, script, "@openai/agents-realtime@0.20.0", "ws@8")
    check(talk(node, "/v1/realtime?model=bot"), SAID)


def test_livekit(environments: Path) -> None:
    python = python_with(environments, "livekit", "livekit-plugins-openai==1.8.9")
    check(talk([*python, str(CLIENTS / "livekit_plugin.py")], "/v1"), SAID)


def test_pipecat(environments: Path) -> None:
    python = python_with(environments, "pipecat", "pipecat-ai[openai,websockets-base]==1.14.0")
    seen = talk([*python, str(CLIENTS / "pipecat_service.py")], "/v1/realtime")
    check(seen, SAID[2:])
