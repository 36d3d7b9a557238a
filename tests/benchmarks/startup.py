"""Start-up and memory, measured in a fresh process: `startup.py VARIANT SPAWNED_AT [CONFIG]`.

It prints JSON. Nothing is imported at the top that the variant does not need to start.
"""

from __future__ import annotations

import asyncio
import sys
import time

from scripted_work import SILENT_FRAME, Marks, Work
from speaker import PacedSpeaker
from variants import pipeline

_MORE = 100


async def measure(variant: str, spawned: float) -> dict[str, float]:
    """Start one session, wait until it has heard a frame, then start more."""
    imported = time.monotonic()
    async with pipeline(variant, Work()) as made:
        marks = Marks()
        sessions = [await made.session(PacedSpeaker(marks))]
        while not marks.frames:
            sessions[0].push(SILENT_FRAME)
            await asyncio.sleep(0.001)
        ready, cpu = time.monotonic(), time.process_time()
        heavy = [name for name in ("numpy", "soxr", "openai", "rich", "click") if name in sys.modules]

        from figures import resident_bytes

        await asyncio.sleep(2)  # a bot loads the words of all languages after a second
        one, tasks = resident_bytes(), len(asyncio.all_tasks())
        begun = time.perf_counter()
        sessions += [await made.session(PacedSpeaker(Marks())) for _ in range(_MORE)]
        each = (time.perf_counter() - begun) / _MORE
        await asyncio.sleep(1)
        more, tasks = resident_bytes(), len(asyncio.all_tasks()) - tasks
        for session in sessions:
            await session.stop()
    return {
        "spawn_to_imported_ms": round((imported - spawned) * 1e3),
        "spawn_to_ready_ms": round((ready - spawned) * 1e3),
        "cpu_to_ready_ms": round(cpu * 1e3),
        "session_start_ms": round(each * 1e3, 2),
        "rss_one_session_mb": round(one / 1e6, 1),
        "rss_per_extra_session_kb": round((more - one) / _MORE / 1e3, 1),
        "tasks_per_idle_session": round(tasks / _MORE, 2),
        "modules": len(sys.modules),
        "heavy_modules": len(heavy),
    }


if __name__ == "__main__":
    figures = asyncio.run(measure(sys.argv[1], float(sys.argv[2])))
    import json

    print(json.dumps(figures))
