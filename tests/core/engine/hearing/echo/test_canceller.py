"""Cancelling echo for real, with WebRTC's audio processing."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import numpy
import pytest

from voicebot import ProviderError
from voicebot.audio import AudioFormat
from voicebot.engine.hearing.echo.canceller import BLOCK, EchoCanceller, load
from voicebot.engine.hearing.echo.echo_path import EchoPath
from voicebot.interfaces import AudioStream
from voicebot.plugin.packages import install_command

MICROPHONE = AudioFormat(16_000)


def noise(seed, seconds, rate):
    """Return noise that comes and goes like speech."""
    random = numpy.random.default_rng(seed)
    count = round(seconds * rate)
    syllables = numpy.abs(numpy.sin(numpy.arange(count) / rate * 2 * numpy.pi * 2))
    return random.normal(size=count) * syllables * 3000


def decibels(sound):
    return 20 * numpy.log10(numpy.sqrt((sound.astype(float) ** 2).mean()) + 1e-9)


def cancelled(heard, played, speaker):
    canceller = EchoCanceller(MICROPHONE, speaker)
    size, step = MICROPHONE.bytes_in(2 * BLOCK), speaker.bytes_in(2 * BLOCK)
    heard, played = heard.astype("<i2").tobytes(), played.astype("<i2").tobytes()
    frames = [
        canceller.process(heard[index * size : (index + 1) * size], played[index * step : (index + 1) * step])
        for index in range(len(heard) // size)
    ]
    return numpy.frombuffer(b"".join(frames), "<i2")


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000])
def test_an_echo_is_cancelled_at_any_rate_of_the_speaker(rate):
    pytest.importorskip("livekit", reason="the extra aec is not installed")
    import soxr

    played = noise(1, 4, rate)
    at_microphone = soxr.resample(played, rate, 16_000)[: 4 * 16_000]
    heard = numpy.concatenate([numpy.zeros(1200), at_microphone])[: 4 * 16_000] * 0.3

    left = cancelled(heard, played, AudioFormat(rate))

    assert decibels(heard[-32_000:]) - decibels(left[-32_000:]) > 20


class Speaker(AudioStream):
    """A speaker that has played as much as the test says."""

    microphone = MICROPHONE
    speaker = MICROPHONE
    seconds = 0.0

    def __aiter__(self):
        raise NotImplementedError

    @property
    def played(self):
        return self.seconds


def test_the_residue_of_a_cancelled_echo_resembles_the_played_sound():
    pytest.importorskip("livekit", reason="the extra aec is not installed")
    speaker = Speaker()
    echo = EchoPath("cancel", speaker)
    sound = noise(1, 4, 16_000).astype("<i2").tobytes()
    size = MICROPHONE.bytes_in(2 * BLOCK)
    for start in range(0, len(sound), size):
        frame = sound[start : start + size]
        echo.reference.written(frame)
        echo.process((numpy.frombuffer(frame, "<i2") * 0.3).astype("<i2").tobytes())
        speaker.seconds += 2 * BLOCK
    echo.is_echo()
    assert echo.similarity > 0.8


def test_the_error_says_what_to_install_when_the_package_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "livekit", None)

    with pytest.raises(ProviderError, match=re.escape(install_command("voicebot-framework[aec]"))):
        load()


ENDS_WHILE_THE_LIBRARY_CALLS = """
import logging, sys, threading

class SlowLog(logging.Filter):
    def filter(self, record):
        called.set()
        sum(range(3_000_000))
        return False

class SlowToEnd:
    def __del__(self):
        sum(range(3_000_000))

called = threading.Event()
logging.getLogger("livekit").setLevel(logging.DEBUG)
logging.getLogger("livekit").addFilter(SlowLog())
sys.slow = SlowToEnd()

from voicebot import AudioFormat
from voicebot.engine.hearing.echo.canceller import EchoCanceller

canceller = EchoCanceller(AudioFormat(16_000), AudioFormat(16_000))
assert called.wait(60)
"""


def test_a_process_ends_cleanly_while_the_library_calls_it():
    pytest.importorskip("livekit", reason="the extra aec is not installed")
    ran = subprocess.run(
        [sys.executable, "-c", ENDS_WHILE_THE_LIBRARY_CALLS],
        env={**os.environ, "LIVEKIT_RTC_DEBUG": "1"},  # it logs its start, from a thread of its own
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
