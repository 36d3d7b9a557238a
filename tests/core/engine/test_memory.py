"""The memory that a conversation keeps between turns."""

from __future__ import annotations

import gc
import tracemalloc

import numpy

from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer, converse, simulated
from voicebot.testing.scripted import SPEAKER

STORY = "One night the moon fell into the sea, and we pulled it up with a net, and it was cold and wet."


def allocated() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def kept_after_a_turn() -> int:
    """Return the bytes that a conversation keeps of its first turn when it is idle again."""
    noise = numpy.random.default_rng(1).normal(scale=3000, size=SPEAKER.rate // 50)
    voice = ScriptedSynthesizer(chunk=noise.astype("<i2").tobytes())
    async with converse(chat=ScriptedChatModel([STORY]), synthesizer=voice) as user:
        await user.waits(1)
        fresh = allocated()
        await user.says("tell me a story")
        await user.is_answered()
        await user.waits(2)
        return allocated() - fresh


@simulated
async def test_an_idle_conversation_keeps_no_sound_of_its_last_turn() -> None:
    tracemalloc.start()
    try:
        await kept_after_a_turn()  # what is imported and cached once
        assert await kept_after_a_turn() < 20_000
    finally:
        tracemalloc.stop()
