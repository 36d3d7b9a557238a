"""The option `--prices` of the commands that say what recordings cost."""

from __future__ import annotations

from pathlib import Path

import click

from voicebot import ConfigError, Prices, load_prices, printable

prices_option = click.option(
    "--prices",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Prices of your own, which come before those that voicebot knows.",
)


def read_prices(path: Path | None) -> Prices:
    """Return the prices.

    Raises:
        click.ClickException: the file cannot be used; says everything that is wrong with it.
    """
    try:
        return load_prices(path)
    except ConfigError as error:
        raise click.ClickException("\n".join(printable(str(each)) for each in error.problems)) from error
