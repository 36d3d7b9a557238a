"""Logging to stderr, as verbose as `-v` asks for; imports logging only when it is needed."""

from __future__ import annotations

from typing import Any

import click

_KEY = "voicebot.verbosity"
_PLAIN = "%(kind)s: %(message)s"


class _Verbosity(click.IntRange):
    """A number, or from a variable also a word for yes or no."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not value.strip().isdigit():
            return int(click.BOOL.convert(value, param, ctx))
        return super().convert(value, param, ctx)


def verbose_option() -> click.Option:
    """Return the option `-v` of the program and each of its commands."""
    return click.Option(
        ["-v", "--verbose"],
        count=True,
        type=_Verbosity(min=0),
        expose_value=False,
        callback=_configure,
        help="Log what happens to stderr; -vv logs everything, including other libraries.",
    )


def verbosity() -> int:
    """Return how many `-v` were given."""
    context = click.get_current_context(silent=True)
    return context.find_root().meta.get(_KEY, 0) if context else 0


def configure_early() -> None:
    """Show what is logged before the options are parsed, such as about plugins that are slow to load."""
    import logging

    from voicebot.cli.output.log_handler import Stderr

    handler = Stderr(_PLAIN)
    handler.setLevel(logging.WARNING)
    logging.lastResort = handler


def _configure(context: click.Context, _: click.Parameter, count: int) -> None:
    meta = context.find_root().meta
    meta[_KEY] = meta.get(_KEY, 0) + count
    if context.parent is not None:  # once, after the command's own -v are counted
        _install(meta[_KEY])


def _install(level: int) -> None:
    import logging

    from voicebot.cli.output.log_handler import Stderr

    handler = Stderr("%(kind)s: %(name)s: %(message)s" if level else _PLAIN)
    if level < 2:
        # Logs of other libraries may contain more than a user wants to see or share.
        handler.addFilter(lambda r: r.levelno >= logging.WARNING or r.name.startswith("voicebot"))
    levels = (logging.WARNING, logging.INFO, logging.DEBUG)
    logging.basicConfig(level=levels[min(level, 2)], handlers=[handler], force=True)
