"""Timers of a view."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Timers:
    """Calls functions later, unless they are cancelled."""

    def __init__(self) -> None:
        self._handles: list[asyncio.TimerHandle] = []

    def after(self, seconds: float, call: Callable[..., None], *arguments: Any) -> None:
        """Call a function after a time, at once if it is not above 0."""
        if seconds <= 0:
            call(*arguments)
        else:
            self._handles.append(asyncio.get_running_loop().call_later(seconds, call, *arguments))

    def cancel(self) -> None:
        """Forget all calls."""
        for handle in self._handles:
            handle.cancel()
        self._handles.clear()
