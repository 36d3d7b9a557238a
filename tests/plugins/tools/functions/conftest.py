"""Files of tools, and what comes of calling them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from voicebot import ToolEvent
from voicebot_tools.functions.toolset import PythonToolOptions, PythonToolset

Write = Callable[[str], Path]
Started = Callable[..., PythonToolset]
Outcome = Callable[..., list[ToolEvent]]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes `tools.py`."""

    def write(text: str) -> Path:
        path = tmp_path / "tools.py"
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def started(write: Write) -> Started:
    """Return a function that starts a toolset with the functions in a text, imports already written."""

    def started(text: str) -> PythonToolset:
        path = write("from voicebot import *\nfrom voicebot import tool\n" + dedent(text))
        toolset = PythonToolset(PythonToolOptions(file=path, allow=()))
        asyncio.run(toolset.start())
        return toolset

    return started


@pytest.fixture
def outcome(started: Started, call: Any) -> Outcome:
    """Return a function that starts a toolset with one tool `f`, and calls it."""

    def outcome(text: str, arguments: Any = None, caller: Any = None) -> list[ToolEvent]:
        return asyncio.run(call(started(text), "f", arguments, caller))

    return outcome
