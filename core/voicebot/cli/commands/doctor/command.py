"""`voicebot doctor`: finds out what is wrong with this machine, a config and what it needs."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import FAILED, MISUSED, show_hint
from voicebot.cli.output.printing import echo, echo_json, is_terminal, status
from voicebot.cli.resources.configs import config_argument, set_option
from voicebot.cli.resources.default_config import default_config, short_name

if TYPE_CHECKING:
    from voicebot.cli.commands.doctor.result import Result
    from voicebot.cli.commands.doctor.settings import ReadConfig
    from voicebot.config.load import BotConfig
    from voicebot.config.reading.assignments import Assignment
    from voicebot.plugin.manager import Plugins


@click.command()
@config_argument
@set_option
@click.option("--sound", is_flag=True, help="Also play a tone, and measure the microphone while you speak.")
@click.option("--no-sound", is_flag=True, help="Leave out microphone and speaker.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(
    context: click.Context,
    config: Path | None,
    *,
    assignments: tuple[Assignment, ...],
    sound: bool,
    no_sound: bool,
    as_json: bool,
) -> None:
    """Find out what is wrong.

    Looks at Python, packages and plugins, the config, its variables and files, proxies, certificates and the
    clock, every server that it needs, and microphone and speaker. Each provider is started and tried, like
    with `voicebot check --connect`: a service may charge for a word. Each check ends with a verdict, and what
    to do. Keys are never shown. The exit status is 2 if the config cannot be used, and 1 if there is another
    problem; warnings do not count. Without CONFIG, the one that `voicebot run` would use is looked at.
    """
    from voicebot.cli.commands.doctor.report import count, document, show
    from voicebot.cli.commands.doctor.settings import read_config
    from voicebot.config.shipped import config_named
    from voicebot.plugin.manager import installed_plugins

    if sound and no_sound:
        raise click.UsageError("--sound and --no-sound contradict each other; leave one out")
    path = default_config() if config is None else config_named(config)
    found = read_config(path, assignments)
    with nullcontext() if as_json else status("Looking for trouble"):
        results = coroutines.run(_examined(found, installed_plugins(), sound=not no_sound))
    if sound and found.config is not None:
        results["Sound"] += _rehearsed(found.config)
    if as_json:
        echo_json(document(str(short_name(path)), results, found.hint))
    else:
        show(results)
        show_hint(found.hint)
    if found.config is None:
        context.exit(MISUSED)
    if count(results)["problem"]:
        context.exit(FAILED)


async def _examined(found: ReadConfig, plugins: Plugins, *, sound: bool) -> dict[str, list[Result]]:
    from voicebot.cli.commands.doctor.checkup import examine

    return await examine(found, plugins, sound=sound)


def _rehearsed(config: BotConfig) -> list[Result]:
    """Play a tone and let the user speak; ask whether the tone was heard, if there is somebody to ask."""
    from voicebot.cli.commands.doctor.result import Result
    from voicebot.cli.commands.doctor.sound.meter import level_meter
    from voicebot.cli.commands.doctor.sound.rehearsal import SPOKEN, rehearse, tone_finding

    played = False

    def playing() -> None:
        nonlocal played
        played = True
        echo("You should hear a tone now.", err=True)

    limit = config.settings.start_timeout
    results = coroutines.run(rehearse(config.device, limit, playing, lambda: level_meter(SPOKEN)))
    if played and sys.stdin.isatty() and is_terminal(err=True):
        echo("Did you hear the tone? [Y/n] ", err=True, end="")
        if answer := sys.stdin.readline():
            results.append(Result("speaker", tone_finding(heard=not answer.strip().lower().startswith("n"))))
    return results
