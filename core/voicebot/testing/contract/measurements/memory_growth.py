"""Whether memory grows with each use, for as long as a provider is used."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements import memory

PER_USE = 400_000
"""Bytes by which the memory may grow with a use, on and on."""
_WARMING = 2
_USES = 2
_ROUNDS = 6
_CALM = 2
"""Rounds in which nothing was added: what piles up does so in each."""
_STATUS = Path("/proc/self/status")


@dataclass
class _Memory:
    """Memory of one sort, as it was at the end of each round, in bytes."""

    what: str
    sizes: list[int] = field(default_factory=list)

    @property
    def calm(self) -> int:
        """How many rounds added next to nothing."""
        steps = zip(self.sizes, self.sizes[1:], strict=False)
        return sum(after - before < PER_USE * _USES for before, after in steps)

    @property
    def per_use(self) -> float:
        """Bytes by which it grew with a use, on average."""
        return (self.sizes[-1] - self.sizes[0]) / ((len(self.sizes) - 1) * _USES)


async def ensure_no_growth(use: Callable[[int], Awaitable[None]]) -> None:
    """Insist that using something again and again does not add to the memory each time."""
    number = 0
    objects, process = _Memory("Python's objects take"), _Memory("the process takes")
    with memory.traced(), _known_objects_left_alone():
        for uses in (_WARMING, *[_USES] * _ROUNDS):
            for _ in range(uses):
                number += 1
                await use(number)
            gc.collect()
            objects.sizes.append(memory.traced_bytes())
            process.sizes.append(_resident())
            if objects.calm >= _CALM and process.calm >= _CALM:
                return
    grows = objects if objects.calm < _CALM else process
    raise Unmet(
        f"no memory added by use after use (less than {PER_USE / 1e6:.1f} MB each)",
        f"{grows.what} {grows.per_use / 1e6:.1f} MB more with each of the last {_ROUNDS * _USES} uses",
    )


@contextmanager
def _known_objects_left_alone() -> Iterator[None]:
    """Spare the collector of garbage what was there before: a large test run has millions of objects."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _resident() -> int:
    """Return the bytes of memory that are this process's alone; 0 where the system does not tell."""
    if not _STATUS.exists():
        return 0
    _give_back_what_is_free()
    sizes = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return sum(int(sizes[name].split()[0]) * 1024 for name in ("RssAnon", "RssShmem") if name in sizes)


def _give_back_what_is_free() -> None:
    """Have the C library return free memory to the system, so that what remains is in use."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
