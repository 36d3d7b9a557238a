"""What many conversations leave behind in the process of a bot; the emulator has its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from voicebot import shipped_configs

PROGRAM = Path(__file__).parent / "conversations_in_a_row.py"
ANSWER = "All is well. The sea is calm."
SCRIPT = f"heard: [how are you]\nanswered: [{ANSWER}]\nspoken: {{tone: true, characters_per_second: 80}}\n"
BOT = """\
extends: {azure}
# on a busy machine, nothing may fail by itself: the question is asked once
recognizer: {{watchdog: 60, connect_timeout: 60}}
chat: {{timeout: 60}}
synthesizer: {{voice: en-US-AvaMultilingualNeural, first_sound_timeout: 60, sound_timeout: 60}}
turns: {{patience: 0.1, final_timeout: 60}}
reply: {{chat_timeout: 120, speech_timeout: 120}}
device: {{provider: wav}}
"""
LEAK = 15_000
"""Bytes per conversation that count as a leak."""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what a process holds is read from /proc")
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("bots", ["shared", "fresh"])
def test_two_hundred_conversations_in_a_row_leave_nothing_behind(program: Any, bots: str) -> None:
    program.write("script.yaml", SCRIPT)
    program.write("azure.yaml", BOT.format(azure=shipped_configs()["azure"]))
    with program.emulating("--script", "script.yaml"):
        # The Speech SDK starts many threads, each with an arena of the allocator, in which free memory
        # varies by megabytes and would hide a leak.
        ran = subprocess.run(
            [sys.executable, str(PROGRAM), "azure.yaml", ANSWER, bots, "50", "250"],
            env={**program.environment, "MALLOC_ARENA_MAX": "1"},
            cwd=program.directory,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ran.returncode == 0, ran.stderr
    before, after = map(json.loads, ran.stdout.splitlines())
    print(bots, before, after)
    assert after["threads"] <= before["threads"] + 1
    assert after["files"] <= before["files"] + 2
    assert after["bytes"] - before["bytes"] < 200 * LEAK
