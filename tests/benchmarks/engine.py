"""Measure the engine: how soon it answers, what it costs, how it stops, how many dialogues a process holds.

    python tests/benchmarks/engine.py [--quick] [--json FILE] [--only NAME...]

Scripted providers of fixed delay do the same work for voicebot as for a pipeline written by hand, in the
same run. It prints figures beside their targets (`!` marks a miss) and never fails: the machine counts
too. Turns and interruptions are mostly waiting and run side by side; all else runs alone. Eight minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from targets import Results, add_comparisons, table
from variants import VARIANTS

HERE = Path(__file__).resolve().parent
TALKING = ("by-hand", "by-hand-eager", "sentence", "short", "config")
SCRIPTED = tuple(variant for variant in VARIANTS if variant != "silero")
MEASUREMENTS = ("turns", "bargein", "zero", "ingest", "start", "memory", "detector", "scale")
_SPAWNS = 5


def main() -> None:
    """Measure, print the table, and write JSON where it is asked for."""
    arguments = _arguments()
    quick: bool = arguments.quick
    results: Results = {variant: {} for variant in VARIANTS}
    for name in MEASUREMENTS:
        if name in arguments.only:
            print(f"{name} ...", file=sys.stderr, flush=True)
            _MEASURE[name](results, quick)
    add_comparisons(results)
    results = {variant: measured for variant, measured in results.items() if measured}
    for line in table(results):
        print(line)
    if arguments.json:
        about = {
            "python": platform.python_version(),
            "machine": platform.platform(),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S"),
            "quick": quick,
        }
        text = json.dumps({"about": about, "results": results}, indent=1)
        Path(arguments.json).write_text(text + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=MEASUREMENTS,
        default=MEASUREMENTS,
        metavar="NAME",
        help=", ".join(MEASUREMENTS),
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer turns and sessions, in a minute and a half"
    )
    return parser.parse_args()


def _run(program: str, *arguments: object, environment: dict[str, str] | None = None) -> Any:
    """Run one measurement in a process of its own; return what it prints."""
    command = [sys.executable, str(HERE / program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment)
    if done.returncode:
        raise SystemExit(f"{program} {' '.join(map(str, arguments))} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def _side_by_side(name: str, count: int, results: Results) -> None:
    with ThreadPoolExecutor(len(TALKING)) as threads:
        measured = threads.map(lambda variant: _run("worker.py", name, variant, count), TALKING)
        for variant, result in zip(TALKING, measured, strict=True):
            results[variant][name] = result


def _turns(results: Results, quick: bool) -> None:
    _side_by_side("turns", 5 if quick else 30, results)


def _bargein(results: Results, quick: bool) -> None:
    _side_by_side("bargein", 4 if quick else 15, results)


def _zero(results: Results, quick: bool) -> None:
    for variant in TALKING:
        results[variant]["zero"] = _run("worker.py", "zero", variant, 10 if quick else 30)


def _ingest(results: Results, quick: bool) -> None:
    for variant in SCRIPTED:
        results[variant]["ingest"] = _run("worker.py", "ingest", variant, 5000 if quick else 20000)


def _start(results: Results, quick: bool) -> None:
    with tempfile.TemporaryDirectory() as compiled:
        # Installed packages are compiled already, a checkout perhaps not: the first run compiles, unmeasured.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        variants = [each for each in SCRIPTED if each not in ("by-hand-eager", "sentence")]
        spawns: dict[str, list[dict[str, float]]] = {variant: [] for variant in variants}
        for _ in range(1 + (1 if quick else _SPAWNS)):
            for variant in variants:
                spawns[variant].append(_run("startup.py", variant, time.monotonic(), environment=environment))
        for variant, (_, *runs) in spawns.items():
            results[variant]["start"] = {key: statistics.median(r[key] for r in runs) for key in runs[0]}


def _memory(results: Results, quick: bool) -> None:
    for variant in ("by-hand", "short", "vad"):
        results[variant]["memory"] = _run("worker.py", "memory", variant, 10 if quick else 50)


def _detector(results: Results, quick: bool) -> None:
    results["silero"]["detector"] = _run("worker.py", "detector", "silero", 100 if quick else 1000)


def _scale(results: Results, quick: bool) -> None:
    levels, seconds = ((1, 50), 5) if quick else ((1, 100, 200), 12)
    for variant in ("by-hand", "short", "silero"):
        results[variant]["scale"] = [_run("worker.py", "scale", variant, level, seconds) for level in levels]


_MEASURE = {
    "turns": _turns,
    "bargein": _bargein,
    "zero": _zero,
    "ingest": _ingest,
    "start": _start,
    "memory": _memory,
    "detector": _detector,
    "scale": _scale,
}

if __name__ == "__main__":
    main()
