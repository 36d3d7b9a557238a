"""commands.md: the command line, as the commands describe themselves."""

from __future__ import annotations

import inspect
from typing import Any

import click

from generator.markdown import code, joined, table
from voicebot.cli.main import cli
from voicebot.cli.output import errors
from voicebot.plugin.manager import installed_commands
from voicebot.plugin.packages import OURS

_INTRO = """
# Commands

`voicebot COMMAND --help` shows the same text as this page. `-v` logs the main steps to stderr, `-vv`
everything; `voicebot --version` shows the version. The dialogue goes to stdout, everything else to stderr.
"""
_STATUS = [
    ("0", "success"),
    (str(errors.FAILED), "something failed: a provider, a device, a file"),
    (str(errors.MISUSED), "a config or the command line is wrong"),
    (str(errors.INTERRUPTED), "Ctrl-C"),
    ("129, 143", "SIGHUP (the terminal was closed) or SIGTERM: like Ctrl-C, with all files complete"),
]
_SIGNALS = """
A second Ctrl-C ends the program without waiting for anything that does not stop. A signal that is ignored
when a command starts, for instance because of `nohup`, stays ignored.

If metrics or a transcript cannot be written, or a spoken conversation cannot be shown, one line says so and
the conversation goes on. That a file of --metrics cannot be opened is an error before the conversation
begins. If stdout could not be written, the exit status is 1.
"""


def page() -> str:
    """Return the page."""
    context = click.Context(cli, info_name="voicebot")
    entries = [entry for entry in installed_commands() if entry.distribution == OURS]
    blocks = [
        _INTRO,
        table(("command", "what it does"), [(_link(entry.name), entry.help) for entry in entries]),
    ]
    for entry in entries:
        command = cli.get_command(context, entry.name)
        assert command is not None
        blocks += _command(entry.name, command)
        for name, part in getattr(command, "commands", {}).items():
            blocks += _command(f"{entry.name} {name}", part, "###")
    blocks += ["## Exit status", table(("status", "meaning"), _STATUS), _SIGNALS.strip()]
    return joined(*blocks)


def _command(name: str, command: click.Command, heading: str = "##") -> list[str]:
    arguments = " ".join(
        str(p.metavar or p.name).upper() for p in command.params if isinstance(p, click.Argument)
    )
    options = [_option(p) for p in command.params if isinstance(p, click.Option)]
    if isinstance(command, click.Group):
        arguments = f"[{'|'.join(command.commands)}]"
    usage = f"voicebot {name} [OPTIONS] {arguments}".strip()
    help = inspect.cleandoc(command.help or "")
    return [f"{heading} {name}", f"```text\n{usage}\n```", help, table(("option", "meaning"), options)]


def _option(option: click.Option) -> tuple[str, str]:
    names = ", ".join(option.opts)
    value = "" if option.is_flag or option.count else f" {_value(option)}"
    default: Any = option.default if option.show_default else None
    return code(names + value), (option.help or "") + (f" Default: `{default}`." if default else "")


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "|".join(str(choice) for choice in option.type.choices)
    return option.metavar or option.type.name.upper()


def _link(name: str) -> str:
    return f"[`voicebot {name}`](#{name})"
