"""One voice of `speech_comparison.py`: `python compared_voice.py NAME[:OPTIONS] [LISTENER]`."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from compared_provider import Cost, make, report
from compared_recognizer import spoken_words
from word_error_rate import edits

from voicebot import AudioChunk, FinalTranscript, Hints, Recognizer, Resampler, Synthesizer, Utterance

SHORT = ("I can help you there.", "It is nine o'clock now.", "The lamp is switched on.")
LONG = (
    "The train to Boston leaves from platform three at half past nine, and it arrives a little after noon.",
    "You asked me about the weather: it stays dry until the evening, and tomorrow there will be some rain.",
    "A pinch of salt brings out the taste of the tomatoes, so add it early and let the sauce cook slowly.",
)
_ROUNDS = 5
_SLICE = 640


@dataclass(frozen=True)
class Spoken:
    """One utterance: its sound (s16le), the seconds to the first of it, and to the last."""

    text: str
    audio: bytes
    first_sound: float
    took: float


async def speak(voice: Synthesizer[object], text: str) -> Spoken:
    """Speak one text."""
    audio, first = bytearray(), 0.0
    began = time.perf_counter()
    async with aclosing(voice.synthesize(Utterance(text, "en-US"))) as events:
        async for event in events:
            if isinstance(event, AudioChunk):
                first = first or time.perf_counter() - began
                audio += event.audio
    return Spoken(text, bytes(audio), first, time.perf_counter() - began)


async def measure(name: str, listener: str | None) -> dict[str, object]:
    """Speak all texts and return the figures."""
    compared = make("synthesizer", name)
    voice = compared.provider
    assert isinstance(voice, Synthesizer)
    with Cost() as whole:
        began = time.perf_counter()
        await voice.start()
        started = time.perf_counter() - began
        with Cost() as speaking:
            short = [await speak(voice, text) for text in SHORT * _ROUNDS]
            long = [await speak(voice, text) for text in LONG * _ROUNDS]
    rate = voice.output_format.rate
    seconds = sum(len(each.audio) for each in [*short, *long]) / (2 * rate)
    figures: dict[str, object] = {
        "first_sound_ms": round(1000 * statistics.median(each.first_sound for each in short), 1),
        "first_sound_ms_long": round(1000 * statistics.median(each.first_sound for each in long), 1),
        "real_time_factor": round(sum(each.took for each in [*short, *long]) / seconds, 4),
        "cpu": round(60 * speaking.cpu / seconds, 2),
        "memory_mb": round(whole.memory_mb),
        "start_ms": round(1000 * started),
        "install_mb": compared.install_mb,
        "license": compared.license,
    }
    if listener:
        heard = [*short[: len(SHORT)], *long[: len(LONG)]]
        figures["word_errors"] = round(100 * await misheard(listener, heard, voice), 1)
    await voice.aclose()
    return figures


async def misheard(listener: str, spoken: Sequence[Spoken], voice: Synthesizer[object]) -> float:
    """Return the share of the words that a recogniser gets wrong."""
    recognizer = make("recognizer", listener).provider
    assert isinstance(recognizer, Recognizer)
    await recognizer.start()
    words = errors = 0
    for each in spoken:
        resampler = Resampler(voice.output_format, recognizer.input_format)
        audio = resampler.write(each.audio) + resampler.flush()
        async with recognizer.listen(Hints(languages=("en-US",))) as recognition:
            for first in range(0, len(audio), _SLICE):
                await recognition.write(audio[first : first + _SLICE])
            await recognition.commit()
            async for event in recognition:
                if isinstance(event, FinalTranscript):
                    heard = event.text
                    break
        wanted = spoken_words(each.text)
        words, errors = words + len(wanted), errors + edits(wanted, spoken_words(heard))
    await recognizer.aclose()
    return errors / words


if __name__ == "__main__":
    report(asyncio.run(measure(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)))
