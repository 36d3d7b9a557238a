"""The state that the emulated services share."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voicebot_emulator.script import ScriptLines

if TYPE_CHECKING:
    from voicebot_emulator.account import Account
    from voicebot_emulator.faults import Faults
    from voicebot_emulator.journal import Journal
    from voicebot_emulator.latency import Latency
    from voicebot_emulator.providers import Providers
    from voicebot_emulator.script import Script


@dataclass
class Emulation:
    """What is emulated, and how far the script has been used."""

    script: Script
    providers: Providers
    """Do what the script leaves out."""
    account: Account
    faults: Faults
    latency: Latency
    journal: Journal
    script_lines: ScriptLines = field(default_factory=ScriptLines)
    """Numbers the segments of speech, for the script."""
    reply_numbers: Iterator[int] = field(default_factory=itertools.count)
    """Numbers the replies, for the script."""
    visit_numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """Numbers requests and connections, for the journal."""
