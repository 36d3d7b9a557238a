"""`voicebot check`: everything that is wrong with configs, without starting anything."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.errors import MISUSED, show_problem
from voicebot.cli.loading import read_dot_env

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig
    from voicebot.errors import Problem


@click.command()
@click.argument("configs", nargs=-1, required=True, metavar="CONFIG...", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(context: click.Context, configs: tuple[Path, ...], *, as_json: bool) -> None:
    """Say all that is wrong with configs.

    Nothing is started and nobody is called. The exit status is 2 when a config cannot be used; warnings
    do not count.
    """
    from voicebot.config.load import load_config
    from voicebot.errors import ConfigError

    documents = []
    told: set[Problem] = set()
    failed = False
    config: BotConfig | None
    problems: tuple[Problem, ...]
    for path in configs:
        config = None
        read_dot_env(path.parent)
        try:
            config = load_config(path)
            problems = config.warnings
        except ConfigError as error:
            problems = error.problems
            failed = True
        if as_json:
            documents.append(_described(path, config, problems))
            continue
        for problem in problems:
            if problem not in told:  # it stands in a config that several extend
                told.add(problem)
                show_problem(problem)
        if config is not None:
            _show(config)
    if as_json:
        click.echo(json.dumps(documents, indent=2))
    if failed:
        context.exit(MISUSED)


def _show(config: BotConfig) -> None:
    click.echo(f"{click.style(f'{config.path}:', bold=True)} {click.style('ok', fg='green')}")
    wiring = _wiring(config)
    widest = max(len(provider["provider"]) for provider in wiring.values())
    for kind, provider in wiring.items():
        name = click.style(provider["provider"].ljust(widest), fg="cyan")
        click.echo(f"  {kind.ljust(14)}  {name}  {click.style(provider['distribution'], dim=True)}")


def _wiring(config: BotConfig) -> dict[str, dict[str, str]]:
    from voicebot.plugin.registry import KINDS

    choices = {kind: getattr(config, kind) for kind in KINDS}
    return {
        kind: {"provider": choice.registration.name, "distribution": choice.registration.distribution}
        for kind, choice in choices.items()
        if choice is not None
    }


def _described(path: Path, config: BotConfig | None, problems: tuple[Problem, ...]) -> dict[str, Any]:
    return {
        "config": str(path),
        "ok": config is not None,
        "problems": [asdict(problem) for problem in problems],
        "providers": _wiring(config) if config is not None else {},
    }
