"""`voicebot set`: changes settings in the file of a config, and keeps its comments."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.output.errors import MISUSED, show_error, show_problems
from voicebot.cli.output.printing import echo
from voicebot.cli.resources.configs import parsed_settings

if TYPE_CHECKING:
    from voicebot.config.reading.assignments import Assignment
    from voicebot.errors import Problem


@click.command()
@click.argument("config", metavar="CONFIG", type=click.Path(path_type=Path))
@click.argument(
    "assignments", metavar="SECTION.OPTION=VALUE...", nargs=-1, required=True, callback=parsed_settings
)
@click.pass_context
def command(context: click.Context, *, config: Path, assignments: tuple[Assignment, ...]) -> None:
    """Change settings in the file CONFIG.

    Comments, order and quotes stay. The values are checked first, as `voicebot check` does; if one of them
    is wrong, the file is left as it is. A section that gets another provider keeps none of its other options.
    A bot that runs from the file changes while it talks.
    """
    from voicebot.cli.commands.set.yaml_editing import NotYamlError, UneditableError, edited

    text = _text(config)
    try:
        changed = edited(text, assignments, partial(_value_now, config))
    except UneditableError as error:
        show_error(f"{config}: {error}")
        context.exit(MISUSED)
    except NotYamlError:
        show_problems(_problems(config))
        show_error(f"{config} was not changed")
        context.exit(MISUSED)
    if problems := _new_problems(config, changed):
        show_problems(problems)
        show_error(f"{config} was not changed")
        context.exit(MISUSED)
    if changed == text:
        echo(f"{config} says so already")
        return
    if _text(config) != text:
        raise click.ClickException(f"{config} was saved meanwhile, and not changed; try again")
    _write(config, changed)
    echo(f"changed {config}")


def _text(config: Path) -> str:
    """Return the text of a file of the user's own."""
    from voicebot.config.shipped import shipped_configs

    if not config.is_file():
        if not config.exists() and config.stem in shipped_configs():
            advice = f"it comes with voicebot; `voicebot init --from {config.stem}` makes it yours"
            raise click.UsageError(f"'{config}' cannot be changed: {advice}")
        raise click.UsageError(f"there is no file '{config}'")
    if not (os.access(config, os.W_OK) and config.stat().st_mode & 0o222):
        raise click.ClickException(f"{config} cannot be changed: it is read-only")
    try:
        return config.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{config} cannot be read: it is not text in UTF-8") from error
    except OSError as error:
        raise click.ClickException(f"{config} cannot be read: {error.strerror or error}") from error


def _value_now(config: Path, keys: Sequence[str]) -> Any:
    """Return a value of a config, which may be that of one that it extends; None if there is none."""
    from voicebot.config.environment.variables import variables_beside
    from voicebot.config.reading.extends import read_merged
    from voicebot.config.reading.tree import Scalar, find
    from voicebot.errors import ConfigError

    try:
        merged = read_merged(config, variables_beside(config.parent), [])
    except ConfigError:
        return None
    found = find(merged.root, keys) if merged is not None else None
    return (
        found.node.value if found is not None and not found.rest and isinstance(found.node, Scalar) else None
    )


def _new_problems(config: Path, changed: str) -> Sequence[Problem]:
    """Return what is wrong with a config after a change, and was not before."""
    before = {problem.message for problem in _problems(config)}
    beside = Path(_temporary(config, changed, config.parent))
    try:
        found = _problems(beside)
    finally:
        beside.unlink()
    renamed = [
        type(each)(str(config), each.line, each.column, each.message, each.severity)
        if each.file == str(beside)
        else each
        for each in found
    ]
    return [each for each in renamed if each.message not in before]


def _problems(config: Path) -> list[Problem]:
    from voicebot.config.edits import load_again
    from voicebot.errors import ConfigError

    try:
        load_again(config)
    except ConfigError as error:
        return [each for each in error.problems if each.severity == "error"]
    return []


def _temporary(config: Path, text: str, directory: Path) -> str:
    """Write a file with a config's permissions; return its name."""
    name = ""
    try:
        descriptor, name = tempfile.mkstemp(suffix=config.suffix, prefix=".", dir=directory)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode())
        with suppress(OSError):
            shutil.copymode(config, name)
    except OSError as error:
        if name:
            Path(name).unlink(missing_ok=True)
        raise click.ClickException(f"{config} cannot be changed: {error.strerror or error}") from error
    return name


def _write(config: Path, text: str) -> None:
    """Replace a file in one step, so that nobody reads half of it."""
    name = _temporary(config, text, config.resolve().parent)
    try:
        os.replace(name, config.resolve())
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise click.ClickException(f"{config} cannot be changed: {error.strerror or error}") from error
