"""The analysis of sounds in threads: each sound once, even if a request for it is cancelled."""

from __future__ import annotations

import asyncio
import threading

import pytest

from voicebot import ProviderError
from voicebot.testing import simulated
from voicebot_turns.sound_analysis import SoundAnalysis


def test_a_sound_is_analysed_once_although_the_first_request_is_cancelled() -> None:
    analysed: list[bytes] = []
    begun, may_end = threading.Event(), threading.Event()

    def analyse(sound: bytes) -> int:
        analysed.append(sound)
        begun.set()
        may_end.wait()
        return len(sound)

    async def scenario() -> list[int]:
        analysis = SoundAnalysis("test", analyse)
        await analysis.start(lambda: None)
        first = asyncio.create_task(analysis.of(b"abc"))
        await asyncio.to_thread(begun.wait)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        second = asyncio.create_task(analysis.of(b"abc"))
        await asyncio.sleep(0)
        may_end.set()
        results = [await second, await analysis.of(b"abc"), await analysis.of(b"de")]
        analysis.close()
        return results

    assert asyncio.run(scenario()) == [3, 3, 2]
    assert analysed == [b"abc", b"de"]


def test_a_load_that_fails_leaves_nothing_started() -> None:
    def load() -> None:
        raise ProviderError("no model")

    async def scenario() -> None:
        analysis = SoundAnalysis("test", len)
        with pytest.raises(ProviderError, match="no model"):
            await analysis.start(load)
        with pytest.raises(ProviderError, match="test was not started"):
            await analysis.of(b"abc")

    asyncio.run(scenario())


@simulated
async def test_on_a_virtual_clock_a_sound_is_analysed_at_once() -> None:
    analysed: list[bytes] = []

    def analyse(sound: bytes) -> int:
        analysed.append(sound)
        return len(sound)

    analysis, loop = SoundAnalysis("test", analyse), asyncio.get_running_loop()
    await analysis.start(lambda: None)
    cancelled = asyncio.create_task(analysis.of(b"abc"))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert [await analysis.of(b"abc"), await analysis.of(b"de")] == [3, 2]
    assert (analysed, loop.time()) == ([b"abc", b"de"], 0.0)
    analysis.close()
