"""The keys of a telephone become lines."""

from __future__ import annotations

import asyncio

from voicebot.testing import simulated
from voicebot_serve.telephony.keys import KeyLine


@simulated
async def test_keys_pressed_without_a_pause_are_a_line_of_limited_length() -> None:
    lines: list[str] = []
    keys = KeyLine(lines.append)
    for _ in range(100_000):
        keys.press("7")
    assert lines == []
    await asyncio.sleep(3)
    keys.press("1")
    keys.press("#")
    assert lines == ["7" * 100, "1"]
