"""Measure how soon commands that start no bot answer, with everything that is installed here.

    python tests/benchmarks/commands.py [--calls N] [--json FILE]

Commands take turns, so that a busy moment hits all alike, and the least of many calls counts: of the time
that passed, and of the processor's time, which other programs disturb less. A call of Python alone is
measured too, for what is not ours.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = {
    "python": (sys.executable, "-c", "pass"),
    "--version": ("--version",),
    "--help": ("--help",),
    "plugins": ("plugins",),
    "options": ("options", "espeak"),
    "check": ("check", "configs/offline.yaml"),
    "schema": ("schema",),
}
TARGETS = {"--help": 250, "plugins": 250}
_CALLS = 15
_ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=_CALLS, metavar="N", help="how often each is called")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    arguments = parser.parse_args()
    voicebot = shutil.which("voicebot", path=str(Path(sys.executable).parent)) or "voicebot"
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for number in range(arguments.calls + 1):
        for name, words in COMMANDS.items():
            measured = call(words if name == "python" else (voicebot, *words))
            if number:  # the first call compiles
                taken[name].append(measured)
    figures = {
        name: {"ms": round(min(wall for wall, _ in both)), "cpu_ms": round(min(cpu for _, cpu in both))}
        for name, both in taken.items()
    }
    for name, figure in figures.items():
        target = TARGETS.get(name)
        verdict = "" if target is None else f"{' !' if figure['ms'] > target else '':<3}<= {target}"
        print(f"{name:<10}{figure['ms']:>6} ms {figure['cpu_ms']:>6} ms of the processor  {verdict}".rstrip())
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures) + "\n", encoding="utf-8")


def call(command: tuple[str, ...]) -> tuple[float, float]:
    """Run a command to its end; return the milliseconds that passed and those of the processor."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, begun = _spent(), time.perf_counter()
    subprocess.run(command, cwd=_ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begun) * 1e3, (_spent() - before) * 1e3


def _spent() -> float:
    """Return the seconds of the processor that all commands have taken so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
