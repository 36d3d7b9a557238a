"""`voicebot tools`: lists what a bot's chat model may have run, and runs one by hand."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import FAILED, MISUSED, show_error, show_problems, show_warning
from voicebot.cli.output.printing import echo, echo_json, echo_lines, is_terminal, styled
from voicebot.cli.output.tables import show_table
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources.configs import load, set_option
from voicebot.plain_text import printable_json, printable_lines

if TYPE_CHECKING:
    from voicebot.cli.resources.tool_call import Unconfirmed
    from voicebot.config.load import BotConfig
    from voicebot.config.reading.assignments import Assignment
    from voicebot.messages import Tool, ToolResult

_CALL = "call"
_YES = ("y", "yes")


@click.command()
@click.argument("words", nargs=-1, metavar="[CONFIG] [call NAME [KEY=VALUE]...]")
@set_option
@click.option("--schema", is_flag=True, help="Also show the JSON Schema of each tool's arguments.")
@click.option("--arguments", metavar="JSON", help="With `call`: all arguments, as one JSON object.")
@click.option("--yes", is_flag=True, help="With `call`: do not ask before a tool that has to be confirmed.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(
    context: click.Context,
    words: tuple[str, ...],
    *,
    assignments: tuple[Assignment, ...],
    schema: bool,
    arguments: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """List the tools that a bot's chat model may have run, or run one.

    Starts the toolsets of CONFIG. With `call`, runs the tool NAME once, without a conversation, and prints
    its result; values are read by the types in its schema, and a repeated KEY makes a list. A tool that has
    to be confirmed asks on the terminal first. The exit status is 1 if a toolset does not start or the tool
    fails. Without CONFIG, the one of `voicebot run` is used.
    """
    config, name, given = _split(context, words)
    if name is None:
        if arguments is not None or yes:
            context.fail(f"{'--arguments' if arguments is not None else '--yes'} is for `{_CALL} NAME`")
        _list(context, load(config, assignments), schema=schema, as_json=as_json)
        return
    if arguments is not None and given:
        context.fail("give the arguments either as KEY=VALUE or with --arguments")
    loaded = load(config, assignments)
    result = _call(context, loaded, name, given, arguments, yes=yes)
    _show_result(name, result, as_json=as_json)
    if result.failed:
        context.exit(FAILED)


def _split(context: click.Context, words: tuple[str, ...]) -> tuple[Path | None, str | None, Sequence[str]]:
    """Return the config, if given, the name of the tool to run, if any, and its arguments."""
    config = Path(words[0]) if words and words[0] != _CALL else None
    rest = words if config is None else words[1:]
    if not rest:
        return config, None, ()
    if rest[0] != _CALL:
        context.fail(f"expected `{_CALL}` instead of '{rest[0]}'")
    if len(rest) == 1:
        context.fail(f"`{_CALL}` needs the name of a tool")
    return config, rest[1], rest[2:]


def _list(context: click.Context, config: BotConfig, *, schema: bool, as_json: bool) -> None:
    from voicebot.cli.resources.offers import listed, offered, started_one_by_one

    found = coroutines.run(started_one_by_one(config))
    for part, (_, check) in found.items():
        if check.failure is not None:
            show_error(f"{config.path}: {part}: {check.failure}")
        show_problems(check.problems)
    toolsets = [listed(choice, check, part) for part, (choice, check) in found.items()]
    tools = [(tool, toolset.part) for tool, toolset in offered(toolsets)]
    if as_json:
        echo_json([_described(tool, part) for tool, part in tools])
    elif not config.tools:
        show_warning(f"{config.path} has no section 'tools'")
    else:
        _show(tools, schema=schema)
    if any(check.failed for _, check in found.values()):
        context.exit(FAILED)


def _show(tools: Sequence[tuple[Tool, str]], *, schema: bool) -> None:
    from voicebot.cli.resources.tool_listing import first_line

    rows = [
        (tool.name, tool.effect, tool.confirm or "", part, first_line(tool.description))
        for tool, part in tools
    ]
    if rows:
        show_table(("tool", "effect", "confirm", "from", "description"), rows)
    for tool, _ in tools if schema else ():
        echo()
        echo(styled(tool.name, fg="cyan"))
        echo_lines(printable_json(tool.parameters, indent=2))


def _described(tool: Tool, part: str) -> dict[str, Any]:
    return {
        "name": tool.name,
        "from": part,
        "effect": tool.effect,
        "confirm": tool.confirm,
        "timeout": tool.timeout,
        "description": tool.description,
        "parameters": tool.parameters,
    }


def _call(
    context: click.Context,
    config: BotConfig,
    name: str,
    words: Sequence[str],
    as_json: str | None,
    *,
    yes: bool,
) -> ToolResult:
    """Run a tool, after asking if it has to be confirmed."""
    from voicebot.cli.resources.tool_call import Unconfirmed, call
    from voicebot.config.checking.tools import allowed_tools
    from voicebot.config.suggestions import did_you_mean

    allowed = allowed_tools(config.toolsets)
    if name not in allowed:
        known = did_you_mean(name, allowed) or (f"; allowed: {', '.join(allowed)}" if allowed else "")
        context.fail(f"no tool '{name}' is allowed by {config.path}{known}")

    def progress(message: str) -> None:
        echo_wrapped(message, err=True)

    try:
        outcome = coroutines.run(call(config, allowed[name], words, as_json, progress, confirmed=yes))
        if isinstance(outcome, Unconfirmed):
            _ask(context, outcome)
            outcome = coroutines.run(call(config, allowed[name], words, as_json, progress, confirmed=True))
    except ValueError as error:
        show_error(f"{name}: {error}")
        context.exit(MISUSED)
    assert not isinstance(outcome, Unconfirmed)
    return outcome


def _ask(context: click.Context, unconfirmed: Unconfirmed) -> None:
    """Ask the user; exit unless the answer is yes."""
    question = unconfirmed.question
    if not (sys.stdin.isatty() and is_terminal(err=True)):
        show_error(f"not run, since it has to be confirmed: {question} (--yes confirms it)")
        context.exit(FAILED)
    echo(question, " [y/N] ", end="", err=True)
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in _YES:
        echo("not run", err=True)
        context.exit(FAILED)


def _show_result(name: str, result: ToolResult, *, as_json: bool) -> None:
    if as_json:
        echo_json({"tool": name, **asdict(result)})
    elif result.failed:
        show_error(f"{name}: {result.detail or result.text}")
    else:
        first, *others = printable_lines(result.text).split("\n")
        echo(first)
        for line in others:  # indented, so that no line passes for a message of ours
            echo("  ", line)
        if result.say is not None:
            echo_wrapped(f"(the bot would say: {result.say})", err=True)
