"""Measure what an install without extras takes, and how soon its command answers.

    python tests/benchmarks/install_size.py [--json FILE] [--constraints FILE] [--extra NAME]

It makes a virtual environment of its own, installs the project there with pip, and counts. With an extra, it
says what that adds. Needs the network.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_NOT_OURS = ("pip", "setuptools", "wheel")
_CALLS = 7
TARGETS = {"install_mb": 125, "packages": 45, "help_ms": 250}


def main() -> None:
    """Install, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--constraints", metavar="FILE", help="install the versions that a file names")
    parser.add_argument("--extra", metavar="NAME", help="say what an extra adds to an install without")
    arguments = parser.parse_args()
    constraints = ["--constraint", arguments.constraints] if arguments.constraints else []
    if arguments.extra:
        print(added(arguments.extra, constraints))
        return
    with tempfile.TemporaryDirectory() as folder:
        binaries = install(Path(folder), constraints)
        figures = {**footprint(Path(folder)), "help_ms": help_time(binaries)}
    for name, value in figures.items():
        missed = " !" if value > TARGETS[name] else ""
        print(f"{name:<12}{value:>8g}{missed:<3} <= {TARGETS[name]}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures) + "\n", encoding="utf-8")


def added(extra: str, constraints: list[str]) -> str:
    """Return what an extra adds."""
    with tempfile.TemporaryDirectory() as without, tempfile.TemporaryDirectory() as folder:
        install(Path(without), constraints)
        install(Path(folder), constraints, f"{ROOT}[{extra}]")
        before, after = footprint(Path(without)), footprint(Path(folder))
    size, packages = (after[each] - before[each] for each in ("install_mb", "packages"))
    return f"{extra}: {size:+.1f} MB, {packages:+g} packages"


def install(folder: Path, constraints: list[str], what: str = str(ROOT)) -> Path:
    """Install the project into a fresh environment; return where its commands are."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    binaries = folder / ("Scripts" if sys.platform == "win32" else "bin")
    command = [binaries / "python", "-m", "pip", "install", "--quiet", *constraints, what]
    subprocess.run(command, check=True)
    return binaries


def footprint(folder: Path) -> dict[str, float]:
    """Return the megabytes and the number of all packages but pip's own, without compiled bytecode."""
    packages = next(folder.glob("[Ll]ib*/**/site-packages"))
    ours = [each for each in distributions(path=[str(packages)]) if each.name not in _NOT_OURS]
    files = {file for each in ours for file in each.files or () if "__pycache__" not in file.parts}
    size = sum(packages.joinpath(file).stat().st_size for file in files)
    return {"install_mb": round(size / 1e6, 1), "packages": len(ours)}


def help_time(binaries: Path) -> float:
    """Return how many milliseconds `voicebot --help` takes, the median of a few calls."""
    times = []
    for _ in range(1 + _CALLS):
        begun = time.perf_counter()
        subprocess.run([binaries / "voicebot", "--help"], check=True, stdout=subprocess.DEVNULL)
        times.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(times[1:]))


if __name__ == "__main__":
    main()
