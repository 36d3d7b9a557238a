"""A rehearsal with the real device: a tone is played, then the user speaks and sees the level."""

from __future__ import annotations

import asyncio
import math
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from voicebot.cli.commands.doctor.result import Result
from voicebot.cli.commands.doctor.sound.level import level_findings, loudness
from voicebot.cli.resources.providers import started
from voicebot.diagnosis import Finding
from voicebot.errors import ProviderError
from voicebot.interfaces import AudioDevice, AudioStream

if TYPE_CHECKING:
    from voicebot.audio import AudioFormat
    from voicebot.config.load import ProviderChoice

SPOKEN = 4.0
"""Seconds for which the user speaks."""
_GRACE = 5.0
"""Seconds that the device may take besides."""
_TONE, _PITCH, _AMPLITUDE, _FADE = 0.8, 660, 6_000, 0.02
Level = Callable[[float, float], None]
"""Shows the seconds that are left, and the level of the last frame in decibels below full scale."""


async def rehearse(
    choice: ProviderChoice,
    limit: float,
    playing: Callable[[], None],
    listening: Callable[[], AbstractContextManager[Level]],
) -> list[Result]:
    """Play a tone, record the user, and return what that says about the device.

    Args:
        limit: seconds for the start of the device.
        playing: says that the tone is played.
        listening: says that the user should speak; what it returns is called for each frame of sound.
    """
    about = f"device {choice.name}"
    try:
        async with started(choice, limit) as device:
            assert isinstance(device, AudioDevice)
            if type(device).endpoints is AudioDevice.endpoints:
                reason = "it has no microphone and no speaker to try"
                return [Result(about, Finding("microphone-level", "skipped", reason))]
            async with device.open() as stream:
                if stream.speaker is not None:
                    playing()
                    await _play(stream, stream.speaker)
                if stream.microphone is None:
                    return []
                with listening() as level:
                    sound = await _record(stream, stream.microphone, level)
                findings = level_findings(sound, stream.microphone)
                return [Result("microphone", finding) for finding in findings]
    except TimeoutError:
        finding = Finding(
            "microphone-level", "problem", "the device stopped in the middle", "plug it in again"
        )
        return [Result(about, finding)]
    except ProviderError as error:
        message, _, remedy = " ".join(str(error).split()).partition("; ")
        return [Result(about, Finding("microphone-level", "problem", message, remedy))]


def tone(audio_format: AudioFormat) -> bytes:
    """Return the tone that is played: s16le, with a soft beginning and end."""
    rate = audio_format.rate
    count, fade = round(_TONE * rate), round(_FADE * rate)
    samples = array("h")
    for at in range(count):
        volume = min(1.0, at / fade, (count - at) / fade)
        samples.append(round(_AMPLITUDE * volume * math.sin(2 * math.pi * _PITCH * at / rate)))
    return samples.tobytes()


def tone_finding(*, heard: bool) -> Finding:
    """Return what it says about the speaker whether the user heard the tone."""
    if heard:
        return Finding("test-tone", "ok", "you heard the tone")
    return Finding(
        "test-tone",
        "problem",
        "you did not hear the tone",
        "turn up the volume, or choose the right speaker: `voicebot devices` lists them, `device.speaker` "
        "selects one",
    )


async def _play(stream: AudioStream, audio_format: AudioFormat) -> None:
    async with asyncio.timeout(_TONE + _GRACE):
        await stream.write(tone(audio_format))
        await stream.drain()


async def _record(stream: AudioStream, audio_format: AudioFormat, level: Level) -> bytes:
    sound = bytearray()
    size = audio_format.bytes_in(SPOKEN)
    frames: AsyncIterator[Any] = aiter(stream)
    async with asyncio.timeout(SPOKEN + _GRACE):
        async for item in frames:
            if not isinstance(item, bytes):
                continue
            sound += item
            level(max(0.0, SPOKEN - audio_format.seconds_in(len(sound))), loudness(item))
            if len(sound) >= size:
                break
    return bytes(sound[:size])
