"""What a frame of the microphone costs on its way through the echo's modes, in CPU time.

    python tests/benchmarks/echo.py [--seconds 20]

Noise is heard while noise is played, in frames of 20 ms. Measured are a frame while nothing has been played,
a frame while something is, and looking for an echo once, as is done for each frame in which someone is heard.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import AsyncIterator
from statistics import median

from voicebot import AudioFormat, AudioStream, DeviceEvent
from voicebot.config.schema import EchoMode
from voicebot.engine.hearing.echo.canceller import load
from voicebot.engine.hearing.echo.echo_path import EchoPath

FRAME = 0.02
MODES: tuple[EchoMode, ...] = ("none", "mute", "cancel")


class Card(AudioStream):
    """A sound card that has played what it was given."""

    microphone = AudioFormat(16_000)
    speaker: AudioFormat = AudioFormat(24_000)
    seconds = 0.0

    def __aiter__(self) -> AsyncIterator[DeviceEvent]:
        raise NotImplementedError

    @property
    def played(self) -> float:
        """Seconds played."""
        return self.seconds


def cost(mode: EchoMode, seconds: float, *, plays: bool) -> tuple[float, float]:
    """Return the microseconds that a frame takes, and those of looking for an echo."""
    card = Card()
    echo = EchoPath(mode, card)
    assert echo.reference is not None
    frames, looks = [], []
    for _ in range(round(seconds / FRAME)):
        heard = random.randbytes(card.microphone.bytes_in(FRAME))
        if plays:
            echo.reference.written(random.randbytes(card.speaker.bytes_in(FRAME)))
            card.seconds += FRAME
        began = time.process_time()
        echo.process(heard)
        heard_at = time.process_time()
        echo.is_echo()
        frames.append(heard_at - began)
        looks.append(time.process_time() - heard_at)
    return median(frames) * 1e6, median(looks) * 1e6


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description="Measure what echo handling costs.")
    parser.add_argument("--seconds", type=float, default=20.0, help="sound per row")
    seconds = parser.parse_args().seconds
    load()
    print("mode    silent: frame   playing: frame   looking for an echo")
    for mode in MODES:
        silent, _ = cost(mode, seconds, plays=False)
        frame, look = cost(mode, seconds, plays=True)
        print(f"{mode:6}  {silent:10.1f} us  {frame:11.1f} us  {look:16.0f} us")


if __name__ == "__main__":
    main()
