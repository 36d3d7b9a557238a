"""`voicebot voices`: lists the voices of a bot's synthesizer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import show_warning
from voicebot.cli.output.printing import echo_json
from voicebot.cli.output.tables import show_table
from voicebot.cli.resources.configs import config_argument, load, set_option
from voicebot.cli.resources.languages import filters, shown, within

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig
    from voicebot.config.reading.assignments import Assignment
    from voicebot.messages import VoiceDescription


@click.command()
@config_argument
@set_option
@click.option(
    "--language", metavar="TAG", default="", help="Only voices for this language, such as de or en-GB."
)
@click.option(
    "--search", metavar="TEXT", default="", help="Only voices with this text in their name or description."
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(
    config: Path | None, *, assignments: tuple[Assignment, ...], language: str, search: str, as_json: bool
) -> None:
    """List the voices that a bot can have.

    Asks the synthesizer of CONFIG. Voices with TAG as their own language come before those that also speak
    it. Try one with `voicebot say CONFIG TEXT --voice NAME`; select it for the bot with the option `voice` of
    the synthesizer. Without CONFIG, the one of `voicebot run` is used.
    """
    loaded = _load(config, assignments)
    voices = coroutines.run(_voices(loaded))
    found = [voice for voice in voices if within(voice.languages, language) and _mentions(voice, search)]
    found.sort(key=lambda voice: not within(voice.languages[:1], language))
    if as_json:
        echo_json([asdict(voice) for voice in found])
    elif found:
        rows = [(v.name, shown(v.languages, language), v.gender, v.description) for v in found]
        show_table(("voice", "languages", "gender", "description"), rows)
    elif voices:
        show_warning(f"none of the {len(voices)} voices matches {filters(language, search)}")
    else:
        show_warning(f"the synthesizer '{loaded.synthesizer.registration.name}' has no voices to choose from")


def _load(path: Path | None, assignments: Sequence[Assignment]) -> BotConfig:
    """Load a config, without its voice if that does not exist: its user needs the list."""
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

    from voicebot.cli.resources.providers import named, started, without_voice
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


def _mentions(voice: VoiceDescription, text: str) -> bool:
    return text.casefold() in f"{voice.name}\n{voice.description}".casefold()
