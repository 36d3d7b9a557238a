"""Configs as the commands load them: with the variables of `.env`, and warnings told."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.errors import show_problem

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig

DOT_ENV = ".env"

config_argument = click.argument("config", type=click.Path(path_type=Path))


def load(path: Path, overrides: Mapping[str, Mapping[str, Any]] | None = None) -> BotConfig:
    """Return a config that was checked whole; raise `ConfigError` if it cannot be used.

    Args:
        overrides: options that the command line sets instead of the config, by section.
    """
    from voicebot.config.load import load_config

    read_dot_env(path.parent)
    config = load_config(path, overrides=overrides)
    for warning in config.warnings:
        show_problem(warning)
    return config


def read_dot_env(beside: Path) -> None:
    """Take over the variables of `.env` here and beside the config; the environment's own go first."""
    from dotenv import load_dotenv

    for path in dict.fromkeys((Path(DOT_ENV).absolute(), (beside / DOT_ENV).absolute())):
        try:
            load_dotenv(path, override=False)
        except UnicodeDecodeError:
            raise click.ClickException(f"{path} is not text in UTF-8; save it as UTF-8") from None
        except OSError as error:
            raise click.ClickException(f"{path} cannot be read: {error.strerror or error}") from None
