"""Configs as the commands load them: found by name, with the variables of `.env`, and warnings told."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.output.errors import show_problem
from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.process import signals

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.config.reading.assignments import Assignment

DEFAULT = Path("offline")
"""The config that is used where none is named."""
_SUFFIXES = (".yaml", ".yml")


def _parsed(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[Assignment, ...]:
    if not values:  # and so nothing that takes its time to be imported
        return ()
    from voicebot.config.reading.assignments import Assignment

    try:
        return tuple(Assignment.parse(value) for value in values)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


config_argument = click.argument(
    "config", required=False, metavar="[CONFIG]", type=click.Path(path_type=Path)
)
set_option = click.option(
    "--set",
    "assignments",
    metavar="OPTION=VALUE",
    multiple=True,
    callback=_parsed,
    help="Set an option of the config, such as synthesizer.rate=180; may be repeated.",
)
Overrides = Mapping[str, Mapping[str, Any]]


def config_and_another(another: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for two arguments, of which the first, the config, may be left out."""
    return click.argument("arguments", nargs=-1, metavar=f"[CONFIG] {another}")


def divided(arguments: Sequence[str], another: str, advice: str) -> tuple[Path | None, str]:
    """Return the config, if one is given, and the other argument; raise a usage error for more or less.

    Args:
        advice: what to do about arguments that are too many, or of which the first is no config.
    """
    if not arguments or (len(arguments) == 1 and arguments[0].endswith(_SUFFIXES)):
        raise click.UsageError(f"Missing argument '{another}'.")
    if len(arguments) > 2:
        raise click.UsageError(f"there are {len(arguments)} arguments, not CONFIG and {another}; {advice}")
    if len(arguments) == 1:
        return None, arguments[0]
    config, other = Path(arguments[0]), arguments[1]
    if config.suffix not in _SUFFIXES and (config.suffix == ".wav" or not _is_near(config)):
        raise click.UsageError(f"there is no config '{config}'; {advice}")
    return config, other


def _is_near(config: Path) -> bool:
    """Return whether a name is a config's, or nearly so."""
    from voicebot.config.shipped import config_named, shipped_configs
    from voicebot.config.suggestions import nearest

    return (
        config_named(config).exists()
        or len(config.parts) > 1
        or bool(nearest(config.name, shipped_configs()))
    )


def load(
    name: Path | None, assignments: Sequence[Assignment] = (), overrides: Overrides | None = None
) -> BotConfig:
    """Return a config that was checked whole; raise `ConfigError` if it cannot be used.

    Args:
        name: as the user has it, None where none was named.
        assignments: what `--set` sets instead of the config.
        overrides: options that other options of the command line set, by section.
    """
    config = read(name, assignments, overrides)
    for warning in config.warnings:
        show_problem(warning)
    return config


def read(
    name: Path | None, assignments: Sequence[Assignment] = (), overrides: Overrides | None = None
) -> BotConfig:
    """Return a config as `load` does, and leave its warnings to the caller."""
    with signals.ending_at_once():
        from voicebot.config.environment.variables import variables_beside
        from voicebot.config.load import load_with_assignments
        from voicebot.config.shipped import config_named

        path = config_named(DEFAULT if name is None else name)
        _refuse_provider(path)
        environ = variables_beside(path.parent)
        return load_with_assignments(path, assignments, environ=environ, overrides=overrides)


def _refuse_provider(path: Path) -> None:
    """Raise `ConfigError` where somebody names a provider instead of a config."""
    if len(path.parts) != 1 or path.suffix or os.path.lexists(path):
        return
    from voicebot.errors import ConfigError, Problem
    from voicebot.plugin.manager import installed_plugins
    from voicebot.plugin.registry import KINDS, LISTED

    name = str(path)
    registry = installed_plugins().registry
    kinds = [kind for kind in KINDS if registry.get(kind, name) is not None]
    if kinds:
        ways = [
            f"`{LISTED[kind]}: [{{provider: {name}}}]`"
            if kind in LISTED
            else f"`{kind}: {{provider: {name}}}`"
            for kind in kinds
        ]
        message = f"this is a provider, not a config; a config selects it by {' or '.join(ways)}"
        raise ConfigError([Problem(name, 0, 0, message)])


def choose(kind: str, name: str, options: Mapping[str, Any]) -> ProviderChoice:
    """Select a provider as the command line does; raise `ConfigError` if there is none, or it cannot be."""
    from voicebot.config import load

    choice = load.choose(kind, name, options)
    warn_of_conflicts(kind, name)
    return choice
