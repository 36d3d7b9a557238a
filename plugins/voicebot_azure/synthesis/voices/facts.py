"""What Microsoft says about a voice, and when we read it: its retirement, and the regions that have it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from voicebot import Finding
from voicebot_azure.synthesis.voices.families import family_of, read_on, regions_of, retirement_of

_RETIRES_SOON = timedelta(days=90)


def voice_facts(voice: str, region: str | None, today: date | None = None) -> Iterator[Finding]:
    """Yield what is known about a voice.

    Args:
        region: the region to use, None if unknown.
        today: the date to compare with; the current date when None.
    """
    today = today or datetime.now(UTC).date()
    source = f"by Microsoft's pages of {read_on()}"
    yield _retirement(voice, today, source)
    family = family_of(voice)
    regions = regions_of(family)
    if region is None or regions is None:
        return
    if region in regions:
        yield Finding("voice-region", "ok", f"{region} has {family.title} voices, {source}")
    else:
        message = f"{region} does not have {family.title} voices such as {voice}, {source}"
        yield Finding("voice-region", "problem", message, f"use a resource in {', '.join(regions)}")


def _retirement(voice: str, today: date, source: str) -> Finding:
    found = retirement_of(voice)
    if found is None:
        return Finding("retirement", "ok", f"no retirement of {voice} was announced, {source}")
    remedy = f"use the voice {found.replacement}"
    if found.on is None or found.on <= today:
        when = f" on {found.on}" if found.on else ""
        return Finding("retirement", "problem", f"{voice} was retired{when}, {source}", remedy)
    soon = found.on - today <= _RETIRES_SOON
    message = f"{voice} will be retired on {found.on}, {source}"
    return Finding("retirement", "warning" if soon else "ok", message, remedy)
