"""`voicebot init`: writes a config to start from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from voicebot.cli.output.errors import FAILED, show_error, show_warning
from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.output.printing import echo
from voicebot.cli.output.wrapping import echo_wrapped, show_steps

CHOICES = ("local", "offline", "tools", "ollama", "wyoming", "openai-audio", "pirate", "alfred", "azure")
"""The configs to start from, the default first."""
_VARIABLES = "env.example"
_TOOLS = "tools"
"""The section whose toolsets may name files with functions."""


@click.command()
@click.argument("directory", default=".", metavar="[DIR]", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "name",
    type=click.Choice(CHOICES),
    default=CHOICES[0],
    show_default=True,
    help="local: hears and sounds well; offline: small; tools: can do things; none of them needs a network. "
    "ollama: a model on this machine. wyoming, openai-audio: speech servers. pirate, alfred, azure: Azure.",
)
@click.pass_context
def command(context: click.Context, directory: Path, name: str) -> None:
    """Write a config to start from.

    Writes the config into DIR (by default the current directory), with the files it extends or names,
    `.env.example`, which explains the variables they use, and a schema with which an editor completes and
    checks them. Overwrites nothing; existing files with the same content are kept.
    """
    texts = _texts(name)
    kept = {file for file, text in texts.items() if _holds(directory / file, text)}
    there = [directory / file for file in texts if file not in kept and os.path.lexists(directory / file)]
    if there:
        for path in there:
            show_error(f"{path} already exists with different content; nothing was written")
        show_error(f"choose another directory: voicebot init DIR --from {name}")
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
    _warn_of_missing_packages(texts)
    _show_next_steps(directory / f"{name}.yaml", needs_keys="azure.yaml" in texts)


def _holds(path: Path, text: str) -> bool:
    """Return whether a file has exactly this text."""
    try:
        return path.is_file() and path.read_text(encoding="utf-8") == text
    except (OSError, ValueError):
        return False


def _texts(name: str) -> dict[str, str]:
    """Return the files to write: a config, those it extends and names, `.env.example` and the schema."""
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
        path = shipped[file]
        texts[file] = path.read_text(encoding="utf-8")
        config = yaml.safe_load(texts[file])
        functions = [toolset["file"] for toolset in config.get(_TOOLS, ()) if "file" in toolset]
        texts |= {each: path.with_name(each).read_text(encoding="utf-8") for each in functions}
        file = config.get(KEY)
    texts[f".{_VARIABLES}"] = shipped[f"{name}.yaml"].with_name(_VARIABLES).read_text(encoding="utf-8")
    registry = installed_plugins().registry
    texts[SCHEMA] = schema_text(registry, registry.sections)
    return texts


def _warn_of_missing_packages(texts: dict[str, str]) -> None:
    """Warn of packages that the configs' providers need: to install, or not available."""
    import yaml

    from voicebot.plugin.manager import installed_plugins
    from voicebot.plugin.packages import install_command
    from voicebot.plugin.registry import SELECTED_ONCE

    registry = installed_plugins().registry
    configs = [yaml.safe_load(text) for file, text in texts.items() if file.endswith(".yaml")]
    sections = {  # those of the config itself, which comes first, replace those that it extends
        kind: next((config[kind] for config in configs if config.get(kind)), None) for kind in SELECTED_ONCE
    }
    named = [(kind, section["provider"]) for kind, section in sections.items() if section]
    found = [each for kind, name in named if (each := registry.get(kind, name)) is not None]
    for reason in dict.fromkeys(reason for each in found for reason in each.unavailable):
        show_warning(f"the config cannot run here: {reason}; use another provider in it")
    if packages := sorted({package for each in found for package in each.installable}):
        show_warning(f"the config cannot run yet: {install_command(*packages)}")


def _show_next_steps(config: Path, *, needs_keys: bool) -> None:
    echo()
    if needs_keys:
        echo_wrapped("Next, put your keys into a .env file; .env.example says where to find them. Then:")
    else:
        echo("Next:")
    steps = {
        f"voicebot check {config}": "is everything in place?",
        f"voicebot run {config} --type": "chat with the bot by typing",
        f"voicebot run {config}": "talk to it",
    }
    show_steps(steps)
