"""`voicebot check`: reports everything that is wrong with configs, and on request tries their providers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import FAILED, MISUSED, show_error, show_hint, show_problems, show_warning
from voicebot.cli.output.printing import Styled, columns, echo, echo_json, status, styled
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources.configs import read, set_option, wiring
from voicebot.cli.resources.default_config import default_config, short_name
from voicebot.config.reading.tree import COMMAND_LINE

if TYPE_CHECKING:
    from voicebot.cli.resources.connection_check import ConnectionCheck
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.config.reading.assignments import Assignment
    from voicebot.errors import Problem

_INDENT = "  "
_TOOLSET = "toolset"
_LABEL = 14
"""Columns for the longest kind."""


@click.command()
@click.argument("configs", nargs=-1, metavar="[CONFIG]...", type=click.Path(path_type=Path))
@set_option
@click.option("--connect", is_flag=True, help="Also start each provider, try it, and show how long it took.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(
    context: click.Context,
    configs: tuple[Path, ...],
    *,
    assignments: tuple[Assignment, ...],
    connect: bool,
    as_json: bool,
) -> None:
    """Report everything that is wrong with configs.

    Starts nothing and contacts no service, except with --connect: then the recogniser gets a second of
    silence, the chat model is asked for a word, and the synthesizer speaks one that is not played; a service
    may charge for it. Microphone and speaker are opened for a moment. No tool is run; what a toolset has is
    listed, ready to be copied into its `allow`. The exit status is 2 if a config cannot be used and 1 if a
    provider does not work; warnings do not count. Without CONFIG, the one that `voicebot run` would use is
    checked.
    """
    from voicebot.errors import ConfigError

    documents = []
    shown_before: set[Problem | str] = set()
    unusable = broken = False
    config: BotConfig | None
    problems: tuple[Problem, ...]
    for path in configs or (None,):
        config = None
        hint = ""
        try:
            config = read(path, assignments)
            problems = config.warnings
        except ConfigError as error:
            problems, hint = error.problems, error.hint
            unusable = True
        if not as_json:
            if config is None and shown_before.issuperset(problems):
                show_error(f"{path}: cannot be used because of the problems above")
            _show_problems(problems, hint, shown_before)
        checks = coroutines.run(_try_all(config, shown=not as_json)) if config is not None and connect else {}
        if config is not None and not as_json:
            _show(config, checks)
        broken = broken or _has_failed(checks)
        documents.append(_described(path or short_name(default_config()), config, problems, checks))
    if as_json:
        echo_json(documents)
    if unusable or broken:
        context.exit(MISUSED if unusable else FAILED)


def _show_problems(problems: tuple[Problem, ...], hint: str, shown_before: set[Problem | str]) -> None:
    """Show what was not shown before: several configs may extend the one it is in."""
    show_problems([problem for problem in problems if problem not in shown_before])
    if hint not in shown_before:
        show_hint(hint)
    shown_before.update(problems, [hint])


def _has_failed(checks: dict[str, ConnectionCheck]) -> bool:
    return any(check.failed for check in checks.values())


def _show(config: BotConfig, checks: dict[str, ConnectionCheck]) -> None:
    """Show the result for a config, and its providers: where each comes from, or how long it took."""
    path = f"{config.path}:"
    verdict = styled("failed", fg="red") if _has_failed(checks) else styled("ok", fg="green")
    room = len(path) + 1 + verdict.width
    between = " " if room <= (columns() or room) else "\n  "
    echo(styled(path, bold=True), Styled(between), verdict)
    for part in wiring(config):
        if not checks:
            _show_rows(config, part)
        elif checks[part].failure is None:
            seconds = checks[part].seconds.items()
            _show_rows(
                config, part, ", ".join(f"{_stage_text(stage)} {s * 1000:.0f} ms" for stage, s in seconds)
            )
            _show_tools(wiring(config)[part], checks[part])


def _show_rows(config: BotConfig, part: str, text: str | None = None) -> None:
    """Show a provider, with a text or where it comes from, and below it the providers it uses."""
    parts = wiring(config)
    every = [row for choice in parts.values() for row in _tree(choice)]
    width = max(len(name) for name, _ in every)
    room = _LABEL + width + max(len(text or ""), *(len(distribution) for _, distribution in every)) + 6
    beside = room <= (columns() or room)
    if not beside:
        echo(f"  {part}")
    for row, (name, distribution) in enumerate(_tree(parts[part])):
        label = "" if row or not beside else part
        head = f"  {label.ljust(_LABEL)}  " if beside else "    "
        if text is None or row:
            echo(head, styled(name.ljust(width), fg="cyan"), "  ", styled(distribution, dim=True))
        elif beside:
            echo(head, styled(name.ljust(width), fg="cyan"), f"  {text}")
        else:
            echo(head, styled(name, fg="cyan"))
            echo_wrapped(text, indent=6)


def _show_tools(choice: ProviderChoice, check: ConnectionCheck) -> None:
    from voicebot.cli.resources.offers import listed
    from voicebot.cli.resources.tool_listing import show_allow_list

    if choice.kind == _TOOLSET:
        show_allow_list(listed(choice, check))


def _tree(choice: ProviderChoice, indent: str = "") -> Iterator[tuple[str, str]]:
    """Yield the names of a provider and, indented, of those it uses, each with its distribution."""
    yield indent + choice.name, choice.distribution
    for inner in choice.inner:
        yield from _tree(inner, indent + _INDENT)


async def _try_all(config: BotConfig, *, shown: bool) -> dict[str, ConnectionCheck]:
    """Try the providers one after the other, so that they do not slow each other down.

    Toolsets are first, since the chat model is asked with their tools.
    """
    from voicebot.cli.resources.connection_check import check_connection
    from voicebot.cli.resources.offers import ListedTools, listed, offered

    checks = {}
    toolsets: list[ListedTools] = []
    for part, choice in sorted(wiring(config).items(), key=lambda item: item[1].kind != _TOOLSET):
        tools = [tool for tool, _ in offered(toolsets)]
        with status(f"Trying {part} ({choice.name})") if shown else nullcontext():
            checks[part] = check = await check_connection(choice, config, tools)
        if choice.kind == _TOOLSET:
            toolsets.append(listed(choice, check))
        for notice in check.notices if shown else ():
            show_warning(f"{config.path}: {part}: {notice}")
        if shown and check.failure is not None:
            show_error(f"{config.path}: {part}: {check.failure}")
        if shown:
            show_problems(check.problems)
    return checks


def _stage_text(stage: str) -> str:
    return stage.replace("_", " ")


def _described(
    path: Path, config: BotConfig | None, problems: tuple[Problem, ...], checks: dict[str, ConnectionCheck]
) -> dict[str, Any]:
    providers: dict[str, dict[str, Any]] = {}
    for part, choice in wiring(config).items() if config is not None else ():
        providers[part] = _described_choice(choice)
        if check := checks.get(part):
            providers[part] |= _described_check(choice, check)
    return {
        "config": str(path),
        "ok": config is not None and not _has_failed(checks),
        "problems": [_described_problem(problem) for problem in problems],
        "providers": providers,
    }


def _described_check(choice: ProviderChoice, check: ConnectionCheck) -> dict[str, Any]:
    from voicebot.cli.resources.offers import listed
    from voicebot.cli.resources.tool_listing import described

    result: dict[str, Any] = {
        "seconds": check.seconds,
        "failure": check.failure,
        "notices": check.notices,
    }
    if choice.kind == _TOOLSET:
        result["tools"] = described(listed(choice, check))
        result["problems"] = [_described_problem(problem) for problem in check.problems]
    return result


def _described_problem(problem: Problem) -> dict[str, Any]:
    nowhere = {"line": None, "column": None} if problem.file == COMMAND_LINE or not problem.line else {}
    return asdict(problem) | nowhere


def _described_choice(choice: ProviderChoice) -> dict[str, Any]:
    described: dict[str, Any] = {"provider": choice.name, "distribution": choice.distribution}
    if choice.inner:
        described["inner"] = [_described_choice(inner) for inner in choice.inner]
    return described
