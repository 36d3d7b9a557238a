"""Simulate whose turn it is: how often a policy cuts users off, and how long it makes them wait.

    python tests/benchmarks/simulate.py [--turns N] [--seeds S ...] [--json FILE] [--png FILE] [--quick]

Users pause as often and as long as published, each in a way of their own, and their melody tells pauses from
ends as well as was measured; services are as late as published. Time is virtual, and every policy meets the
same turns. Ours is the real engine with its default settings and the detector `transcript`; once more with
`judgement`, with a turn model as the others have, and with one that goes by melody alone. The fixed silences
are the engine too, with nothing prepared. The others are pipelines of their own (`other_policies.py`); one of
them knows the end beforehand and shows the least gap that there can be. All follows from the seeds. This
compares policies; it does not foretell a live service. Policies are compared over all seeds, and what they
depend on is shown for the first. A quarter of an hour on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lost_time import cost, cost_interval, lost_time
from other_policies import OTHERS, run
from outcomes import CUT_OFF, Outcome, figures
from simulated_dialogue import simulate
from simulated_melody import MELODY_AUC, SimulatedJudgement
from simulated_services import HIT_RATE, Services
from simulation_report import COMMIT, LEAST, OURS, SAME_TURN_MODEL, lines, targets
from speakers import LONGEST
from spoken_turns import SHORTEST_PLANTED, TURNS_IN_A_DIALOGUE, SpokenTurn, spoken_turns
from turn_models import LIVEKIT, TurnModel

from voicebot.config.schema import PatienceOptions, Settings, TurnOptions
from voicebot_turns.silence import SilenceDetector, SilenceOptions
from voicebot_turns.transcript import TranscriptDetector, TranscriptOptions

MELODY_ALONE, WORDS_AND_MELODY = "ours, melody alone", "ours, words and melody"
SILENCES = {f"silence {round(1000 * seconds)}": seconds for seconds in (0.5, 0.8, 1.2, 1.6, 2.0)}
POLICIES = (
    "serial notebook",
    *SILENCES,
    "final, then answer",
    "prepare on final",
    SAME_TURN_MODEL,
    MELODY_ALONE,
    WORDS_AND_MELODY,
    OURS,
    LEAST,
)
COMMITTING = ("silence 800", *OTHERS, SAME_TURN_MODEL, OURS)
"""Those that are compared where the recogniser can be asked to settle, too."""
HIT_RATES = (0.5, 0.7, 0.8, 0.9, 1.0)
MELODY_AUCS = (0.7, MELODY_AUC, 0.9, 0.96)
_LENGTHS = (0.3, 0.6, 1.0, 1.6, 3.0, LONGEST + 0.01)
_PART = 10 * TURNS_IN_A_DIALOGUE


@dataclass(frozen=True, slots=True)
class _Run:
    """Turns under a policy, in one row of one table."""

    table: str
    row: str
    policy: str
    turns: Sequence[SpokenTurn]
    services: Services
    melody_auc: float = MELODY_AUC

    def parts(self) -> list[_Run]:
        starts = range(0, len(self.turns), _PART)
        return [replace(self, turns=self.turns[start : start + _PART]) for start in starts]

    def __call__(self) -> list[Outcome]:
        return outcomes(self.policy, self.turns, self.services, self.melody_auc)


def outcomes(
    policy: str, turns: Sequence[SpokenTurn], services: Services, melody_auc: float = MELODY_AUC
) -> list[Outcome]:
    """Return the outcomes of the turns under a policy."""
    if policy in OTHERS:
        return run(OTHERS[policy], turns, services)
    if policy in SILENCES:
        seconds = SILENCES[policy]
        constant = TurnOptions(patience=seconds, after_asking=(), prepare="off")
        silence = SilenceDetector(SilenceOptions(seconds=seconds))
        return simulate(turns, services, Settings(turns=constant), silence)
    if policy == SAME_TURN_MODEL:
        bounds = PatienceOptions(earliest=0.5, latest=3.0)
        settings = Settings(turns=TurnOptions(patience=bounds, after_asking=()))
        return simulate(turns, services, settings, LIVEKIT.detector())
    if policy == MELODY_ALONE:
        return simulate(turns, services, Settings(), TurnModel(melody_auc).detector())
    if policy == WORDS_AND_MELODY:
        return simulate(turns, services, Settings(), SimulatedJudgement())
    return simulate(turns, services, Settings(), TranscriptDetector(TranscriptOptions()))


def report(
    count: int,
    seeds: Sequence[int],
    workers: int = 1,
    policies: Iterable[str] = POLICIES,
    committing: Iterable[str] = COMMITTING,
    hit_rates: Iterable[float] = HIT_RATES,
    melody_aucs: Iterable[float] = MELODY_AUCS,
) -> dict[str, Any]:
    """Simulate so many turns with each seed; return all figures.

    Ours and the policy that knows the end must be among the policies.
    """
    corpora = {seed: spoken_turns(count, seed) for seed in seeds}
    first, turns = seeds[0], corpora[seeds[0]]
    runs = [
        _Run("policies", policy, policy, corpora[seed], Services(seed))
        for policy in policies
        for seed in seeds
    ]
    runs += [_Run("commit", policy, policy, turns, Services(first, commit=COMMIT)) for policy in committing]
    runs += [_Run("hit_rate", f"{rate:g}", OURS, turns, Services(first, hit_rate=rate)) for rate in hit_rates]
    runs += [
        _Run("melody", f"{auc:g}", MELODY_ALONE, turns, Services(first), melody_auc=auc)
        for auc in melody_aucs
    ]
    made: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    parts = [part for each in runs for part in each.parts()]
    for part, done in zip(parts, _all_done(parts, workers), strict=True):
        made[part.table, part.row] += done
    results: dict[str, Any] = {"policies": {}, "commit": {}, "hit_rate": {}, "melody": {}}
    least = made["policies", LEAST]
    for (table, row), of_row in made.items():
        results[table][row] = figures(of_row)
        if table == "policies":
            results[table][row] |= _over_seeds(seeds, count, of_row, least)
    ours = made["policies", OURS]
    results["lost_time"] = lost_time(ours, least)
    results["pauses"] = cut_off_pauses([turn for seed in seeds for turn in corpora[seed]], ours)
    results["targets"] = targets(results["policies"])
    return results


def _all_done(parts: Sequence[_Run], workers: int) -> list[list[Outcome]]:
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            return list(pool.map(_Run.__call__, parts))
    return [part() for part in parts]


def _over_seeds(
    seeds: Sequence[int], count: int, made: Sequence[Outcome], least: Sequence[Outcome]
) -> dict[str, Any]:
    """Return what a policy costs, over all seeds and with each."""
    by_seed = {
        str(seed): (made[start : start + count], least[start : start + count])
        for start, seed in zip(range(0, len(made), count), seeds, strict=True)
    }
    return {
        "cost_ms": round(cost(made, least)),
        "cost_interval_ms": [round(limit) for limit in cost_interval(by_seed.values())],
        "cost_by_seed_ms": {seed: round(cost(*both)) for seed, both in by_seed.items()},
        "cut_off_by_seed_pct": {seed: figures(mine)["cut_off_pct"] for seed, (mine, _) in by_seed.items()},
        "gap_by_seed_ms": {seed: figures(mine)["gap_mean_ms"] for seed, (mine, _) in by_seed.items()},
    }


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
    return f"{_LENGTHS[_LENGTHS.index(longer) - 1]:.1f} to {min(longer, LONGEST):.1f} s"


def main() -> None:
    """Simulate, print the tables, and write what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--turns", type=int, default=1000, metavar="N", help="with each seed; 1000")
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6], metavar="S", help="1 to 6"
    )
    parser.add_argument("--json", metavar="FILE", help="write all figures there")
    parser.add_argument("--png", metavar="FILE", help="draw them there (needs the extra `bench`)")
    parser.add_argument("--quick", action="store_true", help="200 turns, the first seed, three hit rates")
    arguments = parser.parse_args()
    count = 200 if arguments.quick else arguments.turns
    seeds = list(dict.fromkeys(arguments.seeds))[: 1 if arguments.quick else None]
    rates = (0.5, HIT_RATE, 1.0) if arguments.quick else HIT_RATES
    results = report(count, seeds, os.cpu_count() or 1, hit_rates=rates)
    print(f"{count} turns with each seed: {', '.join(map(str, seeds))}\n")
    for line in lines(results):
        print(line)
    if arguments.json:
        about = {
            "python": platform.python_version(),
            "machine": platform.platform(),
            "time": time.strftime("%Y-%m-%dT%H:%M:%S"),
            "turns": count,
            "seeds": seeds,
        }
        text = json.dumps({"about": about, **results}, indent=1)
        Path(arguments.json).write_text(text + "\n", encoding="utf-8")
    if arguments.png:
        from simulation_chart import draw

        draw(results, Path(arguments.png))


if __name__ == "__main__":
    main()
