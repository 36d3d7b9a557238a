"""`voicebot init`: a config to start from, for people who have no copy of the project."""

from __future__ import annotations

import os
from pathlib import Path

import click

from voicebot.cli.output.errors import FAILED, show_error, show_warning
from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.output.printing import echo
from voicebot.cli.output.wrapping import echo_wrapped, show_steps

CHOICES = ("offline", "ollama", "pirate", "alfred")
_VARIABLES = "env.example"


@click.command()
@click.argument("directory", default=".", metavar="[DIR]", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "name",
    type=click.Choice(CHOICES),
    default=CHOICES[0],
    show_default=True,
    help="offline: no keys, no network. ollama: a model on this machine. pirate, alfred: Azure.",
)
@click.pass_context
def command(context: click.Context, directory: Path, name: str) -> None:
    """Write a config to start from.

    Writes the config into DIR (the current directory unless given), the configs it builds on,
    `.env.example`, which explains the variables they use, and a schema by which an editor completes and
    checks them. Overwrites nothing; files that are there already, just so, are kept.
    """
    texts = _texts(name)
    kept = {file for file, text in texts.items() if _holds(directory / file, text)}
    there = [directory / file for file in texts if file not in kept and os.path.lexists(directory / file)]
    if there:
        for path in there:
            show_error(f"{path} exists already, with something else in it; nothing was written")
        show_error(f"name another folder: voicebot init FOLDER --from {name}")
        context.exit(FAILED)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for file in (file for file in texts if file not in kept):
            with (directory / file).open("x", encoding="utf-8") as target:
                target.write(texts[file])
    except OSError as error:
        show_error(f"cannot write into {directory}: {error.strerror or error}")
        context.exit(FAILED)
    for file in texts:
        echo(f"{'kept' if file in kept else 'wrote'} {directory / file}")
    _show_what_is_missing(texts)
    _show_next_steps(directory / f"{name}.yaml", needs_keys="azure.yaml" in texts)


def _holds(path: Path, text: str) -> bool:
    """Return whether a file has this text and no other."""
    try:
        return path.is_file() and path.read_text(encoding="utf-8") == text
    except (OSError, ValueError):
        return False


def _texts(name: str) -> dict[str, str]:
    """Return what to write, by file name: a config, all it extends, the example of `.env`, the schema."""
    import yaml

    from voicebot.config.json_schema.config_schema import schema_text
    from voicebot.config.reading.extends import KEY
    from voicebot.config.shipped import SCHEMA, shipped_configs
    from voicebot.plugin.manager import installed_plugins

    warn_of_conflicts()
    shipped = {path.name: path for path in shipped_configs().values()}
    texts: dict[str, str] = {}
    file: str | None = f"{name}.yaml"
    while file is not None:
        texts[file] = shipped[file].read_text(encoding="utf-8")
        file = yaml.safe_load(texts[file]).get(KEY)
    texts[f".{_VARIABLES}"] = shipped[f"{name}.yaml"].with_name(_VARIABLES).read_text(encoding="utf-8")
    texts[SCHEMA] = schema_text(installed_plugins().registry)
    return texts


def _show_what_is_missing(texts: dict[str, str]) -> None:
    """Say what to install for the providers that configs name, and what cannot be had."""
    import yaml

    from voicebot.plugin.manager import installed_plugins
    from voicebot.plugin.packages import install_command
    from voicebot.plugin.registry import SELECTED_ONCE

    registry = installed_plugins().registry
    configs = [yaml.safe_load(text) for file, text in texts.items() if file.endswith(".yaml")]
    named = [
        (kind, config[kind]["provider"]) for config in configs for kind in SELECTED_ONCE if config.get(kind)
    ]
    found = [each for kind, name in named if (each := registry.get(kind, name)) is not None]
    for reason in dict.fromkeys(reason for each in found for reason in each.unavailable):
        show_warning(f"it cannot run here: {reason}; name another provider in it")
    if packages := sorted({package for each in found for package in each.installable}):
        show_warning(f"it cannot run yet: {install_command(*packages)}")


def _show_next_steps(config: Path, *, needs_keys: bool) -> None:
    echo()
    if needs_keys:
        echo_wrapped("Next, put your keys into a file .env; .env.example says where to find them. Then:")
    else:
        echo("Next:")
    steps = {
        f"voicebot check {config}": "is everything there?",
        f"voicebot run {config} --type": "type with the bot",
        f"voicebot run {config}": "talk with it",
    }
    show_steps(steps)
