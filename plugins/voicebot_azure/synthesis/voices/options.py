"""Which voice speaks and in which manner: the options, and what is to be said about them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

from voicebot import Advice, Field, Options
from voicebot_azure.synthesis.voices.families import (
    Family,
    family_of,
    languages_of,
    regions_of,
    retirement_of,
    spoken_as,
)
from voicebot_azure.synthesis.voices.known import known_voices, roles_of, styles_of, voices_like

_SOON = timedelta(days=90)


class Manner(Options):
    """Options of the voice; what a voice's family does not know is left out of what is asked for."""

    voice: str = Field("en-US-AvaMultilingualNeural", min_length=1)
    """Name of the voice, as `en-US-OnyxMultilingualNeuralHD`; `voicebot voices` lists what there is."""
    language: str | None = Field(None, pattern=r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]+)*$")
    """Language that a multilingual voice speaks, as a BCP 47 tag; by default that of the conversation."""
    style: str | None = Field(None, min_length=1)
    """How it is said: `cheerful`, `whispering`, ...; each voice has its own styles, or none."""
    style_degree: float | None = Field(None, ge=0.01, le=2)
    """How much of the style, 0.01 to 2; 1 is the style as it is."""
    role: str | None = Field(None, min_length=1)
    """Whom the voice plays, as `YoungAdultFemale`; few voices can."""
    rate: float | None = Field(None, ge=0.5, le=2)
    """How fast, as a multiple of the voice's own pace: 1.2 is a fifth faster."""
    pitch: float | None = Field(None, ge=-50, le=50)
    """How much higher or lower than the voice is, in per cent."""
    volume: float | None = Field(None, ge=0, le=100)
    """How loud, 0 to 100, which is the voice's own."""
    temperature: float | None = Field(None, ge=0, le=1)
    """How freely a Dragon HD voice speaks, from 0 (always alike) to 1; Omni begins at 0.3."""
    top_p: float | None = Field(None, ge=0.3, le=1)
    """Share of the likeliest sounds that a Dragon HD Omni voice picks from; best equal to `temperature`."""
    top_k: int | None = Field(None, ge=1, le=50)
    """How many sounds a Dragon HD Omni voice picks from."""
    cfg_scale: float | None = Field(None, ge=1, le=2)
    """How closely a Dragon HD Omni voice follows the text; higher is faster too."""
    lexicon: str | None = Field(None, pattern=r"^https?://\S+$")
    """Address of a lexicon that says how words are pronounced; the service reads it, so it must be public."""
    sentence_pause: float | None = Field(None, ge=0, le=5)
    """Seconds of silence after each sentence; by default as long as the voice likes, 0.1 at the end."""


_MANNERS = "style style_degree role rate pitch volume temperature top_p top_k cfg_scale lexicon".split()


def advice_on(
    manner: Manner, region: str | None, language: str, today: date | None = None
) -> Iterator[Advice]:
    """Give what the voice cannot do of what is asked of it.

    Args:
        region: where the voice is to be, None when that is not known.
        language: what the conversation is held in.
        today: the date to compare with; today's if None.
    """
    family = family_of(manner.voice)
    yield from _unknown(manner)
    yield from _left_out(manner, family)
    yield from _not_had(manner, family)
    if (
        manner.temperature is not None
        and "temperature" in family.takes
        and manner.temperature < family.coldest
    ):
        yield Advice(
            "temperature", f"{family.title} voices begin at {family.coldest:g}, which is used instead"
        )
    if (
        manner.style_degree is not None
        and "style_degree" in family.takes
        and not (manner.style or manner.role)
    ):
        yield Advice("style_degree", "`style_degree` changes nothing without a `style`")
    yield from _place(manner, family, region)
    yield from _language(manner, language)
    yield from _age(manner, today or datetime.now(UTC).date())


def _unknown(manner: Manner) -> Iterator[Advice]:
    """Give a warning of a name that is near that of a voice; others may be newer than our list, or custom."""
    if manner.voice.lower() in known_voices() or retirement_of(manner.voice) is not None:
        return
    if near := voices_like(manner.voice):
        names = " or ".join(f"'{name}'" for name in near)
        yield Advice("voice", f"'{manner.voice}' is not known as a voice of Azure; did you mean {names}?")


def _not_had(manner: Manner, family: Family) -> Iterator[Advice]:
    """Give an error for a style or role that the voice is known not to have; the service would ignore it."""
    for option, asked, had in (
        ("style", manner.style, styles_of(manner.voice)),
        ("role", manner.role, roles_of(manner.voice)),
    ):
        if asked is None or had is None or asked in had or option not in family.takes:
            continue
        if had:
            near = get_close_matches(asked, had, 1)
            which = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(had)}"
        else:
            which = "it has none"
        yield Advice(option, f"`{manner.voice}` has no {option} '{asked}'; {which}", "error")


def _left_out(manner: Manner, family: Family) -> Iterator[Advice]:
    for name in _MANNERS:
        if getattr(manner, name) is not None and name not in family.takes:
            hint = ""
            turbo = manner.voice.removesuffix("HD").replace("Multilingual", "TurboMultilingual")
            if family.title in {"OpenAI", "OpenAI HD"} and name in family_of(turbo).takes:
                hint = f"; `{turbo}` is much the same voice, and follows it"
            yield Advice(name, f"{_kind(family)} do not follow `{name}`, so it is left out{hint}")


def _place(manner: Manner, family: Family, region: str | None) -> Iterator[Advice]:
    regions = regions_of(family)
    if region is not None and regions is not None and region not in regions:
        there = ", ".join(regions)
        yield Advice("voice", f"{_kind(family)} are not hosted in {region}; they are in {there}")


def _language(manner: Manner, language: str) -> Iterator[Advice]:
    asked = manner.language or language
    if languages_of(manner.voice) and spoken_as(manner.voice, asked) is None:
        option = "language" if manner.language else "voice"
        yield Advice(option, f"`{manner.voice}` does not speak {asked}; choose another voice")


def _age(manner: Manner, today: date) -> Iterator[Advice]:
    retirement = retirement_of(manner.voice)
    if retirement is None:
        return
    instead = f"use `{retirement.instead}` instead"
    if retirement.on is None or retirement.on <= today:
        since = f" since {retirement.on}" if retirement.on else ""
        yield Advice("voice", f"`{manner.voice}` is retired{since}; {instead}")
    elif retirement.on - today <= _SOON:
        yield Advice("voice", f"`{manner.voice}` will be retired on {retirement.on}; {instead}")


def _kind(family: Family) -> str:
    return f"{family.title} voices"
