"""`voicebot options`: explains the options of a provider."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING

import click

from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.cli.output.printing import columns, echo, echo_lines, styled
from voicebot.cli.output.wrapping import echo_wrapped

if TYPE_CHECKING:
    from voicebot.plugin.registry import Registration, Registry

_WIDEST = 100
_ENDLESS = 1_000_000


@click.command()
@click.argument("provider")
@click.pass_context
def command(context: click.Context, provider: str) -> None:
    """Explain the options of a provider.

    PROVIDER is a name listed by `voicebot plugins`. If several kinds of provider have that name, each is
    explained.
    """
    from voicebot.plugin.manager import installed_plugins

    registry = installed_plugins().registry
    found = [registration for registration in registry if registration.name == provider]
    if not found:
        context.fail(_unknown(provider, registry))
    warn_of_conflicts(name=provider)
    for number, registration in enumerate(found):
        if number:
            echo()
        _show(registration)


def _unknown(name: str, registry: Registry) -> str:
    from voicebot.config.suggestions import did_you_mean

    names = sorted({registration.name for registration in registry})
    advice = did_you_mean(name, names) or (f"; installed: {', '.join(names)}" if names else "")
    return f"no provider called '{name}' is installed{advice}"


def _show(registration: Registration) -> None:
    from voicebot.cli.option_text import describe
    from voicebot.plugin.packages import install_command

    origin = styled(f"{registration.kind} of {registration.distribution}", dim=True)
    echo(styled(registration.name, bold=True), "  ", origin)
    if doc := registration.provider.__doc__:
        _show_text(inspect.cleandoc(doc).split("\n\n")[0], indent=2)
    for reason in registration.unavailable:
        echo(f"  Not available here: {reason}")
    if packages := registration.installable:
        echo(f"  Needs: {install_command(*packages)}")
    options = describe(registration.options)
    for option in options:
        name = styled(option.name, fg="cyan", bold=True)
        required = option.default is None
        default = "required" if required else f"default: {option.default}"
        echo()
        if len(f"  {option.name}  {option.type}  {default}") <= (columns() or _ENDLESS):
            shown = styled(default, fg="yellow") if required else styled(default, dim=True)
            echo("  ", name, f"  {option.type}  ", shown)
        else:
            echo("  ", name)
            echo_wrapped(f"{option.type}; {default}", indent=4)
        if option.doc:
            _show_text(option.doc, indent=6)
    if not options:
        echo_lines("\n  It has no options.")
    needed = [option.name for option in options if option.default is None and "." not in option.name]
    echo_lines("\n  In a config:\n\n" + textwrap.indent(_section(registration, needed), "  "))


def _section(registration: Registration, needed: list[str]) -> str:
    from voicebot.plugin.registry import LISTED

    lines = "\n".join([f"provider: {registration.name}", *(f"{name}: ..." for name in needed)])
    if section := LISTED.get(registration.kind):
        return f"{section}:\n  - " + textwrap.indent(lines, "    ").lstrip()
    return f"{registration.kind}:\n" + textwrap.indent(lines, "  ")


def _show_text(text: str, *, indent: int) -> None:
    """Write a paragraph, wrapped to a readable width even without a terminal."""
    echo_wrapped(" ".join(text.split()), indent=indent, widest=_WIDEST)
