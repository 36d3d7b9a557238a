"""This machine's clock, compared with those of the servers that are contacted anyway."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from voicebot.cli.commands.doctor.network.visit import Visit
from voicebot.cli.commands.doctor.result import Result
from voicebot.diagnosis import Finding

_ABOUT = "clock"
_TOLERATED = timedelta(seconds=60)
_MOST = timedelta(minutes=5)
"""What signing in to most services tolerates."""
_REMEDIES = {
    "linux": "turn on time synchronisation: `timedatectl set-ntp true`",
    "darwin": "turn on time synchronisation in the settings under Date & Time",
    "win32": "synchronise the clock: `w32tm /resync`",
}


def clock_result(visits: Sequence[Visit]) -> Result:
    """Return whether the clock is right, as most servers have it."""
    told = [visit for visit in visits if visit.ahead is not None]
    if not told:
        return Result(_ABOUT, Finding("clock", "skipped", "no server told its time"))
    ahead = timedelta(
        seconds=median(visit.ahead.total_seconds() for visit in told if visit.ahead is not None)
    )
    by = f"by the clock of {_servers(told)}"
    if abs(ahead) <= _TOLERATED:
        return Result(_ABOUT, Finding("clock", "ok", f"right to {_duration(max(ahead, -ahead))}, {by}"))
    wrong = (
        f"this machine's clock is {_duration(abs(ahead))} {'slow' if ahead > timedelta() else 'fast'}, {by}"
    )
    consequence = "; certificates and sign-ins are rejected" if abs(ahead) > _MOST else ""
    remedy = _REMEDIES.get(sys.platform, "turn on time synchronisation")
    verdict = Finding("clock", "problem" if consequence else "warning", f"{wrong}{consequence}", remedy)
    return Result(_ABOUT, verdict)


def _servers(visits: Sequence[Visit]) -> str:
    hosts = list(dict.fromkeys(visit.address.host for visit in visits))
    return hosts[0] if len(hosts) == 1 else f"{len(hosts)} servers"


def _duration(time: timedelta) -> str:
    seconds = time.total_seconds()
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}s"
    return f"{max(1.0, seconds):.0f} s"
