"""One measurement in a process of its own, so that none disturbs another.

`worker.py MEASUREMENT VARIANT FIGURE...` prints JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import one_session
from many_sessions import scale
from session_memory import detector, memory


async def measure(name: str, variant: str, figures: list[float]) -> dict[str, Any]:
    """Measure one thing."""
    if name == "scale":
        return await scale(variant, int(figures[0]), figures[1])
    alone = {
        "turns": one_session.turns,
        "zero": one_session.zero,
        "bargein": one_session.bargein,
        "ingest": one_session.ingest,
        "memory": memory,
        "detector": detector,
    }
    return await alone[name](variant, int(figures[0]))


if __name__ == "__main__":
    _, its_name, its_variant, *its_figures = sys.argv
    print(json.dumps(asyncio.run(measure(its_name, its_variant, [float(each) for each in its_figures]))))
