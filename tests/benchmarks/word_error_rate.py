"""Word error rates of the offline recogniser over a folder of recorded clips.

    python tests/benchmarks/word_error_rate.py CLIPS [--json FILE] [--config BOT.yaml] [--at-once]

CLIPS holds WAV files (16 kHz, mono, 16 bit) and manifest.json, a list of {"file", "text", "kind"}. Each
clip is recognised with the general language model alone and with the words of all clips given as phrases,
which flatters: it says how well a bot hears what it was told to expect. With `--config`, its bot's phrases
are given too, and alone. Sound is written at the speed it was recorded at, so that the delay from the
clip's end to its final transcript is the one a user waits for; `--at-once` is quicker and measures no delay.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import wave
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from voicebot import FinalTranscript, Hints, Recognition
from voicebot_offline.chat.model import ScriptChat, ScriptOptions
from voicebot_offline.recognition.recognizer import PocketsphinxOptions, PocketsphinxRecognizer
from voicebot_offline.words import words_of

SLICE_SECONDS = 0.02


@dataclass
class Score:
    """What went wrong in some clips."""

    clips: int = 0
    words: int = 0
    errors: int = 0
    exact: int = 0
    delays: list[float] = field(default_factory=list)

    def add(self, wanted: Sequence[str], heard: Sequence[str], delay: float) -> None:
        """Count one clip."""
        errors = edits(wanted, heard)
        self.clips += 1
        self.words += len(wanted)
        self.errors += errors
        self.exact += errors == 0
        self.delays.append(delay)

    def figures(self, *, timed: bool) -> dict[str, float | int]:
        """Return the figures as they are printed; delays in milliseconds."""
        figures: dict[str, float | int] = {
            "clips": self.clips,
            "word_error_rate": round(self.errors / max(1, self.words), 4),
            "exact": self.exact,
        }
        if timed:
            figures["delay_ms_median"] = round(1000 * statistics.median(self.delays))
            figures["delay_ms_max"] = round(1000 * max(self.delays))
        return figures


def edits(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Return the least number of words to insert, delete or replace (Levenshtein's distance)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(wanted, 1):
        above_left, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            above_left, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above_left + (word != other))
    return row[-1]


async def recognise(recognition: Recognition, path: Path, *, at_once: bool) -> tuple[str, float]:
    """Return what was heard in a clip, and the seconds from its end to the final transcript."""
    with wave.open(str(path)) as clip:
        if (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) != (16_000, 1, 2):
            raise SystemExit(f"{path}: clips must be 16 kHz, mono, 16 bit")
        audio = clip.readframes(clip.getnframes())
    size = int(32_000 * SLICE_SECONDS)
    loop = asyncio.get_running_loop()
    due = loop.time()
    for first in range(0, len(audio), size):
        await recognition.write(audio[first : first + size])
        due += SLICE_SECONDS
        if not at_once:
            await asyncio.sleep(due - loop.time())
    ended = loop.time()
    await recognition.commit()
    finals = [event.text async for event in _up_to_final(recognition) if isinstance(event, FinalTranscript)]
    return " ".join(finals), loop.time() - ended


async def _up_to_final(recognition: Recognition) -> Any:
    async for event in recognition:
        yield event
        if isinstance(event, FinalTranscript):
            return


async def measure(
    clips: list[dict[str, str]], folder: Path, phrases: tuple[str, ...], *, at_once: bool
) -> dict[str, Any]:
    """Recognise all clips in one mode and return its figures and every transcript."""
    scores: defaultdict[str, Score] = defaultdict(Score)
    transcripts = []
    recognizer = PocketsphinxRecognizer(PocketsphinxOptions())
    await recognizer.start()
    try:
        for clip in clips:
            async with recognizer.listen(Hints(phrases)) as recognition:
                heard, delay = await recognise(recognition, folder / clip["file"], at_once=at_once)
            transcripts.append({"file": clip["file"], "text": clip["text"], "heard": heard})
            for kind in (clip["kind"], "all"):
                scores[kind].add(words_of(clip["text"]), words_of(heard), delay)
    finally:
        await recognizer.aclose()
    figures = {kind: score.figures(timed=not at_once) for kind, score in sorted(scores.items())}
    return {"kinds": figures, "transcripts": transcripts}


def table(results: dict[str, dict[str, Any]]) -> str:
    """Return the figures of all modes as a table."""
    lines = [f"{'mode':<16}{'kind':<8}{'clips':>6}{'WER':>8}{'exact':>7}{'median':>9}{'max':>9}"]
    for mode, result in results.items():
        for kind, figures in result["kinds"].items():
            delays = [
                f"{figures[k]} ms" if k in figures else "-" for k in ("delay_ms_median", "delay_ms_max")
            ]
            lines.append(
                f"{mode:<16}{kind:<8}{figures['clips']:>6}{figures['word_error_rate']:>8.1%}"
                f"{figures['exact']:>7}{delays[0]:>9}{delays[1]:>9}"
            )
    return "\n".join(lines)


def phrases_of(config: Path) -> tuple[str, ...]:
    """Return the phrases of a bot with the chat model `script`."""
    content = yaml.safe_load(config.read_text(encoding="utf-8"))
    chat = {key: value for key, value in content["chat"].items() if key != "provider"}
    return (*content.get("phrases", ()), *ScriptChat(ScriptOptions(**chat)).phrases)


async def main(arguments: argparse.Namespace) -> None:
    """Measure every mode, print the table and write the JSON."""
    folder: Path = arguments.clips
    clips = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    texts = tuple(dict.fromkeys(clip["text"] for clip in clips))
    modes: dict[str, tuple[str, ...]] = {"general": (), "phrases": texts}
    if arguments.config:
        bot = phrases_of(arguments.config)
        modes |= {"bot": bot, "bot and phrases": (*bot, *texts)}
    results = {}
    for mode, phrases in modes.items():
        results[mode] = await measure(clips, folder, phrases, at_once=arguments.at_once)
    print(table(results))
    for name, mode in results.items():
        for clip in mode["transcripts"]:
            if arguments.verbose and words_of(clip["text"]) != words_of(clip["heard"]):
                print(f"{name}: {clip['file']}: {clip['text']} | {clip['heard']}")
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clips", type=Path, help="folder with WAV files and manifest.json")
    parser.add_argument("--json", type=Path, help="also write the figures and all transcripts here")
    parser.add_argument("--config", type=Path, help="also measure with the phrases of this script bot")
    parser.add_argument("--at-once", action="store_true", help="do not wait for the sound's own time")
    parser.add_argument("-v", "--verbose", action="store_true", help="also print what was misheard")
    asyncio.run(main(parser.parse_args()))
