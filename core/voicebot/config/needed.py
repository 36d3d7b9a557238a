"""What settings need besides the config: packages, and files without mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from voicebot.config.reading.tree import Entry, Place
from voicebot.config.schema import Settings
from voicebot.cost.prices import Prices
from voicebot.errors import ConfigError, Problem
from voicebot.plugin.packages import OURS, install_command


def missing_packages(settings: Settings, entries: Mapping[str, Entry]) -> Iterator[Problem]:
    """Yield which packages settings need that are not installed.

    Args:
        entries: those of the config, for their places.
    """
    if settings.echo == "cancel" and find_spec("livekit") is None:
        command = install_command(f"{OURS}[aec]")
        message = f"echo: cancel needs a package that is not installed: {command}"
        yield entries["echo"].node.place.problem(message)


def own_prices(file: Path, place: Place, problems: list[Problem]) -> Prices | None:
    """Return the prices of a file, before those that voicebot knows; None after adding what is wrong with it.

    Args:
        place: where the config names the file.
    """
    from voicebot.config.prices import load_prices

    try:
        return load_prices(file)
    except ConfigError as error:  # without a line, there is no such file
        problems += [
            each if each.line else place.problem(f"prices: {each.file}: {each.message}")
            for each in error.problems
        ]
        return None
