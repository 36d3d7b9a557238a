"""What many dialogues in one process show: whether each still keeps real time."""

from __future__ import annotations

import asyncio
import gc
import time
from dataclasses import dataclass
from typing import Any, Literal

from figures import resident_bytes, spread
from scripted_work import FRAME_SECONDS, SILENT_FRAME, SPEECH_FRAME, Marks, Work
from speaker import PacedSpeaker, tick
from variants import Session, pipeline

_PAUSE_FRAMES = 25
_MAX_REPLY_FRAMES = 1000
_LANES = 4


@dataclass(frozen=True)
class _Load:
    """What callers say and are answered, over and over."""

    work: Work
    speech: list[bytes]
    cycle_frames: int


def _load(variant: str) -> _Load:
    if variant == "silero":  # a real detector works only during speech: 40 % of the time
        from spoken_frames import spoken_frames

        work = Work(sentences=2, sentence_seconds=0.75, chunk_seconds=0.1, audible=True)
        return _Load(work, spoken_frames(2.0), 240)
    return _Load(Work(sentence_seconds=1.5, chunk_seconds=0.1), [SPEECH_FRAME] * 50, 400)


class _Caller:
    """Speaks, waits for the whole answer, thinks for half a second, and so on."""

    def __init__(self, session: Session, load: _Load, patience: int) -> None:
        self.session = session
        self._load = load
        self.answers: list[float] = []
        self.turns = 0
        self._does: Literal["thinks", "speaks", "listens"] = "thinks"
        self._left = patience
        self._noted = False

    def frame(self) -> bytes:
        """Return the next 20 ms."""
        marks = self.session.marks
        if self._does == "thinks":
            self._left -= 1
            if self._left <= 0:
                self._does, self._left, self._noted = "speaks", len(self._load.speech), False
                marks.final = marks.first_sound = None
        elif self._does == "speaks":
            self._left -= 1
            if self._left > 0:
                return self._load.speech[-self._left]
            self._does, self._left = "listens", _MAX_REPLY_FRAMES
        else:
            self._left -= 1
            if marks.final and marks.first_sound and not self._noted:
                self._noted = True
                self.answers.append(marks.started_after)
            if (marks.final and marks.played >= self._load.work.reply_bytes) or self._left <= 0:
                self.turns += self._left > 0
                self._does, self._left = "thinks", _PAUSE_FRAMES
        return SILENT_FRAME


async def scale(variant: str, sessions: int, seconds: float) -> dict[str, Any]:
    """Run `sessions` dialogues at once, in real time, and watch them for `seconds`."""
    gc.collect()
    load = _load(variant)
    async with pipeline(variant, load.work) as made:
        speakers = [PacedSpeaker(Marks()) for _ in range(sessions)]
        callers = [
            _Caller(await made.session(speaker), load, load.cycle_frames * number // sessions)
            for number, speaker in enumerate(speakers)
        ]
        lag: list[float] = []
        pushed = [0]
        async with asyncio.TaskGroup() as tasks:
            background = [
                tasks.create_task(tick(speakers)),
                tasks.create_task(_microphones(callers, pushed)),
                tasks.create_task(_watch_loop(lag)),
            ]
            await asyncio.sleep(4.0)
            lag.clear()
            pushed[0] = 0
            for caller in callers:
                caller.answers.clear()
                caller.turns = 0
            wall, cpu = time.perf_counter(), time.process_time()
            await asyncio.sleep(seconds)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            steps = pushed[0]
            for task in background:
                task.cancel()
        answers = [answer - load.work.bound for caller in callers for answer in caller.answers]
        result = {
            "sessions": sessions,
            "cpu_pct_total": round(cpu / wall * 100, 1),
            "cpu_pct_per_session": round(cpu / wall * 100 / sessions, 3),
            "lag_ms": spread(lag),
            "added_ms": spread(answers),
            "turns": sum(caller.turns for caller in callers),
            "mic_realtime_ratio": round(steps * FRAME_SECONDS / _LANES / wall, 3),
            "rss_mb": round(resident_bytes() / 1e6, 1),
        }
        await asyncio.gather(*(caller.session.stop() for caller in callers))
    return result


async def _microphones(callers: list[_Caller], pushed: list[int]) -> None:
    """Drive all microphones, in four groups 5 ms apart, so that not all frames come at once."""
    due = time.perf_counter()
    lane = 0
    while True:
        due += FRAME_SECONDS / _LANES
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        for caller in callers[lane::_LANES]:
            caller.session.push(caller.frame())
        lane = (lane + 1) % _LANES
        pushed[0] += 1


async def _watch_loop(lag: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.01)
        lag.append(time.perf_counter() - before - 0.01)
