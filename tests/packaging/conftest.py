"""The project as built for release, and virtual environments to install it into, without a network."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
LONGEST = 280


def run(*command: str | Path, cwd: Path | None = None, typed: str = "") -> str:
    """Run to the end with lines typed, and return the output; a failure shows what was printed."""
    foreign = ("PYTHON", "PIP_", "UV_")  # where the person who runs the tests has packages installed
    environment = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INDEX": "1", "COLUMNS": "100"}
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert ran.returncode == 0, f"{command}:\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


class Environment:
    """A virtual environment that has what voicebot depends on, but not voicebot."""

    def __init__(self, folder: Path) -> None:
        run(sys.executable, "-m", "venv", "--without-pip", folder)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        self.python = folder / scripts / "python"
        self.voicebot = folder / scripts / "voicebot"
        paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
        self.site_packages = Path(paths["purelib"])
        # The folder is searched, but .pth files in it, such as those of editable installs, are not read.
        (self.site_packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")

    def pip_install(self, *arguments: str | Path) -> None:
        run(sys.executable, "-m", "pip", "--python", self.python, "install", "-q", "--no-deps", *arguments)

    def imported_from(self, module: str) -> Path:
        """Return the file that a module is imported from."""
        code = f"import {module}; print({module}.__file__)"
        return Path(run(self.python, "-c", code, cwd=self.site_packages.parent).strip())


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """Return a fresh environment without voicebot."""
    return Environment(tmp_path / "venv")


@pytest.fixture(scope="session")
def make_environment() -> Callable[[Path], Environment]:
    """Return a function that creates an environment without voicebot in a folder."""
    return Environment


@pytest.fixture(scope="session")
def project() -> Path:
    """Return the project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the sdist, and the wheel that was built from it, once for all workers of a run."""
    pytest.importorskip("hatchling", reason="hatchling builds the project: pip install hatchling")
    run_folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run_folder = run_folder.parent
    folder, unfinished, failed = (run_folder / f"release{suffix}" for suffix in ("", ".part", ".failed"))
    try:
        unfinished.mkdir()
    except FileExistsError:  # another worker builds it, or has
        deadline = time.monotonic() + LONGEST
        while not folder.exists():
            assert not failed.exists(), "another worker could not build the project"
            assert time.monotonic() < deadline, "another worker does not finish building the project"
            time.sleep(0.05)
        return folder
    try:
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", unfinished / "dist", PROJECT)
    except BaseException:
        failed.touch()
        raise
    (unfinished / "dist").rename(folder)
    return folder


@pytest.fixture(scope="session")
def call() -> Callable[..., str]:
    """Return a function that runs a command and returns what it printed."""
    return run
