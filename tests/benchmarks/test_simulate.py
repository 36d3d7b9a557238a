"""The simulation with few turns: it is complete, reproducible, and plausible."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

TURNS = 20
POLICIES = (
    "serial notebook",
    "silence 500",
    "silence 2000",
    "prepare on final",
    "ours, their turn model",
    "ours",
)
HERE = Path(__file__).resolve().parent


@pytest.fixture(autouse=True)
def benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture(scope="module")
def results() -> Any:
    sys.path.insert(0, str(HERE))
    try:
        import simulate

        return simulate.report(
            TURNS, seed=3, policies=POLICIES, committing=("prepare on final",), hit_rates=(0.5, 1.0)
        )
    finally:
        sys.path.remove(str(HERE))


def test_every_policy_is_reported_with_every_figure_and_as_json(results: dict[str, Any]) -> None:
    from simulate import lines

    reported = json.loads(json.dumps(results))
    assert set(reported) == {"policies", "commit", "hit_rate", "pauses", "targets"}
    assert tuple(reported["policies"]) == POLICIES
    for table in ("policies", "commit", "hit_rate"):
        for row in reported[table].values():
            assert row["turns"] == TURNS
            assert {"cut_off_pct", "gap_mean_ms", "gap_p50_ms", "gap_p95_ms", "tokens_ratio"} <= set(row)
            assert {"over_bound_p50", "over_bound_p95", "lost_words", "wrong_words", "unanswered"} <= set(row)
    assert all(policy in "\n".join(lines(results)) for policy in POLICIES)


def test_patience_trades_cut_offs_for_waiting(results: dict[str, Any]) -> None:
    impatient, patient = (results["policies"][name] for name in ("silence 500", "silence 2000"))
    assert impatient["cut_off_pct"] > patient["cut_off_pct"]
    assert impatient["gap_mean_ms"] < patient["gap_mean_ms"]
    assert impatient["tokens_ratio"] > patient["tokens_ratio"]


def test_ours_answers_sooner_than_waiting_for_finals_and_loses_no_word(results: dict[str, Any]) -> None:
    policies = results["policies"]
    for name in ("ours", "ours, their turn model"):
        assert policies[name]["gap_p50_ms"] < 0.9 * policies["prepare on final"]["gap_p50_ms"]
        assert policies[name]["lost_words"] == 0
        assert policies[name]["unanswered"] == 0
    assert policies["serial notebook"]["lost_words"] > 0


def test_wrong_partials_cost_time_and_tokens(results: dict[str, Any]) -> None:
    wrong, right = results["hit_rate"]["0.5"], results["hit_rate"]["1.0"]
    assert wrong["gap_mean_ms"] > right["gap_mean_ms"]
    assert wrong["tokens_ratio"] > right["tokens_ratio"]


def test_one_seed_gives_the_same_figures_and_another_gives_others() -> None:
    from outcomes import figures
    from simulate import outcomes
    from simulated_services import Services
    from spoken_turns import spoken_turns

    def ours(seed: int) -> dict[str, Any]:
        return figures(outcomes("ours", spoken_turns(20, seed), Services(seed)))

    assert ours(1) == ours(1)
    assert ours(1) != ours(2)


def test_prepared_replies_are_not_heard_before_they_are_released() -> None:
    from simulate import outcomes
    from simulated_services import Services
    from spoken_turns import SpokenSegment, SpokenTurn

    resumes = SpokenSegment(("turn", "on", "the", "lamp"), 1.2, pause=0.6, where="clause")
    turns = [
        SpokenTurn(n, "Yes?", (resumes, SpokenSegment(("in", "the", "kitchen"), 0.9))) for n in range(10)
    ]
    for outcome in outcomes("ours", turns, Services(1)):
        assert not outcome.cut_off
        assert len(outcome.sounds) == 1, "what was prepared in the pause is never heard"
        assert outcome.wasted >= 1


def test_pauses_are_as_many_and_as_long_as_published() -> None:
    from spoken_turns import SURVIVAL, spoken_turns

    turns = spoken_turns(2000, seed=5)
    pauses = [segment.pause for turn in turns for segment in turn.segments if segment.pause]
    assert len(pauses) / len(turns) == pytest.approx(705 / 400, rel=0.08)
    for seconds, share in SURVIVAL:
        assert sum(pause > seconds for pause in pauses) / len(pauses) == pytest.approx(share, abs=0.03)
    where = {segment.where for turn in turns for segment in turn.planted}
    assert where == {"phrase", "filler", "number", "clause"}


def test_delays_have_the_quantiles_that_were_published() -> None:
    from simulated_services import Services

    finals = sorted(Services(seed=1).of(turn).final(0) for turn in range(4000))
    assert finals[2000] == pytest.approx(1.016, rel=0.03)
    assert finals[3800] == pytest.approx(1.345, rel=0.1)
    assert finals[3960] == pytest.approx(1.791, rel=0.1)
