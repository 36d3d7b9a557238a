"""What the commands take that show recordings and what they cost."""

from __future__ import annotations

from pathlib import Path

import click

recordings_argument = click.argument(
    "recordings", metavar="RECORDING...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
prices_option = click.option(
    "--prices",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Prices of your own, which come before those that voicebot knows; by default, those that the "
    "recorded config names.",
)
