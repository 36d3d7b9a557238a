"""Measure turn detectors on natural speech: how many pauses they cut off, and how long they wait at ends.

    python tests/benchmarks/natural.py DIR [--detector NAME ...] [--option DETECTOR.NAME=VALUE] [--as-written]
    python tests/benchmarks/natural.py DIR --json FILE --png FILE [--bootstrap N] [--seed S]

DIR holds WAV files (16 kHz, mono, 16 bit) and labels.json, as `natural_points` describes it. Each point is
put to a detector as the engine would put it: the words so far, as settled; the sound of the turn, from half a
second before it begins to the moment at which silero (with its default `hang_over`) would have noticed the
pause; and the lengths of the earlier pauses in the recording that would have been noticed. As in
livekit/eot-bench, a pause is cut off if it lasts longer than the wait, and delays are counted where the turn
was over. The engine never answers before it notices the pause, so no wait is shorter than the hang-over. A
pause that is shorter than that is put with its sound up to its end; the engine would not notice it, so it
counts as a pause that is not cut off.

The words are put in lower case and without punctuation, unless `--as-written` is given: where they were cut
out of a transcript of the whole recording, its punctuation gives away what comes next.

Every detector that is installed and can start is asked with many patiences. Constant silence is always among
them. `natural_figures` defines the curve, its figures and their intervals.

The JSON file is a list with one object for each policy, which is a detector at one patience. Times are in
seconds, shares from 0 to 1. null stands where there is nothing to measure, or no policy reaches the figure.

    detector, patience, options   what was asked, and how
    hang_over                     seconds after which a pause is noticed
    recordings, pauses, unnoticed_pauses, ends   how many
    mean_wait, cut_off            of this policy
    silence_cut_off               share that constant silence of this mean wait cuts off
    more_than_silence             `cut_off` less that
    curve                         pairs of mean wait and share of pauses cut off, by wait; this and what
                                  follows are the same for each policy of the detector
    cut_off_at_0.6, wait_at_5_percent            on the curve
    patience_at_0.6, patience_at_5_percent       of the policies that reach these
    more_than_silence_at_0.6      `cut_off_at_0.6` less that of constant silence
    points                        for each: file, source, kind, at, wait, and for a pause `cut_off` (true or
                                  false), for an end `delay` in seconds
    sources                       for each source by name: all of these figures for its points

Each figure NAME that has an interval has it, of 95 %, as NAME_interval: [low, high].
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from natural_figures import Figures, Measured, Part
from natural_points import Point, Recording, read_recordings
from natural_questions import Questions
from natural_table import tables
from pause_chart import draw
from turn_policies import SILENCE, Policy, can_start, detectors, options_of, sweep

from voicebot import ProviderError, VoiceActivityOptions
from voicebot.config.schema import bounds
from voicebot.engine.turns.rules import PatienceBounds
from voicebot.plugin.manager import installed_plugins

_CONSTANT = tuple(percent / 100 for percent in (*range(25, 200, 5), *range(200, 401, 25)))
_BOUNDS = tuple(
    (earliest, latest)
    for earliest in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0)
    for latest in (0.8, 1.0, 1.3, 1.6, 2.0, 2.5, 3.0, 4.0)
    if latest >= 2 * earliest  # between closer bounds, every detector is a clock
)


def policies_of(arguments: argparse.Namespace) -> list[list[Policy]]:
    """Return the policies of each detector that can start; constant silence comes first."""
    names = arguments.detector or detectors()
    options = options_of(arguments.option or [])
    chosen = []
    for name in dict.fromkeys([SILENCE, *names]):
        policies = [
            Policy(policy.detector, policy.patience, options.get(name, ()))
            for policy in sweep([name], _CONSTANT, _BOUNDS)
        ]
        if asyncio.run(can_start(policies[0])):
            chosen.append(policies)
    return chosen


def hang_over() -> float:
    """Return the seconds after which a bot that is configured no further notices a pause."""
    registration = installed_plugins().registry.get("voice_activity", "silero")
    if registration is None:
        raise SystemExit("the voice activity detector silero is not installed")
    return cast("VoiceActivityOptions", registration.options()).hang_over


async def measure(
    recordings: Sequence[Recording], policies: Sequence[Policy], after: float, language: str, *, plain: bool
) -> Measured:
    """Ask one detector about all points, each once with every patience; the rest is for `Questions`."""
    detector = policies[0].make()
    patiences = [PatienceBounds.corrected(*bounds(policy.patience)) for policy in policies]
    asked = [(recording, point) for recording in recordings for point in recording.points]
    waits = []
    await detector.start()
    try:
        questions = Questions(detector, after, language, plain=plain)
        for recording, point in asked:
            waits.append(await questions.waits(recording, point, patiences))
            _progress(policies[0].detector, len(waits), len(asked))
    except ProviderError as error:
        raise SystemExit(f"{policies[0].detector}: {error}") from error
    finally:
        await detector.aclose()
    return Measured(policies, np.array(waits).T)


def _progress(what: str, done: int, of: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == of else ""
        print(f"\r{what}: {done} of {of} points", end=end, file=sys.stderr, flush=True)


def as_json(
    measured: Sequence[Measured], points: Sequence[Point], after: float, draws: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Return one object for each policy; constant silence is the first that was measured."""
    parts = {
        source: Part(points, draws, seed, source) for source in (None, *sorted({p.source for p in points}))
    }
    silence = {source: Figures(part, measured[0], after) for source, part in parts.items()}
    for each in measured:
        figures = {source: Figures(part, each, after) for source, part in parts.items()}
        of_detector = {source: figures[source].of_detector(silence[source]) for source in parts}
        for number, policy in enumerate(each.policies):
            of_policy = {source: figures[source].of_policy(number) | of_detector[source] for source in parts}
            yield {
                "detector": policy.detector,
                "patience": policy.words,
                "options": dict(policy.options),
                "hang_over": after,
                **of_policy.pop(None),
                "points": [
                    _point(point, wait)
                    for point, wait in zip(points, each.waits[number].tolist(), strict=True)
                ],
                "sources": of_policy,
            }


def _point(point: Point, wait: float) -> dict[str, Any]:
    result = {"cut_off": point.is_cut_off(wait)} if point.kind == "pause" else {"delay": round(wait, 4)}
    return {
        "file": point.file,
        "source": point.source,
        "kind": point.kind,
        "at": point.at,
        "wait": round(wait, 4),
        **result,
    }


def main(arguments: argparse.Namespace) -> None:
    """Ask all detectors about all points, and print the figures."""
    for file in (arguments.json, arguments.png):
        if file and not file.parent.is_dir():
            raise SystemExit(f"{file}: there is no folder {file.parent}")
    recordings = read_recordings(arguments.recordings)
    points = [point for recording in recordings for point in recording.points]
    after = hang_over()
    measured = [
        asyncio.run(measure(recordings, policies, after, arguments.language, plain=not arguments.as_written))
        for policies in policies_of(arguments)
    ]
    results = list(as_json(measured, points, after, arguments.bootstrap, arguments.seed))
    for line in tables(results):
        print(line)
    if arguments.json:
        lines = ",\n".join(json.dumps(result) for result in results)
        arguments.json.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    if arguments.png:
        policies = (policy for each in measured for policy in each.policies)
        draw(
            (
                (policy, result["mean_wait"], result["cut_off"])
                for policy, result in zip(policies, results, strict=True)
            ),
            arguments.png,
            across="mean wait at an end, ms",
            up="pauses that are cut off, %",
        )


def arguments_of(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("recordings", type=Path, metavar="DIR", help="folder with WAV files and labels.json")
    parser.add_argument("--detector", action="append", metavar="NAME", help="all that can start")
    parser.add_argument(
        "--option", action="append", metavar="DETECTOR.NAME=VALUE", help="as smart-turn.model=FILE"
    )
    parser.add_argument(
        "--language",
        default="en-US",
        metavar="TAG",
        help="of what is said where the labels have no language (en-US)",
    )
    parser.add_argument(
        "--as-written", action="store_true", help="words with the punctuation that the labels have"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one object per policy there")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw the curves there")
    parser.add_argument("--bootstrap", type=_count, default=2000, metavar="N", help="samples drawn (2000)")
    parser.add_argument("--seed", type=_count, default=1, metavar="S", help="of the drawing (1)")
    return parser.parse_args(words)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 0 or more")
    return int(text)


if __name__ == "__main__":
    main(arguments_of())
