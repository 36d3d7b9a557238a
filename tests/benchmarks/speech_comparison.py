"""Compare recognisers and voices on the same clips and texts, each in a process of its own.

    python tests/benchmarks/speech_comparison.py CLIPS [--recognizers NAME...] [--voices NAME...]
        [--listener NAME] [--json FILE] [--markdown]

CLIPS holds WAV files (16 kHz, mono, 16 bit) and manifest.json, a list of {"file", "text"}. A NAME is that of
a provider, with options if need be: `whisper`, `whisper:model=base.en`, `wyoming:uri=tcp://127.0.0.1:10300`.
By default, all that run here without a network are compared. The listener is the recogniser that writes down
what each voice says: its word errors tell voices apart that are hard to understand.

Sound is written at the speed it was recorded at, so the delay from a clip's end to its final transcript is
the one that a user waits for. Nothing else should run: about ten seconds a clip and recogniser.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RECOGNIZERS = ("pocketsphinx", "whisper")
VOICES = ("espeak", "piper")
_RECOGNIZER_COLUMNS = {
    "word_errors": "word errors, %",
    "final_ms": "end of speech to final, ms: median",
    "final_ms_p90": "p90",
    "cpu": "CPU, s a minute of speech",
    "memory_mb": "memory, MB",
    "start_ms": "start, ms",
    "install_mb": "install, MB",
    "license": "licence",
}
_VOICE_COLUMNS = {
    "first_sound_ms": "first sound, ms: 20 characters",
    "first_sound_ms_long": "100 characters",
    "real_time_factor": "real-time factor",
    "cpu": "CPU, s a minute of speech",
    "memory_mb": "memory, MB",
    "word_errors": "misheard words, %",
    "start_ms": "start, ms",
    "install_mb": "install, MB",
    "license": "licence",
}


def main() -> None:
    """Measure each provider and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clips", type=Path, help="folder with WAV files and manifest.json")
    parser.add_argument("--recognizers", nargs="*", default=RECOGNIZERS, metavar="NAME")
    parser.add_argument("--voices", nargs="*", default=VOICES, metavar="NAME")
    parser.add_argument("--listener", metavar="NAME", help="the recogniser that listens to the voices")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    parser.add_argument("--markdown", action="store_true", help="print tables for a page")
    arguments = parser.parse_args()
    clips = arguments.clips.resolve()
    if not (clips / "manifest.json").is_file():
        parser.error(f"{clips} has no manifest.json, which lists the clips")
    recognizers = {
        name: _measured("compared_recognizer.py", name, str(clips)) for name in arguments.recognizers
    }
    listener = [arguments.listener] if arguments.listener else []
    voices = {name: _measured("compared_voice.py", name, *listener) for name in arguments.voices}
    show = _markdown if arguments.markdown else _plain
    for columns, measured in ((_RECOGNIZER_COLUMNS, recognizers), (_VOICE_COLUMNS, voices)):
        if measured:
            print(show(columns, measured), end="\n\n")
    if arguments.json:
        figures = {"recognizers": recognizers, "voices": voices}
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _measured(script: str, *arguments: str) -> dict[str, Any]:
    print(f"{' '.join(arguments[:1])} ...", file=sys.stderr, flush=True)
    command = [sys.executable, str(HERE / script), *arguments]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if result.returncode:
        raise SystemExit(f"{arguments[0]} could not be measured")
    figures: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return figures


def _rows(columns: Mapping[str, str], measured: Mapping[str, Mapping[str, Any]]) -> Iterable[list[str]]:
    yield ["", *columns.values()]
    for name, figures in measured.items():
        yield [name, *(str(figures.get(key, "")) for key in columns)]


def _markdown(columns: Mapping[str, str], measured: Mapping[str, Mapping[str, Any]]) -> str:
    first, *rows = (f"| {' | '.join(row)} |" for row in _rows(columns, measured))
    return "\n".join([first, f"|{' --- |' * (len(columns) + 1)}", *rows])


def _plain(columns: Mapping[str, str], measured: Mapping[str, Mapping[str, Any]]) -> str:
    rows = list(_rows(columns, measured))
    width = max(len(title) for title in columns.values())
    return "\n".join(
        f"{cells[0]:{width}}  " + "  ".join(f"{cell:>20}" for cell in cells[1:])
        for cells in zip(*rows, strict=True)
    )


if __name__ == "__main__":
    main()
