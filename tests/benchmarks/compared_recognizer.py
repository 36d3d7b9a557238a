"""One recogniser of `speech_comparison.py`: `python compared_recognizer.py NAME[:OPTIONS] CLIPS`."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
import wave
from pathlib import Path

from compared_provider import Cost, make, report
from word_error_rate import edits, recognise

from voicebot import Hints, Recognizer, normalize_text
from voicebot_offline.words import words_of


def spoken_words(text: str) -> tuple[str, ...]:
    """Return the words of a text, with numbers as they are spoken: recognisers write them either way."""
    return words_of(normalize_text(text, "en").text)


async def measure(name: str, folder: Path) -> dict[str, object]:
    """Recognise all clips and return the figures."""
    clips = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    compared = make("recognizer", name)
    recognizer = compared.provider
    assert isinstance(recognizer, Recognizer)
    words = errors = 0
    delays: list[float] = []
    seconds = 0.0
    with Cost() as whole:
        began = time.perf_counter()
        await recognizer.start()
        started = time.perf_counter() - began
        with Cost() as listening:
            for clip in clips:
                path = folder / clip["file"]
                async with recognizer.listen(Hints(languages=("en-US",))) as recognition:
                    heard, delay = await recognise(recognition, path, at_once=False)
                wanted = spoken_words(clip["text"])
                wrong = edits(wanted, spoken_words(heard))
                if wrong:
                    print(f"{clip['file']}: {clip['text']} | {heard}", file=sys.stderr)
                words, errors = words + len(wanted), errors + wrong
                delays.append(delay)
                with wave.open(str(path)) as sound:
                    seconds += sound.getnframes() / sound.getframerate()
        await recognizer.aclose()
    return {
        "clips": len(clips),
        "words": words,
        "word_errors": round(100 * errors / max(1, words), 1),
        "final_ms": round(1000 * statistics.median(delays)),
        "final_ms_p90": round(1000 * sorted(delays)[round(0.9 * (len(delays) - 1))]),
        "cpu": round(60 * listening.cpu / seconds, 1),
        "memory_mb": round(whole.memory_mb),
        "start_ms": round(1000 * started),
        "install_mb": compared.install_mb,
        "license": compared.license,
    }


if __name__ == "__main__":
    report(asyncio.run(measure(sys.argv[1], Path(sys.argv[2]))))
