"""The command `voicebot`: imports a command only when it is run, so that help appears at once."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

import click

from voicebot import __version__
from voicebot.cli.output import errors, logs, printing
from voicebot.cli.output.help import Context
from voicebot.cli.output.name_conflicts import warn_of_command_conflicts
from voicebot.cli.process import signals, streams
from voicebot.plugin.commands import Commands
from voicebot.plugin.import_watchdog import ImportWatchdog


def _all_commands() -> Commands:
    from voicebot.plugin.manager import installed_commands  # finding plugins takes a moment

    logs.configure_early()
    return installed_commands()


class LazyGroup(click.Group):
    """Imports a command's module only when the command is asked for."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands; the built-in ones in the order in which a user meets them."""
        return [entry.name for entry in _all_commands()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, with the option `-v` of the program added."""
        if cmd_name not in self.commands:
            entry = Commands().get(cmd_name) or _all_commands().get(cmd_name)
            if entry is None:
                return None
            command = entry.load()
            for each in (command, *getattr(command, "commands", {}).values()):
                each.params.append(logs.verbose_option())
                each.context_class = Context
            command.callback = _after_conflict_warnings(command.callback, cmd_name)
            self.commands[cmd_name] = command
        return self.commands[cmd_name]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest one."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            from difflib import get_close_matches

            names = self.list_commands(ctx)
            near = get_close_matches(name, names, n=1)
            advice = f"did you mean '{near[0]}'?" if near else f"the commands are {', '.join(names)}"
            ctx.fail(f"no such command '{name}'; {advice}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.help) for entry in _all_commands()])

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the options of the program itself; report mistakes like all other errors."""
        try:
            return super().make_context(*args, **kwargs)
        except click.ClickException as error:
            raise click.exceptions.Exit(errors.show_misuse(error)) from None

    def invoke(self, ctx: click.Context) -> None:
        """Run a command; report its errors, in this one place, and turn them into an exit status."""
        signals.raise_on_signals()
        try:
            super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt):
                signals.exit_on_signals()  # click writes an empty line for a second one
            status = errors.report(error)
            if status is None:
                raise
            ctx.exit(status)


def _after_conflict_warnings(callback: Callable[..., Any] | None, name: str) -> Callable[..., Any]:
    """Return a command's callback with a warning before it if several plugins claim its name."""

    def called(*args: Any, **kwargs: Any) -> Any:
        warn_of_command_conflicts(name)
        return callback(*args, **kwargs) if callback is not None else None

    return called


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="voicebot %(version)s")
def cli() -> None:
    """Talk to a bot that a config describes: how it listens, thinks and speaks, and who it is.

    Start with `voicebot init`, which writes a config, then run it with `voicebot run`.
    """


cli.params.append(logs.verbose_option())


def run() -> int:
    """Run the command line; return the exit status."""
    printing.guard_streams()
    warnings.showwarning = errors.show_python_warning
    ImportWatchdog.when_hung = errors.end_hung
    try:
        status = cli.main(prog_name="voicebot", standalone_mode=False)
        code = status if isinstance(status, int) else 0
    except click.Abort:  # raised by click for Ctrl-C
        code = signals.status()
    except SystemExit as end:  # click exits silently on a broken pipe
        code = end.code if isinstance(end.code, int) else errors.FAILED
    except OSError as error:  # the output could not be written
        code = errors.report(error) or errors.FAILED
    flushed = _flushed()
    return code or flushed


def _flushed() -> int:
    """Flush stdout; return the exit status of that."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        streams.drop_output()
    except OSError as error:
        errors.report(error)
    return errors.FAILED if streams.output_failed() else 0
