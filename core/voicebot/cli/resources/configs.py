"""Loading configs for commands: found by name, with the variables of `.env`, and warnings shown."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.output.errors import show_problem
from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.process import signals
from voicebot.cli.resources.default_config import default_config

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.config.reading.assignments import Assignment

_SUFFIXES = (".yaml", ".yml")


def parsed_settings(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[Assignment, ...]:
    """Parse the values of an option or argument, such as `synthesizer.rate=180`."""
    if not values:  # saves a slow import
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
    callback=parsed_settings,
    help="Set an option of the config, such as synthesizer.rate=180; can be repeated.",
)
Overrides = Mapping[str, Mapping[str, Any]]


def config_and_argument(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for two arguments, the first of which, the config, is optional."""
    return click.argument("arguments", nargs=-1, metavar=f"[CONFIG] {name}")


def split_arguments(arguments: Sequence[str], name: str, advice: str) -> tuple[Path | None, str]:
    """Return the config, if given, and the other argument; raise a usage error for more or fewer.

    Args:
        advice: what to do about too many arguments, or if the first one is not a config.
    """
    if not arguments or (len(arguments) == 1 and arguments[0].endswith(_SUFFIXES)):
        raise click.UsageError(f"Missing argument '{name}'.")
    if len(arguments) > 2:
        raise click.UsageError(f"got {len(arguments)} arguments instead of CONFIG and {name}; {advice}")
    if len(arguments) == 1:
        return None, arguments[0]
    config, other = Path(arguments[0]), arguments[1]
    if config.suffix not in _SUFFIXES and (config.suffix == ".wav" or not _resembles_config(config)):
        raise click.UsageError(f"there is no config '{config}'; {advice}")
    return config, other


def _resembles_config(config: Path) -> bool:
    """Return whether a path is, or resembles, that of a config."""
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
    """Load and check a config, and show its warnings; raise `ConfigError` if it cannot be used.

    Args:
        name: the name that the user gave, or None.
        assignments: settings from `--set`.
        overrides: options set by other options of the command line, by section.
    """
    config = read(name, assignments, overrides)
    for warning in config.warnings:
        show_problem(warning)
    return config


def read(
    name: Path | None, assignments: Sequence[Assignment] = (), overrides: Overrides | None = None
) -> BotConfig:
    """Load a config like `load`, but leave its warnings to the caller."""
    with signals.exiting_on_signals():
        from voicebot.config.environment.variables import variables_beside
        from voicebot.config.load import load_with_assignments
        from voicebot.config.shipped import config_named

        path = default_config() if name is None else config_named(name)
        _refuse_provider(path)
        environ = variables_beside(path.parent)
        return load_with_assignments(path, assignments, environ=environ, overrides=overrides)


def wiring(config: BotConfig) -> dict[str, ProviderChoice]:
    """Return the providers of a config by kind, with a number if there are several of a kind."""
    from voicebot.plugin.registry import KINDS

    return {
        f"{kind} {number}" if len(config.of_kind(kind)) > 1 else kind: choice
        for kind in KINDS
        for number, choice in enumerate(config.of_kind(kind), 1)
    }


def _refuse_provider(path: Path) -> None:
    """Raise `ConfigError` if the user named a provider instead of a config."""
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
    """Select a provider without a config; raise `ConfigError` if there is none, or it cannot be used."""
    from voicebot.config import load

    choice = load.choose(kind, name, options)
    warn_of_conflicts(kind, name)
    return choice
