"""The command `voicebot`: it imports a command when it is run, so that help is there at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

import click

from voicebot import __version__
from voicebot.cli import errors, logs, output
from voicebot.cli.rivalries import show_rivals_of_command
from voicebot.plaintext import printable
from voicebot.plugin.commands import Commands
from voicebot.plugin.watch import Watch


def _all_commands() -> Commands:
    from voicebot.plugin.manager import installed_commands  # looking for plugins takes a moment

    return installed_commands()


class LazyGroup(click.Group):
    """Imports a command's module only when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands, ours in the order in which a user meets them."""
        return [entry.name for entry in _all_commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, which takes `-v` like the program itself."""
        if cmd_name not in self.commands:
            entry = Commands().get(cmd_name) or _all_commands().get(cmd_name)
            if entry is None:
                return None
            command = entry.load()
            command.params.append(logs.verbose_option())
            command.callback = _after_telling_of_rivals(command.callback, cmd_name)
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest one."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            names = self.list_commands(ctx)
            near = get_close_matches(name, names, n=1)
            advice = f"did you mean '{near[0]}'?" if near else f"the commands are {', '.join(names)}"
            ctx.fail(f"there is no command '{name}'; {advice}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.help) for entry in _all_commands()])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the options of the program itself."""
        with _usage_errors_in_one_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> None:
        """Run a command; what goes wrong is told here, in one place, and becomes the exit status."""
        try:
            with _usage_errors_in_one_line():
                super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            status = errors.report(error)
            if status is None:
                raise
            ctx.exit(status)


def _after_telling_of_rivals(callback: Callable[..., Any] | None, name: str) -> Callable[..., Any]:
    """Return what a command does, after saying who else wants its name (its help needs no plugins)."""

    def called(*args: Any, **kwargs: Any) -> Any:
        show_rivals_of_command(name)
        return callback(*args, **kwargs) if callback is not None else None

    return called


@contextmanager
def _usage_errors_in_one_line() -> Iterator[None]:
    """Keep click from repeating a line break of the command line in what it says of it."""
    try:
        yield
    except click.UsageError as error:
        error.message = printable(error.message)  # type: ignore[misc]  # final for its callers alone
        raise


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
    output.guard()
    Watch.when_hung = errors.end_hung
    cli(prog_name="voicebot")


if __name__ == "__main__":
    main()
