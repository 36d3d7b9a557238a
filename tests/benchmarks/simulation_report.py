"""The report of the simulation: what ours should reach, and the tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

OURS, SAME_TURN_MODEL = "ours", "ours, their turn model"
LEAST = "knows the end"
COMMIT = 0.3
"""Seconds that a recogniser takes when asked to settle; assumed, because it is not published."""
_COLUMNS = {
    "cost_ms": "cost ms",
    "cut_off_pct": "cut off %",
    "gap_mean_ms": "mean ms",
    "gap_p50_ms": "p50",
    "gap_p95_ms": "p95",
    "late_pct": "late %",
    "over_bound_p50": "/bound",
    "over_bound_p95": "p95",
    "tokens_ratio": "tokens",
    "lost_words": "lost",
    "wrong_words": "wrong",
    "unanswered": "unheard",
}
_TABLES = {
    "policies": "finals as published",
    "commit": f"finals {COMMIT:g} s after they are asked for",
    "hit_rate": "ours, by how often a partial is right",
    "melody": "melody alone, by its area under the curve",
}
_BY_SEED = {
    "cost_by_seed_ms": "cost by seed, ms",
    "cut_off_by_seed_pct": "cut off by seed, %",
    "gap_by_seed_ms": "mean gap by seed, ms",
}


def targets(policies: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what ours should reach, and what it does."""
    ours = policies[OURS]
    return [
        _target("gap over the least, ms, + 50 for each 1 % cut off", ours["cost_ms"], 240),
        _target("turns with an audible cut-off, %", ours["cut_off_pct"], 1.0),
        _target("tokens to one request a turn", ours["tokens_ratio"], 1.3),
        _target("ends noticed later than 1 s, %", ours["late_pct"], 5.0),
        _target("first sound to the bound, median", ours["over_bound_p50"], 1.1),
        _target("first sound to the bound, p95", ours["over_bound_p95"], 1.3),
    ]


def _target(what: str, value: float | None, most: float) -> dict[str, Any]:
    return {"what": what, "value": value, "most": most, "met": value is not None and value <= most}


def lines(results: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the report."""
    for table, title in _TABLES.items():
        yield f"{title:<44}" + "".join(f"{heading:>10}" for heading in _COLUMNS.values())
        for name, row in results[table].items():
            yield f"  {name:<42}" + "".join(f"{_cell(row.get(key)):>10}" for key in _COLUMNS)
        yield ""
    for key, title in _BY_SEED.items():
        seeds = next(iter(results["policies"].values()))[key]
        headings = (*seeds, "least", "most")
        yield f"{title:<44}" + "".join(f"{heading:>10}" for heading in headings)
        for name, row in results["policies"].items():
            values = [value for value in row[key].values() if value is not None]
            cells = (*row[key].values(), min(values, default=None), max(values, default=None))
            yield f"  {name:<42}" + "".join(f"{_cell(value):>10}" for value in cells)
        yield ""
    yield "cost at 95 %, by resampling speakers"
    for name, row in results["policies"].items():
        yield f"  {name:<42}{row['cost_interval_ms'][0]:>10} to {row['cost_interval_ms'][1]} ms"
    yield ""
    yield "what the cost of ours consists of"
    for cause, row in results["lost_time"].items():
        yield f"  {cause:<42}{row['ms']:>10g} ms a turn, in {row['turns_pct']:g} % of the turns"
    yield ""
    yield "pauses in which ours was heard"
    for where, row in results["pauses"].items():
        yield f"  {where:<42}{row['cut_off']:>10} of {row['pauses']}"
    yield ""
    for row in results["targets"]:
        mark = "  " if row["met"] else " !"
        yield f"{row['what']:<60}{_cell(row['value']):>10}{mark} <= {row['most']:g}"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
