"""What a check is: an async method that runs on an event loop of its own, and that cannot hang for ever.

A provider that blocks the loop would block a timeout on that loop too, so each check runs in a thread and
is given up from outside.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import queue
import threading
import unittest
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, ClassVar, Protocol, TypeVar

from voicebot.config.shipped import shown_page

PAGE = shown_page("reference/contract.md")
_CLOSING = 5.0
_SHOWN = 500


class Checked(Protocol):
    """What a check needs to know of its contract."""

    expected_failures: ClassVar[dict[str, str]]
    time_limit: ClassVar[float]

    def masked(self, text: str) -> str:
        """Return a text without the secrets of the provider."""


CheckedT = TypeVar("CheckedT", bound=Checked)


class Unmet(AssertionError):
    """Something that a check expects was not so."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}, saw {seen}")
        self.expected = expected
        self.seen = seen


class ExpectedFailure(unittest.SkipTest):
    """A check failed that was expected to."""


def expect(met: object, expected: str, seen: object) -> None:
    """Go on where something is as it should be, else raise `Unmet`."""
    if not met:
        raise Unmet(expected, str(seen))


def check(body: Callable[[CheckedT], Coroutine[Any, Any, None]]) -> Callable[[CheckedT], None]:
    """Make a check of an async method whose docstring says, in its first line, what is expected."""
    name = body.__name__

    @functools.wraps(body)
    def run(self: CheckedT) -> None:
        reason = self.expected_failures.get(name)
        try:
            watched(lambda: body(self), self.time_limit)
        except (unittest.SkipTest, KeyboardInterrupt):
            raise
        except BaseException as error:  # a provider may raise a group that holds anything
            failure = _failure(self, body, error)
            if reason is None:
                raise failure from error
            raise ExpectedFailure(f"expected failure: {reason}") from error
        if reason is not None:
            raise AssertionError(
                f"expected: a failure, for it is listed in `expected_failures` ({reason})\n"
                f"seen: it passes\nread: {PAGE}#known-failures"
            )

    return run


def anchor(name: str) -> str:
    """Return where the page of the contract tells of a check."""
    return name.removeprefix("test_").replace("_", "-")


def described(error: BaseException) -> str:
    """Return what is to be seen of an error, in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:_SHOWN]


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Give an error, or those of a group of them, to any depth."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error


@contextmanager
def ungrouped() -> Iterator[None]:
    """Raise the first error of a group alone, as if no task group had been in between."""
    try:
        yield
    except BaseExceptionGroup as group:
        raise next(leaves(group)) from group


def _failure(self: Checked, body: Callable[..., Any], error: BaseException) -> AssertionError:
    found = list(leaves(error))
    unmet = next((leaf for leaf in found if isinstance(leaf, Unmet)), None)
    if unmet is not None:
        expected, seen = unmet.expected, unmet.seen
    else:
        expected, seen = (body.__doc__ or "").partition("\n")[0].rstrip("."), described(found[0])
    read = f"{PAGE}#{anchor(body.__name__)}"
    return AssertionError(self.masked(f"expected: {expected}\nseen: {seen}\nread: {read}"))


def watched(main: Callable[[], Coroutine[Any, Any, None]], limit: float) -> None:
    """Run a coroutine on a loop of its own; after `limit` seconds give it up, blocked or not."""
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    loops: list[asyncio.AbstractEventLoop] = []

    def run() -> None:
        with asyncio.Runner() as runner:
            loops.append(runner.get_loop())
            try:
                runner.run(main())
            except BaseException as error:  # handed over to whoever waits
                ended.put(error)
            else:
                ended.put(None)

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(run,), name="contract", daemon=True)
    thread.start()
    try:
        error = ended.get(timeout=limit)
    except queue.Empty:
        raise Unmet(f"an end within {limit:g} s", f"it hangs: {_whereabouts(thread, loops)}") from None
    thread.join(_CLOSING)  # a thread that is left behind keeps the loop's executor from closing
    if error is not None:
        raise error


def _whereabouts(thread: threading.Thread, loops: list[asyncio.AbstractEventLoop]) -> str:
    """Return what a loop is doing: the tasks that wait, or the line that blocks it."""
    import sys

    frame = sys._current_frames().get(thread.ident or 0)
    if frame is not None and "select" not in frame.f_code.co_name:
        return f"the event loop is blocked at {_place(frame)}"
    tasks = asyncio.all_tasks(loops[0]) if loops else ()
    waiting = (f"task {task.get_name()!r} waits at {_place(_deepest(task.get_coro()))}" for task in tasks)
    return "; ".join(sorted(waiting)) or "no task is left"


def _deepest(waiting: Any) -> FrameType | None:
    """Return the innermost frame of a coroutine that waits."""
    frame: FrameType | None = None
    while waiting is not None:
        kind = next((kind for kind in ("cr", "ag", "gi") if hasattr(waiting, f"{kind}_frame")), None)
        if kind is None:
            break
        frame = getattr(waiting, f"{kind}_frame") or frame
        waiting = getattr(waiting, "gi_yieldfrom" if kind == "gi" else f"{kind}_await")
    return frame


def _place(frame: FrameType | None) -> str:
    if frame is None:
        return "an unknown place"
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"
