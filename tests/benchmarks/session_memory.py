"""What sessions keep in memory, fresh and idle after their first turn, and what a real detector costs."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Sequence
from statistics import median
from typing import Any

from figures import resident_bytes, until
from scripted_work import FRAME_SECONDS, SILENT_FRAME, SPEECH_FRAME, Marks, Work
from speaker import PacedSpeaker, tick
from spoken_frames import spoken_frames
from variants import Pipeline, Session, pipeline

_WORK = Work(instant=True, audible=True)
_FRESH_SECONDS, _SPEECH_SECONDS, _IDLE_SECONDS = 1.0, 0.4, 3.0
_CONVERSATIONS = 50


class _Held:
    """A session with its speaker and its microphone."""

    def __init__(self, session: Session, speaker: PacedSpeaker) -> None:
        self.session = session
        self.speaker = speaker

    def is_answered(self) -> bool:
        """Return whether the reply was played."""
        return self.speaker.marks.played >= _WORK.reply_bytes


async def memory(variant: str, count: int) -> dict[str, float]:
    """Measure what Python has allocated for a session, its scripted providers included."""
    tracemalloc.start()
    async with pipeline(variant, _WORK) as made:
        warm = await _begin(made, 2)
        await _be_silent(warm, _FRESH_SECONDS)
        await _take_a_turn(warm)
        before = _allocated()
        held = await _begin(made, count)
        await _be_silent(held, _FRESH_SECONDS)
        fresh = _allocated()
        await _take_a_turn(held)
        idle = _allocated()
        for each in (*warm, *held):
            await each.session.stop()
    return {
        "fresh_kb": round((fresh - before) / count / 1e3, 1),
        "idle_after_turn_kb": round((idle - before) / count / 1e3, 1),
    }


async def detector(variant: str, frames: int) -> dict[str, Any]:
    """Measure the CPU that `silero` takes for a frame of speech, and the memory of its conversations."""
    from voicebot_audio.silero import SileroDetector, SileroOptions

    silero = SileroDetector(SileroOptions())
    await silero.start()
    size = silero.frame_bytes
    sound = b"".join(spoken_frames(2.0))
    speech = [sound[start : start + size] for start in range(0, len(sound) - size + 1, size)]
    silence = [bytes(size)] * 40
    activity = silero.detect()
    costs = []
    for number in range(frames):
        began = time.process_time()
        activity.probability(speech[number % len(speech)])
        costs.append(time.process_time() - began)
    for frame in silence:
        activity.probability(frame)
    gc.collect()
    before = resident_bytes()
    activities = [silero.detect() for _ in range(_CONVERSATIONS)]
    for each in activities:
        for frame in (*speech, *silence):
            each.probability(frame)
    gc.collect()
    silent = resident_bytes()
    for frame in speech:
        for each in activities:
            each.probability(frame)
    gc.collect()
    speaking = resident_bytes()
    return {
        "frame_cpu_ms": round(median(costs) * 1e3, 3),
        "silent_kb": round((silent - before) / _CONVERSATIONS / 1e3, 1),
        "speaking_kb": round((speaking - before) / _CONVERSATIONS / 1e3, 1),
    }


async def _begin(made: Pipeline, count: int) -> list[_Held]:
    speakers = [PacedSpeaker(Marks()) for _ in range(count)]
    return [_Held(await made.session(speaker), speaker) for speaker in speakers]


async def _be_silent(held: Sequence[_Held], seconds: float) -> None:
    await _push(held, SILENT_FRAME, seconds)


async def _take_a_turn(held: Sequence[_Held]) -> None:
    """Ask every session once, and wait until it has answered and is idle again."""
    async with asyncio.TaskGroup() as tasks:
        ticking = tasks.create_task(tick([each.speaker for each in held]))
        await _push(held, SPEECH_FRAME, _SPEECH_SECONDS)
        silent = tasks.create_task(_be_silent(held, 60))
        if not await until(lambda: all(each.is_answered() for each in held), 30, 0.05):
            raise RuntimeError("not every session has answered")
        await asyncio.sleep(_IDLE_SECONDS)
        silent.cancel()
        ticking.cancel()


async def _push(held: Sequence[_Held], frame: bytes, seconds: float) -> None:
    due = time.perf_counter()
    for _ in range(round(seconds / FRAME_SECONDS)):
        due += FRAME_SECONDS
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for each in held:
            each.session.push(frame)


def _allocated() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
