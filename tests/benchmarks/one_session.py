"""What one dialogue shows: how soon it answers, what that costs, how quickly it falls silent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from figures import middle, spread, until
from scripted_work import FRAME_SECONDS, SILENT_FRAME, SPEECH_FRAME, Marks, Work
from speaker import PacedSpeaker, Speaker, tick
from variants import Session, pipeline

_WARM_UP = 2


class User:
    """Speaks into a session's microphone in real time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._frames_left = 0

    def says(self, seconds: float) -> None:
        """Begin to speak for some seconds."""
        self._frames_left = round(seconds / FRAME_SECONDS)

    async def run(self) -> None:
        """Run for ever."""
        due = time.perf_counter()
        while True:
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            speaks = self._frames_left > 0
            self._frames_left -= speaks
            self._session.push(SPEECH_FRAME if speaks else SILENT_FRAME)


@asynccontextmanager
async def _dialogue(variant: str, work: Work, *, paced: bool) -> AsyncIterator[tuple[User, Marks]]:
    marks = Marks()
    speaker = PacedSpeaker(marks) if paced else Speaker(marks)
    async with pipeline(variant, work) as made:
        session = await made.session(speaker)
        user = User(session)
        async with asyncio.TaskGroup() as tasks:
            background = [tasks.create_task(user.run())]
            if isinstance(speaker, PacedSpeaker):
                background.append(tasks.create_task(tick([speaker])))
            await asyncio.sleep(0.5)
            yield user, marks
            for task in background:
                task.cancel()
        await session.stop()


async def turns(variant: str, count: int) -> dict[str, Any]:
    """Ask `count` questions and let each be answered in full."""
    work = Work()
    whole = work.reply_bytes
    first: list[float] = []
    last: list[float] = []
    requests: list[int] = []
    words: list[int] = []
    failed = 0
    async with _dialogue(variant, work, paced=False) as (user, marks):
        for number in range(count + _WARM_UP):
            marks.final = None
            user.says(0.4)
            if not await until(lambda: marks.final and marks.arrived >= whole, 15):
                failed += 1
            elif number >= _WARM_UP:
                first.append(marks.started_after)
                last.append(marks.latest_sound - (marks.final or 0.0))
                requests.append(len(marks.requests))
                words.append(len(marks.requests[0].split()))
            await asyncio.sleep(0.35)
    return {
        "first_audio_ms": spread(first),
        "added_ms": spread([seconds - work.bound for seconds in first]),
        "last_audio_ms": spread(last),
        "bound_ms": round(work.bound * 1000, 1),
        "tts_requests_per_turn": middle(requests),
        "first_unit_words": middle(words),
        "failed_turns": failed,
    }


async def zero(variant: str, count: int) -> dict[str, Any]:
    """Ask `count` questions of providers without delay: all time that passes is the engine's own."""
    work = Work(instant=True)
    whole = work.reply_bytes
    first: list[float] = []
    last: list[float] = []
    cpu: list[float] = []
    failed = 0
    async with _dialogue(variant, work, paced=False) as (user, marks):
        for number in range(count + 2 * _WARM_UP):
            marks.final = None
            user.says(0.1)
            answered = await until(lambda: marks.final and marks.arrived >= whole, 8)
            spent = time.process_time() - marks.cpu_at_final
            if not answered:
                failed += 1
            elif number >= 2 * _WARM_UP:
                first.append(marks.started_after)
                last.append(marks.latest_sound - (marks.final or 0.0))
                cpu.append(spent)
            await asyncio.sleep(0.12)
    return {
        "first_audio_ms": spread(first, 3),
        "last_audio_ms": spread(last, 3),
        "cpu_ms_per_turn": spread(cpu, 3),
        "failed_turns": failed,
    }


async def bargein(variant: str, count: int) -> dict[str, Any]:
    """Interrupt `count` long replies in real time, each half a second after it became audible."""
    stop: list[float] = []
    voice: list[float] = []
    chat: list[float] = []
    following: list[float] = []
    missed = 0
    work = Work(sentences=8, sentence_seconds=4.0)
    async with _dialogue(variant, work, paced=True) as (user, marks):
        user.says(0.4)
        for _ in range(count):
            if not await until(lambda: marks.final and marks.first_sound, 10):
                missed += 1
                marks.final = None
                user.says(0.4)
                continue
            following.append(marks.started_after)
            await asyncio.sleep(0.5)
            marks.chat_cancelled = marks.voice_cancelled = marks.final = marks.speech_started = None
            user.says(1.0)
            if not await until(lambda: marks.final, 10):
                missed += 1
                continue
            assert marks.speech_started is not None
            audible = marks.audible_before_final or 0.0
            missed += (marks.final or 0.0) - audible < 2 * FRAME_SECONDS
            stop.append(max(0.0, audible - marks.speech_started))
            if marks.voice_cancelled:
                voice.append(marks.voice_cancelled - marks.speech_started)
            if marks.chat_cancelled:
                chat.append(marks.chat_cancelled - marks.speech_started)
            await asyncio.sleep(0.15)
    return {
        "stop_ms": spread(stop),
        "tts_cancel_ms": spread(voice, 3),
        "llm_cancel_ms": spread(chat, 3),
        "still_talking_at_user_end": missed,
        "next_reply_first_audio_ms": spread(following),
    }


async def ingest(variant: str, count: int) -> dict[str, Any]:
    """Push `count` frames of silence: fifty at a time, then as many one by one, as a microphone does."""
    burst = await _push(variant, count, at_once=50)
    single = await _push(variant, count, at_once=1)
    return {
        "frames": count,
        "us_per_frame_wall": burst[0],
        "us_per_frame_cpu": burst[1],
        "us_per_frame_cpu_one_by_one": single[1],
    }


async def _push(variant: str, count: int, *, at_once: int) -> tuple[float, float]:
    marks = Marks()
    async with pipeline(variant, Work()) as made:
        session = await made.session(Speaker(marks))
        await asyncio.sleep(0.3)
        wall, cpu = time.perf_counter(), time.process_time()
        for number in range(1, count + 1):
            session.push(SILENT_FRAME)
            if number % at_once == 0:
                await asyncio.sleep(0)
        if not await until(lambda: marks.frames >= count, 60, 0.0005):
            raise RuntimeError(f"{variant} heard {marks.frames} of {count} frames")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        await session.stop()
    return round(wall / count * 1e6, 2), round(cpu / count * 1e6, 2)
