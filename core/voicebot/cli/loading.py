"""Configs as the commands load them: with the variables of `.env`, and warnings told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli import signals
from voicebot.cli.errors import show_problem
from voicebot.cli.rivalries import show_rivalries

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice

config_argument = click.argument("config", type=click.Path(path_type=Path))


def load(path: Path, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> BotConfig:
    """Return a config that was checked whole; raise `ConfigError` if it cannot be used.

    Args:
        overrides: options that the command line sets instead of the config, by section.
    """
    config = read(path, overrides)
    for warning in config.warnings:
        show_problem(warning)
    return config


def read(path: Path, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> BotConfig:
    """Return a config as `load` does, and leave its warnings to the caller."""
    with signals.ending_at_once():
        from voicebot.config.environment import variables_beside
        from voicebot.config.load import load_config

        return load_config(path, environ=variables_beside(path.parent), overrides=overrides)


def choose(kind: str, name: str, options: Mapping[str, Any]) -> ProviderChoice:
    """Select a provider as the command line does; raise `ConfigError` if there is none, or it cannot be."""
    from voicebot.config import load

    choice = load.choose(kind, name, options)
    show_rivalries(kind, name)
    return choice
