"""`voicebot voices`: what a bot could speak with, asked of its synthesizer there and then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli import loop
from voicebot.cli.errors import show_warning
from voicebot.cli.loading import config_argument, load, set_option
from voicebot.cli.output import echo_json
from voicebot.cli.tables import show_table

if TYPE_CHECKING:
    from voicebot.config.assignments import Assignment
    from voicebot.config.load import BotConfig
    from voicebot.messages import VoiceDescription

_SHOWN = 3


@click.command()
@config_argument
@set_option
@click.option("--language", metavar="TAG", default="", help="Only voices that speak it, as de or en-GB.")
@click.option("--search", metavar="TEXT", default="", help="Only voices with this in name or description.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(
    config: Path | None, *, assignments: tuple[Assignment, ...], language: str, search: str, as_json: bool
) -> None:
    """List the voices that a bot can have.

    The synthesizer of CONFIG is asked for them. Voices whose own language is TAG come before those that
    speak it too. `voicebot say CONFIG TEXT --voice NAME` lets one be heard; the option `voice` of the
    synthesizer makes it the bot's. Without CONFIG it is offline, as with `voicebot run`.
    """
    loaded = _load(config, assignments)
    voices = loop.run(_voices(loaded))
    found = [voice for voice in voices if _within(voice.languages, language) and _mentions(voice, search)]
    found.sort(key=lambda voice: not _within(voice.languages[:1], language))
    if as_json:
        echo_json([asdict(voice) for voice in found])
    elif found:
        rows = [(v.name, _languages(v, language), v.gender, v.description) for v in found]
        show_table(("voice", "languages", "gender", "description"), rows)
    elif voices:
        asked = {"--language": language, "--search": search}
        wish = " ".join(f"{option} {value}" for option, value in asked.items() if value)
        show_warning(f"none of the {len(voices)} voices fits {wish}{_tag_meant(language)}")
    else:
        show_warning(f"the synthesizer '{loaded.synthesizer.registration.name}' has no choice of voices")


def _load(path: Path | None, assignments: Sequence[Assignment]) -> BotConfig:
    """Load a config, without its voice if there is none of that name: the list is what its user needs."""
    from voicebot.config.load import LEFT_OUT
    from voicebot.errors import ConfigError

    try:
        return load(path, assignments)
    except ConfigError:
        with suppress(ConfigError):
            return load(path, assignments, {"synthesizer": {"voice": LEFT_OUT}})
        raise


async def _voices(config: BotConfig) -> Sequence[VoiceDescription]:
    import asyncio

    from voicebot.cli.providers import named, started, without_voice
    from voicebot.errors import ProviderError
    from voicebot.interfaces import Synthesizer

    limit = config.settings.start_timeout
    async with started(without_voice(config.synthesizer), limit) as synthesizer:
        assert isinstance(synthesizer, Synthesizer)
        try:
            async with asyncio.timeout(limit):
                with named(config.synthesizer):
                    return await synthesizer.voices()
        except TimeoutError:
            raise ProviderError(f"the synthesizer did not list its voices within {limit:g} s") from None


def _tag_meant(language: str) -> str:
    """Return how to name a language, where what was asked for is no tag."""
    from voicebot.languages.tags import language_tag, suggested_tag

    if not language:
        return ""
    try:
        language_tag(language)
    except ValueError:
        tag = (suggested_tag(language) or "de").partition("-")[0]
        return f"; --language takes a tag such as {tag}"
    return ""


def _within(languages: Sequence[str], tag: str) -> bool:
    """Return whether one of the languages is the one of the tag, or a kind of it: `de-AT` is `de`."""
    return not tag or any(f"{language}-".lower().startswith(f"{tag}-".lower()) for language in languages)


def _mentions(voice: VoiceDescription, text: str) -> bool:
    return text.casefold() in f"{voice.name}\n{voice.description}".casefold()


def _languages(voice: VoiceDescription, tag: str) -> str:
    """Return a voice's own language, then those that were asked for, and how many more there are."""
    own, others = voice.languages[:1], voice.languages[1:]
    wanted = sorted(others, key=lambda language: not _within((language,), tag))
    shown = [*own, *wanted][:_SHOWN]
    more = len(voice.languages) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
