"""The command `voicebot`: it imports a command when it is run, so that help is there at once."""

from __future__ import annotations

import importlib
import sys
from difflib import get_close_matches

import click

from voicebot import __version__
from voicebot.cli import errors, logs

COMMANDS = {
    "run": "Talk to a bot.",
    "init": "Write a config to start from.",
    "check": "Say all that is wrong with configs.",
    "plugins": "List the plugins that are installed.",
    "options": "Explain what a provider can be configured with.",
    "devices": "List microphones and speakers.",
    "say": "Speak a text with a bot's voice.",
    "transcribe": "Write down what is said in a recording.",
}
"""Every command with its help in one line; the command itself is in the module of that name."""


class LazyGroup(click.Group):
    """Imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, which takes `-v` like the program itself."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            command: click.Command = importlib.import_module(f"voicebot.cli.{cmd_name}").command
            command.params.append(logs.verbose_option())
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, COMMANDS, n=1)
            advice = f"did you mean '{near[0]}'?" if near else f"the commands are {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command '{name}'; {advice}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> None:
        """Run a command; what goes wrong is told here, in one place, and becomes the exit status."""
        try:
            super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            status = errors.report(error)
            if status is None:
                raise
            ctx.exit(status)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="voicebot %(version)s")
def cli() -> None:
    """Talk to a bot that a config describes: how it hears, thinks and speaks, and who it is.

    Begin with `voicebot init`, which writes a config, then `voicebot run` it.
    """


cli.params.append(logs.verbose_option())


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # A bot may say what the terminal or pipe of some system has no characters for.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
    cli(prog_name="voicebot")


if __name__ == "__main__":
    main()
