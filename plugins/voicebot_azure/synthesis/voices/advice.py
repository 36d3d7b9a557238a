"""Advice on voice options: misspelt, retired or missing voices, and options that a voice does not follow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from voicebot import Advice
from voicebot_azure.synthesis.voices.facts import voice_facts
from voicebot_azure.synthesis.voices.families import (
    Family,
    family_of,
    languages_of,
    retirement_of,
    spoken_as,
)
from voicebot_azure.synthesis.voices.known import known_voices, roles_of, similar_voices, styles_of
from voicebot_azure.synthesis.voices.options import VoiceOptions

_DEPENDING_ON_FAMILY = (
    *("style", "style_degree", "role", "rate", "pitch", "volume"),
    *("temperature", "top_p", "top_k", "cfg_scale", "lexicon"),
)


def voice_advice(
    options: VoiceOptions, region: str | None, language: str, today: date | None = None
) -> Iterator[Advice]:
    """Yield advice on a voice and its options.

    Args:
        region: the region to use, None if unknown.
        language: the language of the conversation.
        today: the date to compare with; the current date when None.
    """
    family = family_of(options.voice)
    yield from _unknown_voice(options)
    yield from _unsupported_options(options, family)
    yield from _unknown_style_or_role(options, family)
    yield from _ineffective_values(options, family)
    yield from _wrong_language(options, language)
    for fact in voice_facts(options.voice, region, today):
        if fact.verdict in {"warning", "problem"}:
            yield Advice("voice", f"{fact.message}; {fact.remedy}")


def _unknown_voice(options: VoiceOptions) -> Iterator[Advice]:
    """Warn of a name that resembles a known one; any other may be newer than our list, or custom."""
    if options.voice.lower() in known_voices() or retirement_of(options.voice) is not None:
        return
    if similar := similar_voices(options.voice):
        names = " or ".join(f"'{name}'" for name in similar)
        yield Advice("voice", f"'{options.voice}' is not a known Azure voice; did you mean {names}?")


def _unsupported_options(options: VoiceOptions, family: Family) -> Iterator[Advice]:
    for name in _DEPENDING_ON_FAMILY:
        if getattr(options, name) is not None and name not in family.supports:
            hint = ""
            turbo = options.voice.removesuffix("HD").replace("Multilingual", "TurboMultilingual")
            if family.title in {"OpenAI", "OpenAI HD"} and name in family_of(turbo).supports:
                hint = f"; `{turbo}` sounds much the same and supports it"
            yield Advice(name, f"{_plural(family)} do not support `{name}`, so it is left out{hint}")


def _unknown_style_or_role(options: VoiceOptions, family: Family) -> Iterator[Advice]:
    """Yield an error for a style or role that the voice is known not to have; the service would ignore it."""
    for option, wanted, available in (
        ("style", options.style, styles_of(options.voice)),
        ("role", options.role, roles_of(options.voice)),
    ):
        if wanted is None or available is None or wanted in available or option not in family.supports:
            continue
        if available:
            similar = get_close_matches(wanted, available, 1)
            hint = f"did you mean '{similar[0]}'?" if similar else f"it has {', '.join(available)}"
        else:
            hint = "it has none"
        yield Advice(option, f"`{options.voice}` has no {option} '{wanted}'; {hint}", "error")


def _ineffective_values(options: VoiceOptions, family: Family) -> Iterator[Advice]:
    temperature, lowest = options.temperature, family.min_temperature
    if temperature is not None and "temperature" in family.supports and temperature < lowest:
        yield Advice(
            "temperature", f"the lowest temperature of {_plural(family)} is {lowest:g}, which is used instead"
        )
    if (
        options.style_degree is not None
        and "style_degree" in family.supports
        and not (options.style or options.role)
    ):
        yield Advice("style_degree", "`style_degree` has no effect without a `style`")


def _wrong_language(options: VoiceOptions, language: str) -> Iterator[Advice]:
    wanted = options.language or language
    if languages_of(options.voice) and spoken_as(options.voice, wanted) is None:
        option = "language" if options.language else "voice"
        yield Advice(option, f"`{options.voice}` does not speak {wanted}; choose another voice")


def _plural(family: Family) -> str:
    return f"{family.title} voices"
