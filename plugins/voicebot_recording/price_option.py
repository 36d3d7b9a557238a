"""The option `--prices` of the commands that say what recordings cost."""

from __future__ import annotations

from pathlib import Path

import click

prices_option = click.option(
    "--prices",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Prices of your own, which come before those that voicebot knows.",
)
