"""`voicebot check-plugin`: checks that an installed provider keeps the contract of its kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicebot.cli.output.errors import FAILED
from voicebot.cli.output.printing import Styled, columns, echo, echo_json, styled
from voicebot.cli.output.wrapping import echo_wrapped, wrapped
from voicebot.cli.resources import stdio_files
from voicebot.cli.resources.configs import load

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.plugin.registry import Registration
    from voicebot.testing.contract import ProviderContract
    from voicebot.testing.contract.runner import Outcome

_WIDTH = 68
_RESULT = 22
"""Columns for a result."""
_STYLES = {"passed": "green", "failed": "red", "skipped": "yellow", "expected failure": "yellow"}


@click.command()
@click.argument("name")
@click.option("--kind", metavar="KIND", help="Kind of the provider, if several have this name.")
@click.option(
    "--config",
    metavar="CONFIG",
    type=click.Path(path_type=Path),
    help="A config that uses the provider, to take its options from; without it, the defaults are used.",
)
@click.option(
    "--clip",
    metavar="WAV",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A recording of speech for a recogniser or a voice activity detector; - is stdin.",
)
@click.option("--words", metavar="TEXT", help="The words spoken in the clip.")
@click.option(
    "--word-error-rate",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    help="The share of words that a recogniser may get wrong.  [default: 0.25]",
)
@click.option(
    "--pace",
    metavar="LEAST MOST",
    nargs=2,
    type=click.FloatRange(min=0, min_open=True),
    help="The fewest and the most characters per second that a voice may speak.  [default: 10.5 26]",
)
@click.option(
    "--tool", metavar="NAME", help="A tool to run many times.  [default: the first that only reads]"
)
@click.option(
    "--arguments", metavar="JSON", help="Its arguments, as a JSON object.  [default: made from its schema]"
)
@click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    help="Seconds without progress after which a check counts as hung.  [default: 60]",
)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.pass_context
def command(
    context: click.Context,
    name: str,
    *,
    kind: str | None,
    config: Path | None,
    clip: Path | None,
    words: str | None,
    word_error_rate: float | None,
    pace: tuple[float, float] | None,
    tool: str | None,
    arguments: str | None,
    time_limit: float | None,
    as_json: bool,
) -> None:
    """Check that a provider keeps the contract of its kind.

    NAME is the name of a provider, as listed by `voicebot plugins`. The provider is started and used many
    times, up to twenty times at once; a service may charge for it. What cannot be checked is skipped, with
    the reason. The exit status is 1 if a check fails.
    """
    from voicebot.testing.contract.discovery import checks
    from voicebot.testing.contract.runner import run_one

    clip = clip and context.with_resource(stdio_files.readable(clip))
    if pace is not None and pace[0] >= pace[1]:
        context.fail(
            f"--pace takes the fewest and then the most characters per second, not {pace[0]:g} {pace[1]:g}"
        )
    registration = _registration(context, name, kind)
    for option, value, of in (
        ("--pace", pace, "synthesizer"),
        ("--word-error-rate", word_error_rate, "recognizer"),
        ("--tool", tool, "toolset"),
        ("--arguments", arguments, "toolset"),
    ):
        if value is not None and registration.kind != of:
            context.fail(f"{option} is for a {of}; '{name}' is a {registration.kind}")
    loaded = load(config) if config is not None else None
    choice = _choice(context, registration, loaded)
    given = {
        "clip": clip,
        "words": words,
        "word_error_rate": word_error_rate,
        "pace": pace,
        "tool": tool,
        "arguments": _arguments(context, arguments) if arguments is not None else None,
        "time_limit": time_limit,
    }
    contract = _contract(choice, loaded, {name: value for name, value in given.items() if value is not None})
    names = checks(contract)
    if not as_json:
        head = styled(registration.name, bold=True)
        about = f"{registration.kind} of {registration.distribution}, {len(names)} checks"
        echo(head, "  ", Styled(wrapped(about, first=head.width + 2)))
    outcomes = []
    for check in names:
        if not as_json:
            _announce(_title(check))
        outcomes.append(run_one(contract, check))
        if not as_json:
            _show(outcomes[-1])
    counts: Counter[str] = Counter(outcome.result for outcome in outcomes)
    if as_json:
        echo_json(_described(registration, outcomes))
    else:
        summary = ", ".join(f"{counts[result]} {result}" for result in _STYLES if counts[result])
        echo(f"{summary}, in {sum(outcome.seconds for outcome in outcomes):.0f} s")
    if counts["failed"]:
        context.exit(FAILED)


def _registration(context: click.Context, name: str, kind: str | None) -> Registration:
    from voicebot.config.suggestions import did_you_mean
    from voicebot.plugin.manager import installed_plugins

    registry = installed_plugins().registry
    found = [r for r in registry if r.name == name and kind in (None, r.kind)]
    if not found:
        names = sorted({r.name for r in registry})
        what = f"{kind} called '{name}'" if kind else f"provider called '{name}'"
        advice = did_you_mean(name, names) or f"; installed: {', '.join(names)}"
        context.fail(f"no {what} is installed{advice}")
    if len(found) > 1:
        kinds = " or ".join(f"--kind {r.kind}" for r in found)
        context.fail(f"several providers are called '{name}'; choose one with {kinds}")
    return found[0]


def _arguments(context: click.Context, text: str) -> dict[str, Any]:
    from voicebot.cli.resources.tool_arguments import arguments_from_json

    try:
        return arguments_from_json(text)
    except ValueError as error:
        context.fail(f"--arguments: {error}")


def _choice(context: click.Context, registration: Registration, config: BotConfig | None) -> ProviderChoice:
    from voicebot.cli.resources.configs import choose
    from voicebot.errors import ConfigError

    name, kind = registration.name, registration.kind
    if config is None:
        try:
            return choose(kind, name, {"allow": []} if kind == "toolset" else {})
        except ConfigError as error:
            hint = f"Give its options with --config CONFIG, a config that uses '{name}'."
            raise ConfigError(error.problems, hint=hint) from error
    chosen = config.of_kind(kind)
    choice = next((each for each in chosen if each.registration == registration), None)
    if choice is None:
        used = ", ".join(f"'{each.registration.name}'" for each in chosen) or "none"
        context.fail(f"the {kind} of {config.path} is {used}, not '{name}'")
    return choice


def _contract(
    choice: ProviderChoice, config: BotConfig | None, given: dict[str, Any]
) -> type[ProviderContract[Any]]:
    """Return the contract of a provider, with the given attributes."""
    from voicebot.cli.resources.providers import hints
    from voicebot.testing.contract import CONTRACTS

    kind = choice.registration.kind
    if kind == "recognizer" and config is not None:
        given = {"hints": hints(config), **given}
    return type("Installed", (CONTRACTS[kind],), {"make": lambda _: choice.make(), **given})


def _title(check: str) -> str:
    return f"{check.removeprefix('test_').replace('_', ' ')} "


def _announce(title: str) -> None:
    """Write what is being checked; the result follows it, or is on a line of its own."""
    if (columns() or _WIDTH * 2) >= _WIDTH + _RESULT:
        echo(f"  {title:.<{_WIDTH}} ", end="")
    else:
        echo_wrapped(title, indent=2)
        echo("    ", end="")


def _show(outcome: Outcome) -> None:
    result = styled(f"{outcome.result:8}", fg=_STYLES[outcome.result])
    echo(result, f" {outcome.seconds:6.1f} s")
    for line in (*outcome.text.splitlines(), *outcome.notes):
        echo_wrapped(line, indent=6)


def _described(registration: Registration, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "provider": registration.name,
        "kind": registration.kind,
        "distribution": registration.distribution,
        "ok": all(outcome.result != "failed" for outcome in outcomes),
        "checks": [asdict(outcome) for outcome in outcomes],
    }
