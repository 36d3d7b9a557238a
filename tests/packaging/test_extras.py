"""Packages built from a clean checkout work in an empty environment with each extra alone.

Downloads packages, so run it by hand: `pytest -m slow tests/packaging`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

EXTRAS = metadata.metadata("voicebot-framework").get_all("Provides-Extra") or []
AZURE = """\
recognizer: {provider: azure-stt, key: "${SPEECH_KEY}", region: westeurope}
chat: {provider: openai, model: any, api_key: "${OPENAI_API_KEY}"}
synthesizer: {provider: azure-tts, key: "${SPEECH_KEY}", region: westeurope}
"""
REALTIME = AZURE.replace(
    AZURE.partition("\n")[0], "recognizer: {provider: openai-stt, model: gpt-live-transcribe, api_key: x}"
)
CONFIGS = {
    "aec": f"{AZURE}echo: cancel\n",
    "mcp": f"{AZURE}tools: [{{provider: mcp, command: [python], allow: []}}]\n",
    "offline": "extends: offline.yaml\n",
    "opentelemetry": f"{AZURE}observers: [{{provider: opentelemetry}}]\n",
    "realtime": REALTIME,
    "smart-turn": f"{AZURE}turn_detector: {{provider: smart-turn, model: model.onnx}}\n",
}
PROGRAMS = {
    "aec": "from livekit import rtc; rtc.AudioProcessingModule(echo_cancellation=True)",
    "bench": "import matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot",
    "dev": "import build, hatchling, importlinter, jsonschema, mypy.api, onnx, psutil, pytest, xdist",
    "entra": "import aiohttp; from azure.identity.aio import DefaultAzureCredential as C; C()",
    "mcp": "from voicebot_mcp import sdk; sdk.load()",
    "realtime": "import websockets.asyncio.client",
    "serve": "import starlette.applications, uvicorn.protocols.websockets.websockets_sansio_impl",
    "smart-turn": "import onnxruntime; onnxruntime.SessionOptions()",
}
LONGEST = 600
Run = Callable[..., subprocess.CompletedProcess[str]]


class Empty:
    """An empty virtual environment, into which packages are downloaded."""

    def __init__(self, folder: Path, uv: str) -> None:
        self.folder = folder
        self.uv = uv
        folder.mkdir()
        home = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True, timeout=LONGEST)
        self.scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
        shutil.copy(PROJECT / "configs" / "question.wav", folder)
        (folder / "model.onnx").touch()

    def install(self, what: str) -> None:
        pins = PROJECT / "constraints.txt"
        command = [self.uv, "pip", "install", "-q", "--python", self.scripts / "python", "-c", pins, what]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, check=False)
        assert done.returncode == 0, done.stderr
        checked = [self.uv, "pip", "check", "--python", self.scripts / "python"]
        subprocess.run(checked, check=True, capture_output=True, timeout=LONGEST)

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the environment, as a user whose machine has nothing else."""
        return subprocess.run(
            [self.scripts / command, *arguments],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "PATH", "SYSTEMROOT") if name in os.environ}
        return kept | {"SPEECH_KEY": "example", "OPENAI_API_KEY": "example", "COLUMNS": "100"}


PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def uv() -> str:
    """Return uv; skip if it or an index is not available."""
    found = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if found is None:
        pytest.skip("uv is not installed (extra dev)")
    asked = [found, "pip", "compile", "-q", "-"]
    if subprocess.run(asked, input="pluggy", capture_output=True, text=True, check=False).returncode:
        pytest.skip("no index of packages can be reached")
    return found


@pytest.fixture(scope="module")
def built(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist of a clean checkout and the wheel that was built from it."""
    checkout = tmp_path_factory.mktemp("checkout")
    listed = ["git", "-C", PROJECT, "ls-files", "-z", "--cached"]
    for name in subprocess.run(listed, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (PROJECT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, checkout / name)
    done = subprocess.run(
        [uv, "build", "-q", "--out-dir", checkout / "dist", checkout],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return checkout / "dist"


def smoke(empty: Empty, extra: str) -> None:
    """Check that the command works, that no plugin is broken, and that an extra installs its providers."""
    listed = empty.run("voicebot", "plugins", "--json")
    assert listed.returncode == 0, listed.stderr
    assert listed.stdout.count('"error": null') == listed.stdout.count('"plugin": ') > 0
    assert empty.run("voicebot", "init", "--from", "offline").returncode == 0

    for name, text in CONFIGS.items():
        (empty.folder / f"{name}.config.yaml").write_text(text, encoding="utf-8")
        checked = empty.run("voicebot", "check", f"{name}.config.yaml")
        if name == extra or (extra == "dev" and name in {"mcp", "opentelemetry"}):
            assert checked.returncode == 0, checked.stderr
        elif checked.returncode:  # some extras include others
            assert "pip install" in checked.stderr
            assert f"[{name}]" in checked.stderr

    if extra in PROGRAMS:
        done = empty.run("python", "-c", PROGRAMS[extra])
        assert done.returncode == 0, done.stderr
    if extra == "offline":
        talked = empty.run(
            "voicebot", "run", "offline.yaml", "--input", "question.wav", "--output", "answer.wav"
        )
        assert talked.returncode == 0, talked.stderr
        assert (empty.folder / "answer.wav").stat().st_size > 100_000
    if extra == "emulator":
        emulate(empty)


def emulate(empty: Empty) -> None:
    (empty.folder / "script.yaml").write_text("heard: [hello]\nanswered: [hello]\nspoken: {tone: true}\n")
    script = empty.folder / "script.yaml"
    command = [empty.scripts / "voicebot", "emulate", "azure", "--port", "0", "--script", script]
    with subprocess.Popen(command, env=empty.environ, stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdout is not None
        try:
            assert any("SPEECH_KEY=" in line for line in emulator.stdout)
        finally:
            emulator.send_signal(signal.SIGINT)


@pytest.mark.parametrize("extra", ["", *EXTRAS])
@pytest.mark.timeout(LONGEST)
def test_a_wheel_works_with_each_extra_alone(extra: str, built: Path, uv: str, tmp_path: Path) -> None:
    empty = Empty(tmp_path / "empty", uv)
    (wheel,) = built.glob("*.whl")

    empty.install(f"{wheel}[{extra}]" if extra else str(wheel))

    smoke(empty, extra)


@pytest.mark.timeout(LONGEST)
def test_an_sdist_works_too(built: Path, uv: str, tmp_path: Path) -> None:
    empty = Empty(tmp_path / "empty", uv)
    (sdist,) = built.glob("*.tar.gz")

    empty.install(f"{sdist}[offline]")

    smoke(empty, "offline")


@pytest.mark.timeout(LONGEST)
def test_the_command_in_a_hint_installs_what_was_missing(built: Path, uv: str, tmp_path: Path) -> None:
    empty = Empty(tmp_path / "empty", uv)
    (wheel,) = built.glob("*.whl")
    empty.install(str(wheel))
    empty.run("voicebot", "init", "--from", "offline")
    refused = empty.run("voicebot", "check", "offline.yaml")
    assert f"pip install '{wheel}[offline]'" in refused.stderr

    empty.install(f"{wheel}[offline]")

    assert empty.run("voicebot", "check", "offline.yaml").returncode == 0
