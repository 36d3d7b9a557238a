"""What the voice `piper` costs: first sound, processor time, memory over many utterances, and being stopped.

python tests/benchmarks/piper_voice.py [--utterances 200]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
import time
from dataclasses import dataclass
from typing import Any

import numpy
import onnxruntime
from figures import middle, resident_bytes, spread

from voicebot import AudioChunk, ProviderError, Utterance
from voicebot_local.synthesis.options import PiperOptions
from voicebot_local.synthesis.synthesizer import PiperSynthesizer
from voicebot_local.synthesis.voice import VoiceSettings, load_voice
from voicebot_local.synthesis.voice_model import Prosody
from voicebot_local.synthesis.voices.voice_files import files_of

VOICE = "en_US-joe-medium"
TEXTS = (
    "Yes.",
    "Good morning, sailor.",
    "The old sailors came in and they bought a barrel of rum.",
    "It came in with the rain, and it left with the wind. Nobody on the whole island ever saw it again, sir.",
    "Two old sailors went down to the market on a rainy morning and there they bought a barrel of apples and "
    "a yellow bird that could sing and then they carried both of them home to the ship before sunset came",
)
_REPEATS = 15


@dataclass
class Spoken:
    """One utterance: times and sound in seconds."""

    first: float
    whole: float
    cpu: float
    sound: float
    audio: bytes


async def spoken(synthesizer: PiperSynthesizer, text: str) -> Spoken:
    """Measure one utterance."""
    began, cpu, first, audio = time.perf_counter(), time.process_time(), 0.0, b""
    async for event in synthesizer.synthesize(Utterance(text, "en-US")):
        if isinstance(event, AudioChunk):
            first = first or time.perf_counter() - began
            audio += event.audio
    whole, used = time.perf_counter() - began, time.process_time() - cpu
    return Spoken(first, whole, used, synthesizer.output_format.seconds_in(len(audio)), audio)


async def show_texts(synthesizer: PiperSynthesizer) -> None:
    """Show the first sound, the speed and the loudness for texts of several lengths."""
    for text in TEXTS:
        runs = [await spoken(synthesizer, text) for _ in range(_REPEATS)]
        samples = numpy.frombuffer(b"".join(run.audio for run in runs), "<i2").astype(float) / 32_767
        frames = samples[: len(samples) // 441 * 441].reshape(-1, 441)
        level = numpy.sqrt((frames**2).mean(axis=1))
        show(
            characters=len(text),
            sound_s=round(middle([run.sound for run in runs]) or 0, 2),
            first_ms=spread([run.first for run in runs], 0),
            whole_ms=spread([run.whole for run in runs], 0),
            cpu_per_s_of_sound=round(sum(run.cpu for run in runs) / sum(run.sound for run in runs), 3),
            loudness_db=round(float(20 * numpy.log10(level[level > 0.1 * level.max()].mean())), 1),
            peak=round(float(abs(samples).max()), 2),
        )


async def show_memory(synthesizer: PiperSynthesizer, count: int) -> None:
    """Show the memory over many utterances of all lengths, some of them abandoned."""
    sizes = []
    for number in range(count):
        text = TEXTS[number % len(TEXTS)]
        if number % 7 == 0:
            speech = synthesizer.synthesize(Utterance(text))
            await anext(speech)
            await speech.aclose()
        else:
            await spoken(synthesizer, text)
        if number % (count // 10) == 0:
            sizes.append(round(resident_bytes() / 1e6))
    show(utterances=count, resident_mb=[*sizes, round(resident_bytes() / 1e6)])


def show_stopping() -> None:
    """Show how long a run goes on after it was stopped."""
    voice = load_voice(files_of(VOICE), VoiceSettings())
    (phonemes,) = voice.phonemizer.sentences("the sailors went to the market and bought a bird " * 3)
    ids, _ = voice.phonemizer.ids(phonemes)
    ended = 0.0

    def work(run: Any, begun: threading.Event) -> None:
        nonlocal ended
        begun.set()
        try:
            while True:
                frames = voice.model.encode(ids, Prosody(0.6, 1.0, 0.8, 0), run)
                voice.model.decode(frames, 0, min(160, frames.count), run)
        except ProviderError:
            ended = time.perf_counter()

    delays = []
    for number in range(40):
        run, begun = onnxruntime.RunOptions(), threading.Event()
        run.log_severity_level = 4
        thread = threading.Thread(target=work, args=(run, begun))
        thread.start()
        begun.wait()
        time.sleep(0.01 + number * 0.005)
        stopped = time.perf_counter()
        run.terminate = True
        thread.join()
        delays.append(ended - stopped)
    show(stopped_after_ms=spread(delays))


def show(**figures: Any) -> None:
    """Print figures as they come."""
    print(json.dumps(figures), flush=True)


async def main(count: int) -> None:
    """Measure."""
    before, began = resident_bytes(), time.perf_counter()
    synthesizer = PiperSynthesizer(PiperOptions(voice=VOICE))
    await synthesizer.start()
    loaded = round(time.perf_counter() - began, 2)
    show(start_s=loaded, resident_mb=[round(size / 1e6) for size in (before, resident_bytes())])
    await show_texts(synthesizer)
    if count:
        await show_memory(synthesizer, count)
    await synthesizer.aclose()
    show_stopping()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--utterances", type=int, default=200)
    asyncio.run(main(parser.parse_args().utterances))
