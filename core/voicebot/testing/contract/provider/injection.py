"""Texts that have an effect if they reach a shell, a command's options, a path or Python's `eval`."""

from __future__ import annotations

import asyncio
import tempfile
import unittest
from collections.abc import Awaitable, Callable
from pathlib import Path

from voicebot.errors import ProviderError
from voicebot.testing.contract.failures import Unmet, describe

_UP = "../" * 12
_LATE = 0.1
"""Seconds after which a command that nobody waits for has taken effect."""


async def ensure_texts_are_inert(say: Callable[[str], Awaitable[object]]) -> None:
    """Require that texts are accepted as text, or refused with a `ProviderError`, whatever they look like."""
    with tempfile.TemporaryDirectory(prefix="vb-") as folder:  # short, because it is spoken
        mark = Path(folder, "mark")
        for name, text in _texts(mark).items():
            failure: Exception | None = None
            try:
                await say(text)
            except ProviderError:
                pass
            except unittest.SkipTest:
                raise
            except Exception as error:
                failure = error
            _ensure_no_effect(mark, name)
            if failure is not None and "\0" not in text:  # another check is about odd characters
                raise Unmet(f"{name} accepted as text, or a ProviderError", describe(failure)) from failure
        await asyncio.sleep(_LATE)
        _ensure_no_effect(mark, "one of the texts")


def _ensure_no_effect(mark: Path, name: str) -> None:
    if found := sorted(path.name for path in mark.parent.iterdir()):
        raise Unmet(f"{name} accepted as text", f"it was executed: it made the file {', '.join(found)}")


def _texts(mark: Path) -> dict[str, str]:
    touch = f"touch {mark}"
    return {
        "a command in `$()` and backticks": f"Take $({touch}) and `{touch}` along.",
        "a command after a semicolon": f"Take this; {touch} & {touch} | {touch} #",
        "a command after a double quote": f'Take "this"; {touch}; " along.',
        "a command after a lone double quote": f'Take this"; {touch}; echo " along.',
        "a command after a quote": f"Take this'; {touch}; echo ' along.",
        "a command on a line of its own": f"Take this\n{touch}\nalong.",
        "a command after a NUL": f"Take this\0; {touch} #",
        "an option": f"-w{mark}",
        "an option of its own name": f"--output={mark}",
        "a path": str(mark),
        "a path that leads up": f"{_UP}{mark.relative_to(mark.anchor)}",
        "a Python expression": f'__import__("pathlib").Path({str(mark)!r}).touch()',
    }
