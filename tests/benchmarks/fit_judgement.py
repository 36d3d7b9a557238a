"""Fit the coefficients of the turn detector `judgement` to labelled pauses and ends, and cross-validate them.

    python tests/benchmarks/fit_judgement.py DIR [--smart-turn FILE] [--language TAG] [--seeds N] [--write]

DIR holds WAV files (16 kHz, mono, 16 bit) and labels.json, as for natural.py; `--language` is that of labels
without one. A set of coefficients is fitted to the points at which all of its evidence is known: not to those
without words of a known language, and not to those without speech. The marks in `words_so_far` are removed
first: they come from a transcript of the whole recording, which knew how the sentence went on, and a
recogniser's partial transcripts have none. Each set of coefficients is a logistic regression with a ridge
penalty. The area under the curve (AUC) and the log loss are those of ten-fold cross-validation in which a
recording, and so its speakers, is never both in the part that is fitted and in the part that is judged. The
last two columns are areas within each source, the last one by coefficients that were fitted to the other
sources. The second table is what these probabilities make the bot do, with the default patience: its mean
wait at the ends, how many pauses it cuts off, and how many ends it answers later than after a second, with
intervals of 95 % from samples of the recordings. `--write` replaces the coefficients in the plugin. Without
the model of smart-turn, the sets that use it stay as they are.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy
from natural_points import Point, Recording, read_recordings
from numpy.typing import NDArray

from voicebot import TurnSoFar
from voicebot.config.schema import bounds
from voicebot_audio.silero import SileroOptions
from voicebot_turns.judgement.detector import JudgementDetector, JudgementOptions
from voicebot_turns.judgement.evidence import MELODY, NETWORK, WORDS, Evidence
from voicebot_turns.judgement.melody import RATE, SECONDS
from voicebot_turns.judgement.waiting import best_wait, habit_of

Matrix: TypeAlias = NDArray[numpy.float64]
Points: TypeAlias = Sequence[tuple[Recording, Point]]
SETS = (WORDS, MELODY, f"{WORDS}+{MELODY}", f"{MELODY}+{NETWORK}", f"{WORDS}+{MELODY}+{NETWORK}")
_LEAD = 0.5
_PENALTY = 20.0
_FOLDS = 10
_STEPS = 25
_LATE = 1.0
_SAMPLES = 1000
_MARKS = re.compile(r"[.,?!;:\u2026-]+(?=\s|$)")


async def evidence_at(points: Points, smart_turn: Path | None, language: str) -> list[Evidence]:
    """Return what is known at each point."""
    detector = JudgementDetector(JudgementOptions(smart_turn=smart_turn))
    await detector.start()
    try:
        return [await detector.evidence(_turn(recording, point, language)) for recording, point in points]
    finally:
        await detector.aclose()


def _turn(recording: Recording, point: Point, language: str) -> TurnSoFar:
    hang_over = SileroOptions().hang_over
    at = point.at + min(hang_over, point.seconds or hang_over)  # not what was said after it
    begins = max(0.0, point.turn_begins - _LEAD, at - SECONDS)
    audio = recording.sound[2 * round(begins * RATE) : 2 * round(at * RATE)]
    words = _MARKS.sub("", point.words)
    return TurnSoFar(words, True, point.language or language, 0.0, 0.0, audio=audio)


def known(evidence: list[Evidence], kinds: str) -> list[int]:
    """Return at which points all of some kinds of evidence are known."""
    wanted = set(kinds.split("+"))
    return [at for at, each in enumerate(evidence) if wanted <= set(each.kinds.split("+"))]


def columns(evidence: list[Evidence], kinds: str) -> Matrix:
    """Return the values of some kinds of evidence, a row for each pause."""
    wanted = kinds.split("+")
    rows = [
        Evidence(
            each.words if WORDS in wanted else None,
            each.melody if MELODY in wanted else None,
            each.network if NETWORK in wanted else None,
        ).values
        for each in evidence
    ]
    return numpy.array(rows)


def fit(values: Matrix, is_end: Matrix) -> dict[str, Any]:
    """Return the coefficients of a ridge logistic regression, by Newton's method."""
    means, scales = values.mean(0), values.std(0) + 1e-9
    design = numpy.column_stack([numpy.ones(len(values)), (values - means) / scales])
    penalty = numpy.diag([0.0, *[_PENALTY] * values.shape[1]])
    weights = numpy.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + numpy.exp(-design @ weights))
        gradient = design.T @ (p - is_end) + penalty @ weights
        hessian = (design * (p * (1 - p))[:, None]).T @ design + penalty
        weights -= numpy.linalg.solve(hessian, gradient)
    rounded = [round(float(weight), 4) for weight in weights]
    return {
        "bias": rounded[0],
        "weights": rounded[1:],
        "means": [round(float(mean), 4) for mean in means],
        "scales": [round(float(scale), 4) for scale in scales],
    }


def predict(fitted: dict[str, Any], values: Matrix) -> Matrix:
    """Return the probability of an end for each row."""
    standard = (values - numpy.array(fitted["means"])) / numpy.array(fitted["scales"])
    return cast("Matrix", 1 / (1 + numpy.exp(-fitted["bias"] - standard @ numpy.array(fitted["weights"]))))


def cross_validated(values: Matrix, is_end: Matrix, group: list[str], folds: int, seed: int) -> Matrix:
    """Return a probability for each row by coefficients that were fitted without its group."""
    names = sorted(set(group))
    numpy.random.default_rng(seed).shuffle(names)
    fold = numpy.array([names.index(each) % folds for each in group])
    predicted = numpy.zeros(len(values))
    for number in range(min(folds, len(names))):
        predicted[fold == number] = predict(
            fit(values[fold != number], is_end[fold != number]), values[fold == number]
        )
    return predicted


def area_under_curve(predicted: Matrix, is_end: Matrix) -> float:
    """Return the share of pairs of an end and a pause in which the end is the likelier one."""
    difference = predicted[is_end == 1][:, None] - predicted[is_end == 0][None]
    return float((difference > 0).mean() + (difference == 0).mean() / 2)


def area_within(predicted: Matrix, is_end: Matrix, sources: list[str]) -> float:
    """Return the area under the curve within each source, averaged by its pairs; NaN without any."""
    areas, pairs = [], []
    for source in set(sources):
        chosen = numpy.array([each == source for each in sources])
        ends = int(is_end[chosen].sum())
        if 0 < ends < int(chosen.sum()):
            pairs.append(ends * (int(chosen.sum()) - ends))
            areas.append(area_under_curve(predicted[chosen], is_end[chosen]))
    return float(numpy.average(areas, weights=pairs)) if pairs else math.nan


def waits(points: Points, evidence: Sequence[Evidence], predicted: Matrix) -> Matrix:
    """Return the wait that follows from the probability at each point, with the default patience."""
    hang_over = SileroOptions().hang_over
    earliest, latest = bounds("normal")
    chosen = []
    for (recording, point), each, over in zip(points, evidence, predicted, strict=True):
        habit = habit_of(recording.pauses_before(point, hang_over))
        chosen.append(max(hang_over, best_wait(each.limited(float(over)), earliest, latest, habit)))
    return numpy.array(chosen)


def outcome(points: Points, chosen: Matrix) -> str:
    """Return the mean wait, the share of pauses cut off and that of late ends, each with its interval."""
    of_recording: dict[str, list[int]] = {}
    for row, (_, point) in enumerate(points):
        of_recording.setdefault(point.file, []).append(row)
    lasts = numpy.array([numpy.nan if point.seconds is None else point.seconds for _, point in points])

    def figures(rows: list[int]) -> list[float]:
        wait, pause = chosen[rows], lasts[rows]
        ends, pauses = wait[numpy.isnan(pause)], ~numpy.isnan(pause)
        cut_off = (pause[pauses] > wait[pauses]).mean()
        return [float(ends.mean()), 100 * float(cut_off), 100 * float((ends > _LATE).mean())]

    draw = numpy.random.default_rng(1)
    files = list(of_recording)
    samples = [
        figures([row for file in draw.choice(files, len(files)) for row in of_recording[file]])
        for _ in range(_SAMPLES)
    ]
    low, high = numpy.quantile(samples, (0.025, 0.975), axis=0)
    return "".join(
        f"{f'{value:.2f} [{least:.2f}, {most:.2f}]':>24}"
        for value, least, most in zip(figures(list(range(len(points)))), low, high, strict=True)
    )


def log_loss(predicted: Matrix, is_end: Matrix) -> float:
    """Return the mean negative logarithm of the probability of what was the case."""
    return float(-numpy.log(numpy.where(is_end == 1, predicted, 1 - predicted)).mean())


def figures(
    values: Matrix, is_end: Matrix, points: Points, seeds: int
) -> tuple[tuple[float, float, float, float], Matrix]:
    """Return figures, and the cross-validated probability at each point.

    The figures are the cross-validated area and log loss, and the areas within a source, which was fitted or
    not. The last one is NaN if there is one source only.
    """
    recordings = [point.file for _, point in points]
    sources = [point.source for _, point in points]
    rounds = [cross_validated(values, is_end, recordings, _FOLDS, seed) for seed in range(seeds)]
    unseen = math.nan
    if len(set(sources)) > 1:
        others = cross_validated(values, is_end, sources, len(set(sources)), 0)
        unseen = area_within(others, is_end, sources)
    logits = numpy.mean([numpy.log(each / (1 - each)) for each in rounds], 0)
    areas = (
        float(numpy.mean([area_under_curve(each, is_end) for each in rounds])),
        float(numpy.mean([log_loss(each, is_end) for each in rounds])),
        area_within(cast("Matrix", numpy.mean(rounds, 0)), is_end, sources),
        unseen,
    )
    return areas, cast("Matrix", 1 / (1 + numpy.exp(-logits)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print how good it is, and write what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--smart-turn", type=Path, metavar="FILE")
    parser.add_argument("--language", default="en-US", metavar="TAG", help="of labels without one (en-US)")
    parser.add_argument("--seeds", type=int, default=6, metavar="N")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    points = [(one, point) for one in read_recordings(given.folder) for point in one.points]
    evidence = asyncio.run(evidence_at(points, given.smart_turn, given.language))
    is_end = numpy.array([float(point.kind == "end") for _, point in points])
    path = Path(str(files("voicebot_turns.judgement"))) / "coefficients.json"
    fitted = json.loads(path.read_text("utf-8")) if path.exists() else {}
    outcomes: dict[str, str] = {}
    print(f"{len(points)} points of {len({point.file for _, point in points})} recordings")
    print(f"{'evidence':<24}{'points':>7}{'AUC':>7}{'log loss':>10}{'within a source':>16}{'left out':>10}")
    for kinds in SETS:
        if NETWORK in kinds and given.smart_turn is None:
            continue
        at = known(evidence, kinds)
        if not 0 < is_end[at].sum() < len(at):
            print(f"{kinds:<24}{len(at):>7} not enough: no pause or no end")
            continue
        there, heard = [points[each] for each in at], [evidence[each] for each in at]
        values = columns(heard, kinds)
        found, predicted = figures(values, is_end[at], there, given.seeds)
        print(f"{kinds:<24}{len(at):>7}{found[0]:>7.3f}{found[1]:>10.3f}{found[2]:>16.3f}{found[3]:>10.3f}")
        fitted[kinds] = fit(values, is_end[at])
        outcomes[kinds] = outcome(there, waits(there, heard, predicted))
    print(f"\n{'default patience':<24}{'mean wait, s':>24}{'cut off, %':>24}{'later than 1 s, %':>24}")
    for kinds, line in outcomes.items():
        print(f"{kinds:<24}{line}")
    if given.write:
        path.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
