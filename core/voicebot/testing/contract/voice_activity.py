"""The contract of a voice activity detector: how likely a frame is speech."""

from __future__ import annotations

import asyncio
import math
import time
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voicebot.audio import BYTES_PER_SAMPLE, AudioFormat
from voicebot.interfaces import VoiceActivityDetector
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import expect
from voicebot.testing.contract.measurements.progress import record_progress
from voicebot.testing.contract.provider.contract import ProviderContract, do_nothing
from voicebot.testing.contract.samples.recordings import sound_of

_AT_ONCE = 20
_SILENCE = 2.0
_FRAMES = 50


class VoiceActivityDetectorContract(ProviderContract[VoiceActivityDetector[Any]]):
    """What a voice activity detector must do."""

    clip: Path
    """A recording of speech: a WAV file at any sample rate."""

    @check
    async def test_its_frames_are_known_after_its_start(self) -> None:
        """After `start`, `input_format` and `frame_bytes` are known: 5 to 100 ms of whole samples."""
        async with self._started() as provider:
            form, size = getattr(provider, "input_format", None), getattr(provider, "frame_bytes", None)
            expect(isinstance(form, AudioFormat), "an AudioFormat as `input_format`", repr(form))
            assert isinstance(form, AudioFormat)
            expect(
                isinstance(size, int)
                and size % BYTES_PER_SAMPLE == 0
                and 0.005 <= form.seconds_in(size) <= 0.1,
                "frames of whole samples, 5 to 100 ms",
                f"frame_bytes={size!r} at {form.rate} Hz",
            )

    @check
    async def test_a_probability_is_from_0_to_1(self) -> None:
        """`probability` returns a number from 0 to 1, whatever the frame holds."""
        async with self._started() as provider:
            size = provider.frame_bytes
            for sound in (bytes(size), b"\xff\x7f" * (size // 2), b"\x00\x80" * (size // 2)):
                self._probabilities(provider, sound * 20)

    @check
    async def test_silence_is_not_speech(self) -> None:
        """In silence the probability stays below the option `start`."""
        async with self._started() as provider:
            silence = bytes(provider.input_format.bytes_in(_SILENCE))
            highest = max(self._probabilities(provider, silence))
            expect(highest < provider.options.start, f"less than {provider.options.start}", f"{highest:.2f}")

    @check
    async def test_speech_is_detected(self) -> None:
        """In the clip the probability reaches the option `start`."""
        async with self._started() as provider:
            clip = self._clip(provider)
            began = time.perf_counter()
            highest = max(self._probabilities(provider, clip))
            share = (time.perf_counter() - began) / provider.input_format.seconds_in(len(clip))
            self.notes.append(f"it uses {share:.1%} of a core while it listens to speech")
            expect(highest >= provider.options.start, f"at least {provider.options.start}", f"{highest:.2f}")

    @check
    async def test_twenty_detectors_at_once_are_kept_apart(self) -> None:
        """Each `detect` returns a separate detector: what one receives does not affect the others."""
        async with self._started() as provider:
            second, size = provider.input_format.bytes_in(_SILENCE / 2), provider.frame_bytes
            clip = self._clip(provider)
            sounds = (clip[:second], bytes(second), clip[second // 2 : second // 2 + second])
            alone = [self._probabilities(provider, sound) for sound in sounds]
            detectors = [provider.detect() for _ in range(_AT_ONCE)]
            for number in range(min(map(len, alone))):
                for index, detector in enumerate(detectors):
                    which = index % len(sounds)
                    heard = detector.probability(sounds[which][number * size : (number + 1) * size])
                    wanted = alone[which][number]
                    expect(
                        math.isclose(heard, wanted, abs_tol=0.01),
                        f"{wanted:.3f} for frame {number}, as when the detector is the only one",
                        f"{heard:.3f}",
                    )

    async def _use(
        self, provider: VoiceActivityDetector[Any], midway: Callable[[], None] = do_nothing
    ) -> None:
        midway()
        detector = provider.detect()
        detector.probability(bytes(provider.frame_bytes))

    async def _use_fully(self, provider: VoiceActivityDetector[Any]) -> None:
        """Listen as in a conversation: frame by frame, with other work in between."""
        detector, size = provider.detect(), provider.frame_bytes
        for _ in range(_FRAMES):
            detector.probability(bytes(size))
            record_progress()
            await asyncio.sleep(0)

    def _probabilities(self, provider: VoiceActivityDetector[Any], sound: bytes) -> list[float]:
        detector, size = provider.detect(), provider.frame_bytes
        heard = [
            detector.probability(sound[start : start + size])
            for start in range(0, len(sound) - size + 1, size)
        ]
        record_progress()
        for probability in heard:
            expect(
                isinstance(probability, int | float) and 0 <= probability <= 1,
                "a number from 0 to 1",
                repr(probability),
            )
        return heard

    def _clip(self, provider: VoiceActivityDetector[Any]) -> bytes:
        if not hasattr(self, "clip"):
            raise unittest.SkipTest("there is no `clip`, a recording of speech")
        return sound_of(self.clip, provider.input_format)
