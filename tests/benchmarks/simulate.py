"""Simulate whose turn it is: how often a policy cuts users off, and how long it makes them wait.

    python tests/benchmarks/simulate.py [--turns N] [--seed S] [--json FILE] [--png FILE] [--quick]

Users pause as often and as long as published, services are as late as published, time is virtual, and every
policy meets the same turns. Ours is the real engine with its default settings and the detector `transcript`;
once more with a turn model as the others have, to compare the policies alone. The fixed silences are the
engine too, with nothing prepared. The others are pipelines of their own (`other_policies.py`); one of them
knows the end beforehand and shows the least gap that there can be. All follows from the seed. This compares
policies; it does not foretell a live service. Five minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from other_policies import OTHERS, run
from outcomes import CUT_OFF, Outcome, figures
from simulated_dialogue import TURNS_IN_A_DIALOGUE, simulate
from simulated_services import HIT_RATE, Services
from spoken_turns import SHORTEST_PLANTED, SpokenTurn, spoken_turns
from turn_models import LIVEKIT

from voicebot.config.schema import PatienceOptions, Settings, TurnOptions
from voicebot_turns.silence import SilenceDetector, SilenceOptions
from voicebot_turns.transcript import TranscriptDetector, TranscriptOptions

OURS, SAME_TURN_MODEL = "ours", "ours, their turn model"
SILENCES = {f"silence {round(1000 * seconds)}": seconds for seconds in (0.5, 0.8, 1.2, 1.6, 2.0)}
LEAST = "knows the end"
POLICIES = (
    "serial notebook",
    *SILENCES,
    "final, then answer",
    "prepare on final",
    SAME_TURN_MODEL,
    OURS,
    LEAST,
)
COMMITTING = ("silence 800", *OTHERS, SAME_TURN_MODEL, OURS)
"""Those that are compared where the recogniser can be asked to settle, too."""
HIT_RATES = (0.5, 0.7, 0.8, 0.9, 1.0)
COMMIT = 0.3
"""Seconds that a recogniser takes when asked to settle; assumed, for nobody publishes it."""
_LENGTHS = (0.3, 0.6, 1.0, 1.6, 3.01)


def outcomes(policy: str, turns: Sequence[SpokenTurn], services: Services) -> list[Outcome]:
    """Return what becomes of the turns under a policy."""
    if policy in OTHERS:
        return run(OTHERS[policy], turns, services)
    if policy in SILENCES:
        seconds = SILENCES[policy]
        constant = TurnOptions(patience=seconds, after_asking=(), prepare="off")
        detector = SilenceDetector(SilenceOptions(seconds=seconds))
        return simulate(turns, services, Settings(turns=constant), detector)
    if policy == SAME_TURN_MODEL:
        bounds = PatienceOptions(earliest=0.5, latest=3.0)
        return simulate(
            turns, services, Settings(turns=TurnOptions(patience=bounds, after_asking=())), LIVEKIT
        )
    return simulate(turns, services, Settings(), TranscriptDetector(TranscriptOptions()))


def report(
    count: int,
    seed: int,
    workers: int = 1,
    policies: Iterable[str] = POLICIES,
    committing: Iterable[str] = COMMITTING,
    hit_rates: Iterable[float] = HIT_RATES,
) -> dict[str, Any]:
    """Simulate; return all figures. Ours must be among the policies."""
    turns = spoken_turns(count, seed)
    published, asked = Services(seed), Services(seed, commit=COMMIT)
    jobs: list[tuple[str, str, Services]] = [("policies", policy, published) for policy in policies]
    jobs += [("commit", policy, asked) for policy in committing]
    jobs += [("hit_rate", str(rate), Services(seed, hit_rate=rate)) for rate in hit_rates]
    parts = [
        (
            table if table != "hit_rate" else "",
            name,
            services,
            turns[start : start + 10 * TURNS_IN_A_DIALOGUE],
        )
        for table, name, services in jobs
        for start in range(0, count, 10 * TURNS_IN_A_DIALOGUE)
    ]
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            done = list(pool.map(_part, parts))
    else:
        done = [_part(part) for part in parts]
    per_job = len(parts) // len(jobs)
    results: dict[str, Any] = {"policies": {}, "commit": {}, "hit_rate": {}}
    for number, (table, name, _) in enumerate(jobs):
        made = [each for part in done[number * per_job : (number + 1) * per_job] for each in part]
        results[table][name] = figures(made)
        if (table, name) == ("policies", OURS):
            results["pauses"] = cut_off_pauses(turns, made)
    results["targets"] = targets(results["policies"])
    return results


def _part(part: tuple[str, str, Services, Sequence[SpokenTurn]]) -> list[Outcome]:
    table, name, services, turns = part
    return outcomes(name if table else OURS, turns, services)


def cut_off_pauses(turns: Sequence[SpokenTurn], made: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """Return, by place and by length, how many planted pauses there were, and how often the bot was heard."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"pauses": 0, "cut_off": 0})
    for turn, outcome in zip(turns, made, strict=True):
        now = -turn.seconds
        for segment in turn.segments:
            now += segment.seconds
            if segment.pause >= SHORTEST_PLANTED:
                until = min(now + segment.pause, -CUT_OFF)
                cut = any(now <= sound < until for sound in outcome.sounds)
                for key in (segment.where, _length(segment.pause)):
                    found[key]["pauses"] += 1
                    found[key]["cut_off"] += cut
            now += segment.pause
    return dict(sorted(found.items()))


def _length(pause: float) -> str:
    longer = next(length for length in _LENGTHS if pause < length)
    return f"{_LENGTHS[_LENGTHS.index(longer) - 1]:.1f} to {min(longer, 3.0):.1f} s"


def targets(policies: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what ours should reach, and what it does."""
    rows = []
    for name in (OURS, SAME_TURN_MODEL):
        ours = policies[name]
        as_few = {
            other: each["gap_mean_ms"]
            for other, each in policies.items()
            if other not in (OURS, SAME_TURN_MODEL, LEAST)
            and each["cut_off_pct"] <= ours["cut_off_pct"]
            and not each["lost_words"]
        }
        best = min(as_few, key=lambda other: as_few[other], default=None)
        gap = round(ours["gap_mean_ms"] / as_few[best], 2) if best else None
        rows += [
            _target(name, "turns with an audible cut-off, %", ours["cut_off_pct"], 2.0),
            _target(name, f"mean gap to that of the best with as few ({best})", gap, 0.6),
            _target(name, "first sound to the bound, median", ours["over_bound_p50"], 1.1),
            _target(name, "first sound to the bound, p95", ours["over_bound_p95"], 1.3),
            _target(name, "tokens to one request a turn", ours["tokens_ratio"], 1.6),
        ]
    return rows


def _target(policy: str, what: str, value: float | None, most: float) -> dict[str, Any]:
    return {
        "policy": policy,
        "what": what,
        "value": value,
        "most": most,
        "met": value is not None and value <= most,
    }


_COLUMNS = {
    "cut_off_pct": "cut off %",
    "gap_mean_ms": "mean ms",
    "gap_p50_ms": "p50",
    "gap_p95_ms": "p95",
    "over_bound_p50": "/bound",
    "over_bound_p95": "p95",
    "tokens_ratio": "tokens",
    "lost_words": "lost",
    "wrong_words": "wrong",
    "unanswered": "unheard",
}


def lines(results: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    titles = {
        "policies": "finals as published",
        "commit": f"finals {COMMIT:g} s after they are asked for",
        "hit_rate": "ours, by how often a partial is right",
    }
    for table, title in titles.items():
        yield f"{title:<36}" + "".join(f"{heading:>10}" for heading in _COLUMNS.values())
        for name, row in results[table].items():
            cells = ("-" if row[key] is None else f"{row[key]:g}" for key in _COLUMNS)
            yield f"  {name:<34}" + "".join(f"{cell:>10}" for cell in cells)
        yield ""
    yield "pauses in which ours was heard"
    for where, row in results["pauses"].items():
        yield f"  {where:<34}{row['cut_off']:>10} of {row['pauses']}"
    yield ""
    for row in results["targets"]:
        value = "-" if row["value"] is None else f"{row['value']:g}"
        mark = "  " if row["met"] else " !"
        yield f"{row['policy']:<20}{row['what']:<66}{value:>8}{mark} <= {row['most']:g}"


def main() -> None:
    """Simulate, print the tables, and write what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--png", metavar="FILE", help="draw them there (needs the extra `bench`)")
    parser.add_argument("--quick", action="store_true", help="200 turns, three hit rates")
    arguments = parser.parse_args()
    count = 200 if arguments.quick else arguments.turns
    rates = (0.5, HIT_RATE, 1.0) if arguments.quick else HIT_RATES
    results = report(count, arguments.seed, os.cpu_count() or 1, hit_rates=rates)
    print(f"{count} turns, seed {arguments.seed}\n")
    for line in lines(results):
        print(line)
    if arguments.json:
        about = {
            "python": platform.python_version(),
            "machine": platform.platform(),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S"),
            "turns": count,
            "seed": arguments.seed,
        }
        text = json.dumps({"about": about, **results}, indent=1)
        Path(arguments.json).write_text(text + "\n", encoding="utf-8")
    if arguments.png:
        from simulation_chart import draw

        draw(results, Path(arguments.png))


if __name__ == "__main__":
    main()
