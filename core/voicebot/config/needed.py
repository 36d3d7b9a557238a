"""What settings need besides the config: packages, and files without mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from voicebot.config.reading.tree import Entry
from voicebot.config.schema import Settings
from voicebot.errors import ConfigError, Problem
from voicebot.plugin.packages import OURS, install_command


def missing(settings: Settings, entries: Mapping[str, Entry]) -> list[Problem]:
    """Return what is wrong with what settings need.

    Args:
        entries: those of the config, for their places.
    """
    problems: list[Problem] = []
    if settings.echo == "cancel" and find_spec("livekit") is None:
        command = install_command(f"{OURS}[aec]")
        message = f"echo: cancel needs a package that is not installed: {command}"
        problems.append(entries["echo"].node.place.problem(message))
    if settings.prices is not None:
        from voicebot.config.prices import load_prices

        place = entries["prices"].node.place
        try:
            load_prices(settings.prices)
        except ConfigError as error:  # without a line, there is no such file
            problems += [
                each if each.line else place.problem(f"prices: {each.file}: {each.message}")
                for each in error.problems
            ]
    return problems
