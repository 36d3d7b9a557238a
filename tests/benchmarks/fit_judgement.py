"""Fit the coefficients of the turn detector `judgement` to labelled pauses and ends, and cross-validate them.

    python tests/benchmarks/fit_judgement.py DIR [--smart-turn FILE] [--language TAG] [--seeds N] [--write]

DIR holds WAV files (16 kHz, mono, 16 bit) and labels.json, as for natural.py; `--language` is that of labels
without one. Pauses that are over before the engine would notice them are left out, since nothing is asked
about them. A set of coefficients is fitted to the points at which all of its evidence is known: not to those
without words of a known language, and not to those without speech. The marks in `words_so_far` are removed
first: they come from a transcript of the whole recording, which knew how the sentence went on, and a
recogniser's partial transcripts have none.

Each set of coefficients is a logistic regression with a ridge penalty, and with what the words add as a
constant (`ODDS`). A point counts less the more points of its source and kind there are (by the square
root), so that the coefficients tell pauses from ends and not one source from another. The area under the
curve (AUC) and the log loss are those of ten-fold cross-validation in which a recording, and so its
speakers, is never both in the part that is fitted and in the part that is judged. The last two columns are
areas within each source, the last one by coefficients that were fitted to the other sources. The second and
the third table are what these probabilities make the bot do, with the default patience, of a recording or a
source that was left out: its mean wait at the ends, how many pauses it cuts off, and how many ends it
answers later than after a second, with intervals of 95 % from samples of the recordings. Among the pauses
are those that were left out: none of them is cut off. `--write` replaces the coefficients in the plugin.
Without the model of smart-turn, the sets that use it stay as they are.
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
from typing import TypeAlias, cast

import numpy
from judgement_regression import Matrix, Table, area_under_curve, cross_validated, fit, log_loss
from natural_points import Point, Recording, read_recordings

from voicebot import TurnSoFar
from voicebot.config.schema import bounds
from voicebot_audio.silero import SileroOptions
from voicebot_turns.judgement.detector import JudgementDetector, JudgementOptions
from voicebot_turns.judgement.evidence import MELODY, NETWORK, WORDS, Evidence
from voicebot_turns.judgement.melody import RATE, SECONDS
from voicebot_turns.judgement.waiting import best_wait, habit_of

Points: TypeAlias = Sequence[tuple[Recording, Point]]
SETS = (WORDS, MELODY, f"{WORDS}+{MELODY}", f"{MELODY}+{NETWORK}", f"{WORDS}+{MELODY}+{NETWORK}")
_LEAD = 0.5
_FOLDS = 10
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


def only(each: Evidence, kinds: str) -> Evidence:
    """Return evidence of some kinds, without the others."""
    wanted = kinds.split("+")
    return Evidence(
        each.words if WORDS in wanted else None,
        each.melody if MELODY in wanted else None,
        each.network if NETWORK in wanted else None,
    )


def table(points: Points, evidence: Sequence[Evidence]) -> Table:
    """Return a row for each point; one that the engine would not notice is not fitted."""
    groups = [(point.source, point.kind) for _, point in points if is_noticed(point)]
    weight = numpy.array(
        [groups.count((p.source, p.kind)) ** -0.5 if is_noticed(p) else 0.0 for _, p in points]
    )
    return Table(
        numpy.array([each.heard for each in evidence]).reshape(len(points), -1),
        numpy.array([each.said for each in evidence]),
        numpy.array([float(point.kind == "end") for _, point in points]),
        weight / weight[weight > 0].mean(),
    )


def is_noticed(point: Point) -> bool:
    """Return whether a silence lasts until the engine would take it for one."""
    return point.seconds is None or point.seconds >= SileroOptions().hang_over


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
    for (recording, point), each, odds in zip(points, evidence, predicted, strict=True):
        habit = habit_of(recording.pauses_before(point, hang_over))
        chosen.append(max(hang_over, best_wait(each.probability(float(odds)), earliest, latest, habit)))
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


def left_out(rows: Table, points: Points, seeds: int) -> tuple[list[Matrix], Matrix | None]:
    """Return the logarithm of the odds at each point, fitted without its recording, and without its source.

    The first are several, with different folds; the other one is None if there is one source only.
    """
    recordings = [point.file for _, point in points]
    sources = [point.source for _, point in points]
    rounds = [cross_validated(rows, recordings, _FOLDS, seed) for seed in range(seeds)]
    number = len(set(sources))
    return rounds, cross_validated(rows, sources, number, 0) if number > 1 else None


def judged(rows: Table, points: Points, rounds: Sequence[Matrix], others: Matrix | None) -> str:
    """Return the cross-validated area and log loss, and the areas within a source, fitted or left out."""
    noticed = rows.weight > 0
    is_end = rows.is_end[noticed]
    sources = [point.source for (_, point), yes in zip(points, noticed, strict=True) if yes]
    area = numpy.mean([area_under_curve(each[noticed], is_end) for each in rounds])
    loss = numpy.mean([log_loss(each[noticed], is_end) for each in rounds])
    within = area_within(numpy.mean(rounds, 0)[noticed], is_end, sources)
    unseen = math.nan if others is None else area_within(others[noticed], is_end, sources)
    return f"{len(is_end):>7}{area:>7.3f}{loss:>10.3f}{within:>16.3f}{unseen:>10.3f}"


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
    path = Path(str(files("voicebot_turns.judgement"))) / "coefficients.json"
    fitted = json.loads(path.read_text("utf-8")) if path.exists() else {}
    outcomes: dict[str, dict[str, str]] = {"recording": {}, "source": {}}
    print(f"{len(points)} points of {len({point.file for _, point in points})} recordings")
    print(f"{'evidence':<24}{'points':>7}{'AUC':>7}{'log loss':>10}{'within a source':>16}{'left out':>10}")
    for kinds in SETS:
        if NETWORK in kinds and given.smart_turn is None:
            continue
        at = known(evidence, kinds)
        there, heard = [points[each] for each in at], [only(evidence[each], kinds) for each in at]
        noticed = {point.kind for _, point in there if is_noticed(point)}
        if len(noticed) < 2:
            print(f"{kinds:<24}{len(at):>7} not enough: no pause or no end")
            continue
        rows = table(there, heard)
        rounds, others = left_out(rows, there, given.seeds)
        print(f"{kinds:<24}{judged(rows, there, rounds, others)}")
        fitted[kinds] = fit(rows)
        mean = cast("Matrix", numpy.mean(rounds, 0))
        outcomes["recording"][kinds] = outcome(there, waits(there, heard, mean))
        if others is not None:
            outcomes["source"][kinds] = outcome(there, waits(there, heard, others))
    for what, lines in outcomes.items():
        print(f"\n{f'without its {what}':<24}{'mean wait, s':>24}{'cut off, %':>24}{'later than 1 s, %':>24}")
        for kinds, line in lines.items():
            print(f"{kinds:<24}{line}")
    if given.write:
        path.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
