"""The simulation with few turns: it is complete, reproducible, and plausible."""

from __future__ import annotations

import bisect
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TURNS = 10
POLICIES = (
    "serial notebook",
    "silence 500",
    "silence 2000",
    "prepare on final",
    "ours, their turn model",
    "ours",
    "knows the end",
)
SEEDS = (11, 13)
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
            TURNS,
            SEEDS,
            policies=POLICIES,
            committing=("prepare on final",),
            hit_rates=(0.5, 1.0),
            melody_aucs=(0.7, 0.96),
        )
    finally:
        sys.path.remove(str(HERE))


def test_every_policy_is_reported_with_every_figure_and_as_json(results: dict[str, Any]) -> None:
    from simulate import lines

    reported = json.loads(json.dumps(results))
    assert set(reported) == {
        "policies",
        "commit",
        "hit_rate",
        "melody",
        "lost_time",
        "pauses",
        "targets",
    }
    assert tuple(reported["policies"]) == POLICIES
    for table in ("policies", "commit", "hit_rate", "melody"):
        for row in reported[table].values():
            assert row["turns"] == (TURNS * len(SEEDS) if table == "policies" else TURNS)
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
    wrong, right = results["hit_rate"]["0.5"], results["hit_rate"]["1"]
    assert wrong["gap_mean_ms"] > right["gap_mean_ms"]
    assert wrong["tokens_ratio"] > right["tokens_ratio"]


def test_what_a_policy_costs_is_reported_for_each_seed_and_with_an_interval(results: dict[str, Any]) -> None:
    from simulate import lines

    for name, row in results["policies"].items():
        assert list(row["cost_by_seed_ms"]) == ["11", "13"]
        least, most = row["cost_interval_ms"]
        assert least <= row["cost_ms"] <= most
        costs = row["cost_by_seed_ms"].values()
        assert name == "serial notebook" or min(costs) - 1 <= row["cost_ms"] <= max(costs) + 1
    assert results["policies"]["knows the end"]["cost_ms"] == 0
    assert results["targets"][0]["value"] == results["policies"]["ours"]["cost_ms"]
    assert any(
        line.startswith("cost by seed") and line.split()[-4:-2] == ["11", "13"] for line in lines(results)
    )


def test_the_causes_of_lost_time_add_up_to_the_cost(results: dict[str, Any]) -> None:
    ours, causes = results["policies"]["ours"], results["lost_time"]
    assert ours["unanswered"] == 0
    assert sum(row["ms"] for row in causes.values()) == pytest.approx(ours["cost_ms"], abs=2)


def test_clearer_melody_makes_the_bot_quicker(results: dict[str, Any]) -> None:
    dull, clear = results["melody"]["0.7"], results["melody"]["0.96"]
    assert dull != clear
    assert dull["cut_off_pct"] + dull["wasted_requests_per_turn"] > (
        clear["cut_off_pct"] + clear["wasted_requests_per_turn"]
    )


def test_one_seed_gives_the_same_figures_and_another_gives_others() -> None:
    from outcomes import figures
    from simulate import outcomes
    from simulated_services import Services
    from spoken_turns import spoken_turns

    def ours(seed: int) -> dict[str, Any]:
        return figures(outcomes("ours", spoken_turns(10, seed), Services(seed)))

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
    from speakers import SURVIVAL
    from spoken_turns import spoken_turns

    turns = spoken_turns(4000, seed=5)
    pauses = [segment.pause for turn in turns for segment in turn.segments if segment.pause]
    assert len(pauses) / len(turns) == pytest.approx(705 / 400, rel=0.05)
    assert 0.2 <= min(pauses) < 0.201
    assert 4 < max(pauses) <= 5
    for seconds, share in SURVIVAL:
        assert sum(pause > seconds for pause in pauses) / len(pauses) == pytest.approx(share, abs=0.02)
    where = {segment.where for turn in turns for segment in turn.planted}
    assert where == {"phrase", "filler", "number", "clause"}


def test_a_speaker_who_pauses_long_does_so_always() -> None:
    from speakers import ALIKE, SURVIVAL, quantile
    from spoken_turns import TURNS_IN_A_DIALOGUE, spoken_turns

    median = quantile(SURVIVAL, 0.5)
    speakers: dict[int, list[bool]] = {}
    for turn in spoken_turns(4000, seed=5):
        of_speaker = speakers.setdefault(turn.number // TURNS_IN_A_DIALOGUE, [])
        of_speaker += [segment.pause > median for segment in turn.segments if segment.pause]
    pairs = [(a, b) for longs in speakers.values() for i, a in enumerate(longs) for b in longs[:i]]
    alike = sum(a == b for a, b in pairs) / len(pairs)
    expected = 0.5 + math.asin(ALIKE) / math.pi  # two normal variables on the same side of their median
    assert alike == pytest.approx(expected, abs=0.03)
    assert alike > 0.55


def test_melody_tells_pauses_from_ends_as_well_as_it_should_and_worst_between_clauses() -> None:
    from simulated_melody import finished
    from spoken_turns import spoken_turns

    turns = spoken_turns(1000, seed=5)
    for auc in (0.7, 0.82, 0.96):
        ends = [finished(turn.segments[-1], auc) for turn in turns]
        pauses = [(each.where, finished(each, auc)) for turn in turns for each in turn.segments[:-1]]
        assert _area(ends, [heard for _, heard in pauses]) == pytest.approx(auc, abs=0.03)
        places = {where: [heard for there, heard in pauses if there == where] for where, _ in pauses[:50]}
        assert min(places, key=lambda where: _area(ends, places[where])) == "clause"


def test_a_detector_that_listens_hears_the_melody_of_the_last_words() -> None:
    from simulated_melody import SimulatedMelody, finished
    from simulated_providers import SILENT_FRAME, speech_frames
    from spoken_turns import SpokenSegment

    first = SpokenSegment(("I", "would", "say"), 0.9, 0.7, "phrase", melody=1.0)
    second = SpokenSegment(("about", "twenty"), 0.6, melody=-1.0)
    sound = [*speech_frames(first, 0, 0), *[SILENT_FRAME] * 35]
    listen = SimulatedMelody(0.9)
    assert listen(b"".join(sound)) == pytest.approx(finished(first, 0.9), abs=0.001)
    sound += speech_frames(second, 1, 3)
    assert listen(b"".join(sound[:-5])) < 0.01, "in the middle of a word"
    assert listen(b"".join([*sound, SILENT_FRAME])) == pytest.approx(finished(second, 0.9), abs=0.001)


def test_the_engine_gives_the_melody_to_a_detector_that_listens() -> None:
    from simulated_dialogue import simulate
    from simulated_melody import MelodyDetector, SimulatedMelody, finished
    from simulated_services import Services
    from spoken_turns import spoken_turns

    from voicebot.config.schema import Settings

    heard: list[float] = []

    def melody(audio: bytes) -> float:
        heard.append(SimulatedMelody()(audio))
        return heard[-1]

    turns = spoken_turns(10, seed=3)
    simulate(turns, Services(3), Settings(), MelodyDetector(melody, threshold=0.5))
    said = {round(finished(segment, 0.82), 3) for turn in turns for segment in turn.segments}
    ends = {round(finished(turn.segments[-1], 0.82), 3) for turn in turns}
    assert ends <= {round(each, 3) for each in heard} <= said


def _area(ends: list[float], pauses: list[float]) -> float:
    """Return the area under the curve: how often an end sounds more finished than a pause."""
    ordered = sorted(pauses)
    wins = sum(bisect.bisect_left(ordered, end) + bisect.bisect_right(ordered, end) for end in ends)
    return wins / 2 / len(ends) / len(pauses)


def test_delays_have_the_quantiles_that_were_published() -> None:
    from simulated_services import Services

    finals = sorted(Services(seed=1).of(turn).final(0) for turn in range(4000))
    assert finals[2000] == pytest.approx(1.016, rel=0.03)
    assert finals[3800] == pytest.approx(1.345, rel=0.1)
    assert finals[3960] == pytest.approx(1.791, rel=0.1)
