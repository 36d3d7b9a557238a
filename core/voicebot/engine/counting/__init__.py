"""What providers are used for, counted where the work is done, and published as `ProviderUsed`.

A conversation opens a `Meter` under its id. A provider that `counted` returns finds it by the id in each
request, so that what wraps providers, or calls one from a tool, needs no more than that id.
"""

from __future__ import annotations

from voicebot.engine.counting.meter import Meter
from voicebot.engine.counting.wrapping import counted

__all__ = ["Meter", "counted"]
