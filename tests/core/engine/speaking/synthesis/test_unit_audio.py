"""How the audio of a unit gets from the synthesizer to the speaker."""

from __future__ import annotations

import asyncio

from voicebot.engine.speaking.synthesis.unit_audio import UnitAudio
from voicebot.engine.speaking.units.reply_unit import ReplyUnit
from voicebot.testing import simulated


def unit_audio() -> UnitAudio:
    return UnitAudio(ReplyUnit("Hello.", "Hello."))


class Speaker:
    def __init__(self, seconds: float = 0.0) -> None:
        self.played: list[int] = []
        self._seconds = seconds

    async def play(self, audio: bytes) -> None:
        await asyncio.sleep(self._seconds)
        self.played.append(audio[0])


@simulated
async def test_audio_keeps_its_order_however_fast_it_comes_and_slowly_it_is_played() -> None:
    audio, speaker = unit_audio(), Speaker(seconds=0.1)

    async def synthesize() -> None:
        for number in range(100):
            await audio.write(bytes([number]))
            await asyncio.sleep(0.03 if number % 3 else 0.3)
        audio.finish()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(synthesize())
        await asyncio.sleep(2)
        assert await audio.play(speaker.play) is None

    assert speaker.played == list(range(100))


@simulated
async def test_a_unit_that_waits_for_its_turn_buffers_a_bounded_amount() -> None:
    audio, speaker = unit_audio(), Speaker()
    made = 0

    async def synthesize() -> None:
        nonlocal made
        for number in range(1000):
            await audio.write(bytes([number % 256]))
            made += 1
        audio.finish()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(synthesize())
        await asyncio.sleep(60)
        assert made == 256
        await audio.play(speaker.play)

    assert speaker.played == [number % 256 for number in range(1000)]


@simulated
async def test_an_error_is_returned_after_the_audio_that_came_before_it() -> None:
    audio, speaker, error = unit_audio(), Speaker(), ValueError("no")
    await audio.write(b"\1")
    audio.finish(error)

    assert await audio.play(speaker.play) is error
    assert speaker.played == [1]
