"""Measure how often the bot cuts people off who pause, and how long it makes them wait.

    python tests/benchmarks/pauses.py DIR [--detector NAME ...] [--patience P ...] [--json FILE]
    python tests/benchmarks/pauses.py DIR --sweep curve.png

DIR holds WAV files (16 kHz, mono, 16 bit) and labels.json, a list of {"file", "text", "source", "speech_end",
"pauses": [{"start", "end"}]}, in seconds. Each clip is played in real time to the whole engine with the
offline recogniser and silero; chat model and voice are scripted and take no time, unless `--chat-delay` and
`--voice-delay` say so. The output of detector and recogniser is recorded with its times and replayed for
every policy, on a simulated clock; `--real-time` plays the clips again for each, and compares.

A cut-off is a turn in which the bot is audible more than 150 ms before the true end. The delay is from the
true end to the first sound of the reply that stays, over the turns that were not cut off and were answered.
Lost are words that the recogniser settled and the chat model was not asked with.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from labelled_clips import Clip, read_clips
from overheard import Overheard, Work, converse, hear
from pause_chart import draw
from pause_figures import Result, agreement, story, table
from recorded_hearing import Beginning, Heard, ReplayedRecognizer, ReplayedVoiceActivity, load, save
from simulated_recogniser import SimulatedPocketsphinx
from turn_policies import (
    DEFAULT_DETECTOR,
    DEFAULT_PATIENCE,
    Policy,
    SharedDetector,
    can_start,
    detectors,
    options_of,
    patience_of,
    sweep,
)

from voicebot.plugin.manager import installed_plugins
from voicebot.testing import VirtualClockLoop

_HEARINGS = 2
"""A processor that others use too takes longer for the same work."""


def provider(kind: str, name: str) -> Any:
    """Make an installed provider with its options as they are by default."""
    registration = installed_plugins().registry.get(kind, name)
    if registration is None or registration.missing:
        raise SystemExit(f"the {kind} {name} is not installed; it comes with the extra offline")
    return registration.provider(registration.options())


def hear_all(clips: Sequence[Clip], jobs: int) -> dict[str, Heard]:
    """Let detector and recogniser hear clips on simulated clocks, some at a time."""
    heard: dict[str, Heard] = {}
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as processes:
        for clip, each in zip(clips, processes.map(hear_one, clips), strict=True):
            heard[clip.name] = each
            _progress("heard", len(heard), len(clips))
    return heard


def hear_one(clip: Clip) -> Heard:
    """Let detector and recogniser hear a clip twice on simulated clocks; keep the less disturbed result."""
    hearings = []
    for _ in range(_HEARINGS):
        recognizer, voice_activity = SimulatedPocketsphinx(), provider("voice_activity", "silero")
        policy = Policy("silence", 1.0)
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            work = hear(clip, recognizer, voice_activity, policy.make(), policy.settings(), Work())
            _, heard = runner.run(work)
            hearings.append((recognizer.seconds, heard))
    return min(hearings, key=lambda hearing: hearing[0])[1]


async def in_real_time(
    clips: Sequence[Clip], policy: Policy, work: Work, jobs: int
) -> tuple[Result, dict[str, Heard]]:
    """Play clips at the speed they were spoken at, some at a time; return also what was heard of them."""
    room = asyncio.Semaphore(jobs)
    heard: dict[str, Heard] = {}

    async def play(clip: Clip) -> Overheard:
        async with room:
            recognizer, voice_activity = (
                provider("recognizer", "pocketsphinx"),
                provider("voice_activity", "silero"),
            )
            overheard, heard[clip.name] = await hear(
                clip, recognizer, voice_activity, policy.make(), policy.settings(), work
            )
            _progress(str(policy), len(heard), len(clips))
            return overheard

    async with asyncio.TaskGroup() as tasks:
        playing = [tasks.create_task(play(clip), name=clip.name) for clip in clips]
    return Result(policy, [each.result() for each in playing]), heard


def _progress(what: str, done: int, of: int) -> None:
    end = "\n" if done == of else ""
    print(f"\r{what}: {done} of {of} clips", end=end, file=sys.stderr, flush=True)


def on_simulated_clock(clips: Sequence[Clip], heard: dict[str, Heard], policy: Policy, work: Work) -> Result:
    """Replay what was heard of the clips."""
    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        return runner.run(_replay(clips, heard, policy, work))


async def _replay(clips: Sequence[Clip], heard: dict[str, Heard], policy: Policy, work: Work) -> Result:
    overheard = []
    voice_activity = provider("voice_activity", "silero")
    detector = policy.make()
    await detector.start()
    for clip in clips:
        beginning = Beginning()
        messages = heard[clip.name]
        each = await converse(
            clip,
            ReplayedRecognizer(messages, beginning),
            ReplayedVoiceActivity(voice_activity, messages),
            SharedDetector(detector),
            policy.settings(),
            beginning,
            work,
        )
        each.recognised = messages.finals
        overheard.append(each)
    await detector.aclose()
    return Result(policy, overheard)


def policies_of(arguments: argparse.Namespace) -> list[Policy]:
    """Return what is to be measured."""
    names = arguments.detector or (detectors() if arguments.sweep else [DEFAULT_DETECTOR])
    patiences = [patience_of(text) for text in arguments.patience or [DEFAULT_PATIENCE]]
    chosen = [Policy(name, patience) for name in names for patience in patiences]
    if arguments.sweep:
        chosen = list(sweep(names))
    options = options_of(arguments.option or [])
    chosen = [replace(policy, options=options.get(policy.detector, ())) for policy in chosen]
    first = {policy.detector: policy for policy in reversed(chosen)}
    usable = {name for name, policy in first.items() if asyncio.run(can_start(policy))}
    return [policy for policy in chosen if policy.detector in usable]


def measure_in_real_time(
    clips: Sequence[Clip], policies: Sequence[Policy], work: Work, arguments: argparse.Namespace
) -> Iterator[Result]:
    """Play the clips again for each policy, and report how far replaying them gives the same result."""
    for policy in policies:
        result, heard = asyncio.run(in_real_time(clips, policy, work, arguments.jobs))
        yield result
        again = on_simulated_clock(clips, heard, policy, work)
        print(f"{policy}, replayed on a simulated clock: {agreement(result, again)}", file=sys.stderr)


def measure_simulated(
    clips: Sequence[Clip], policies: Sequence[Policy], work: Work, arguments: argparse.Namespace
) -> Iterator[Result]:
    """Hear the clips once, and replay what was heard for each policy."""
    kept: Path | None = arguments.recordings
    voice_activity = provider("voice_activity", "silero").options
    heard = load(kept, voice_activity) if kept is not None and kept.exists() else {}
    if missing := [clip for clip in clips if clip.name not in heard]:
        heard |= hear_all(missing, arguments.jobs)
        if kept is not None:
            save(kept, voice_activity, heard)
    for policy in policies:
        yield on_simulated_clock(clips, heard, policy, work)


def main(arguments: argparse.Namespace) -> None:
    """Hear the clips, measure every policy with them, and print the figures."""
    clips = read_clips(arguments.clips, frozenset(arguments.source or ()))
    work = Work(arguments.chat_delay, arguments.voice_delay)
    policies = policies_of(arguments)
    measure = measure_in_real_time if arguments.real_time else measure_simulated
    results = []
    for result in measure(clips, policies, work, arguments):
        results.append(result)
        for each in result.overheard if arguments.verbose else ():
            print(story(each))
    for line in table(results):
        print(line)
    if arguments.json:
        text = json.dumps([result.as_json() for result in results], indent=1)
        arguments.json.write_text(text + "\n", encoding="utf-8")
    if arguments.sweep:
        draw(
            (
                (result.policy, result.mean_delay, result.paused_cut_offs / result.paused_clips)
                for result in results
                if result.mean_delay is not None and result.paused_clips
            ),
            arguments.sweep,
            across="mean delay, ms",
            up="turns with a pause that are cut off, %",
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clips", type=Path, metavar="DIR", help="folder with WAV files and labels.json")
    parser.add_argument(
        "--option", action="append", metavar="DETECTOR.NAME=VALUE", help="as smart-turn.model=FILE"
    )
    parser.add_argument("--detector", action="append", metavar="NAME")
    parser.add_argument(
        "--patience", action="append", metavar="P", help="quick, normal, relaxed, 0.8 or 0.4-2"
    )
    parser.add_argument("--source", action="append", metavar="NAME", help="only the clips of this source")
    parser.add_argument("--sweep", type=Path, metavar="PNG", help="try many patiences and draw the curve")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write one object per policy there")
    parser.add_argument(
        "--recordings", type=Path, metavar="FILE", help="keep what was heard there, and use it"
    )
    parser.add_argument("--chat-delay", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--voice-delay", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="clips played at a time (2)")
    parser.add_argument("--real-time", action="store_true", help="play the clips anew for each policy")
    parser.add_argument("-v", "--verbose", action="store_true", help="also say what came of each clip")
    return parser.parse_args()


if __name__ == "__main__":
    main(_arguments())
