"""Fit the coefficients of the turn detector `judgement` to labelled pauses and ends, and cross-validate them.

    python tests/benchmarks/fit_judgement.py DIR [--smart-turn FILE] [--seeds N] [--write]

DIR holds WAV files (16 kHz, mono, 16 bit) and labels.json, as for natural.py. The marks in `words_so_far` are
removed first: they come from a transcript of the whole recording, which knew how the sentence went on, and a
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
import json
import re
import wave
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

import numpy
from numpy.typing import NDArray

from voicebot import TurnSoFar
from voicebot.config.schema import bounds
from voicebot_audio.silero import SileroOptions
from voicebot_turns.judgement.evidence import MELODY, NETWORK, WORDS, Evidence, logit
from voicebot_turns.judgement.melody import RATE, SECONDS, melody
from voicebot_turns.judgement.waiting import best_wait, habit_of
from voicebot_turns.last_words import completeness_of
from voicebot_turns.smart_turn import SmartTurnDetector, SmartTurnOptions

Matrix = NDArray[numpy.float64]
SETS = (WORDS, MELODY, f"{WORDS}+{MELODY}", f"{MELODY}+{NETWORK}", f"{WORDS}+{MELODY}+{NETWORK}")
_LEAD = 0.5
_PENALTY = 20.0
_FOLDS = 10
_STEPS = 25
_LATE = 1.0
_SAMPLES = 1000
_MARKS = re.compile(r"[.,?!;:\u2026-]+(?=\s|$)")


def read(
    folder: Path, network: Callable[[bytes], float] | None
) -> tuple[list[dict[str, Any]], list[Evidence]]:
    """Return the labels, and what is known at each."""
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    hang_over = SileroOptions().hang_over
    evidence = []
    for label in labels:
        with wave.open(str(folder / label["file"])) as file:
            sound = file.readframes(file.getnframes())
        at = label["at"] + min(hang_over, label.get("seconds") or hang_over)  # not what was said after it
        begins = max(0.0, label["turn_begins"] - _LEAD, at - SECONDS)
        audio = sound[2 * round(begins * RATE) : 2 * round(at * RATE)]
        words = completeness_of(TurnSoFar(_MARKS.sub("", label["words_so_far"]), True, "en-US", 0.0, 0.0))
        heard = melody(audio)
        evidence.append(
            Evidence(words, heard, logit(network(audio)) if network is not None and heard else None)
        )
    return labels, evidence


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
    """Return the area under the curve within each source, averaged by how many pairs it has."""
    areas, pairs = [], []
    for source in set(sources):
        chosen = numpy.array([each == source for each in sources])
        ends = int(is_end[chosen].sum())
        pairs.append(ends * (int(chosen.sum()) - ends))
        areas.append(area_under_curve(predicted[chosen], is_end[chosen]))
    return float(numpy.average(areas, weights=pairs))


def waits(labels: list[dict[str, Any]], evidence: list[Evidence], predicted: Matrix) -> Matrix:
    """Return the wait that follows from the probability of each row, with the default patience."""
    hang_over = SileroOptions().hang_over
    earliest, latest = bounds("normal")
    chosen = []
    for label, each, over in zip(labels, evidence, predicted, strict=True):
        pauses = [
            other["seconds"]
            for other in sorted(labels, key=lambda other: float(other["at"]))
            if other["file"] == label["file"] and other["at"] < label["at"]
            if other["kind"] == "pause" and other["seconds"] >= hang_over
        ]
        wait = best_wait(each.limited(float(over)), earliest, latest, habit_of(pauses))
        chosen.append(max(hang_over, wait))
    return numpy.array(chosen)


def outcome(labels: list[dict[str, Any]], chosen: Matrix) -> str:
    """Return the mean wait, the share of pauses cut off and that of late ends, each with its interval."""
    of_recording: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        of_recording.setdefault(label["file"], []).append(row)
    lasts = numpy.array([label["seconds"] if label["kind"] == "pause" else numpy.nan for label in labels])

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
        for value, least, most in zip(figures(list(range(len(labels)))), low, high, strict=True)
    )


def log_loss(predicted: Matrix, is_end: Matrix) -> float:
    """Return the mean negative logarithm of the probability of what was the case."""
    return float(-numpy.log(numpy.where(is_end == 1, predicted, 1 - predicted)).mean())


def main() -> None:
    """Fit, print how good it is, and write what is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--smart-turn", type=Path, metavar="FILE")
    parser.add_argument("--seeds", type=int, default=6, metavar="N")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    network = None
    if arguments.smart_turn is not None:
        detector = SmartTurnDetector(SmartTurnOptions(model=arguments.smart_turn))
        detector.load()
        network = detector.complete
    labels, evidence = read(arguments.folder, network)
    is_end = numpy.array([float(label["kind"] == "end") for label in labels])
    recordings = [label["file"] for label in labels]
    sources = [label["source"] for label in labels]
    path = Path(str(files("voicebot_turns.judgement"))) / "coefficients.json"
    fitted = json.loads(path.read_text("utf-8")) if path.exists() else {}
    outcomes: dict[str, str] = {}
    print(f"{len(labels)} points of {len(set(recordings))} recordings, {int(is_end.sum())} ends")
    print(f"{'evidence':<24}{'AUC':>7}{'log loss':>10}{'within a source':>16}{'that was left out':>20}")
    for kinds in SETS:
        if NETWORK in kinds and network is None:
            continue
        values = columns(evidence, kinds)
        rounds = [
            cross_validated(values, is_end, recordings, _FOLDS, seed) for seed in range(arguments.seeds)
        ]
        area = numpy.mean([area_under_curve(each, is_end) for each in rounds])
        loss = numpy.mean([log_loss(each, is_end) for each in rounds])
        unseen = cross_validated(values, is_end, sources, len(set(sources)), 0)
        within = [area_within(each, is_end, sources) for each in (numpy.mean(rounds, 0), unseen)]
        print(f"{kinds:<24}{area:>7.3f}{loss:>10.3f}{within[0]:>16.3f}{within[1]:>20.3f}")
        fitted[kinds] = fit(values, is_end)
        logits = numpy.mean([numpy.log(each / (1 - each)) for each in rounds], 0)
        outcomes[kinds] = outcome(labels, waits(labels, evidence, 1 / (1 + numpy.exp(-logits))))
    print(f"\n{'default patience':<24}{'mean wait, s':>24}{'cut off, %':>24}{'later than 1 s, %':>24}")
    for kinds, line in outcomes.items():
        print(f"{kinds:<24}{line}")
    if arguments.write:
        path.write_text(json.dumps(fitted, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
