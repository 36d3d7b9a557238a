"""`voicebot tune`: which turn detector and patience fit the users of your recordings best."""

from __future__ import annotations

import json
import sys
from math import isfinite
from pathlib import Path

import click

from voicebot import printable


@click.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--config",
    metavar="CONFIG",
    help="The config to improve, a file or a name; by default, that of the latest recording.",
)
@click.option(
    "--cut-off-costs",
    metavar="SECONDS",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0),
    help="How many seconds of waiting a cut-off is as bad as.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(folders: tuple[Path, ...], config: str | None, cut_off_costs: float, *, as_json: bool) -> None:
    """Recommend a turn detector and a patience, by your recordings.

    DIR is a recording, or a folder of recordings of one bot. The recorded users talk with today's engine in
    virtual time, with every installed turn detector and several values of `turns.patience`. Settings are
    chosen on one half of the recordings, and checked on the other. The table shows how many turns were cut
    off; the median of the seconds from the user's last sound to the answer, and the seconds within which 90 %
    were answered; and how many answers came later than a second. Nothing is asked of any service, and the
    config is not changed.
    """
    if not isfinite(cut_off_costs):
        raise click.BadParameter("it must be a number of seconds", param_hint="'--cut-off-costs'")
    from voicebot_recording.reading import RecordingError
    from voicebot_replay.engine import config_for
    from voicebot_replay.tuning import tune, usable_recordings
    from voicebot_replay.tuning.lines import tuned_json, tuned_lines

    try:
        recordings, left_out = usable_recordings(folders)
    except RecordingError as error:
        raise click.ClickException(str(error)) from error
    for warning in left_out:
        _warn(warning)
    tuned = tune(
        recordings,
        config_for(recordings[-1], config, asks=False),
        cut_off_cost=cut_off_costs,
        progress=_show_progress,
    )
    for warning in tuned.warnings:
        _warn(warning)
    if as_json:
        click.echo(json.dumps(tuned_json(tuned), indent=2))
        return
    for line in tuned_lines(tuned, printable(config or "CONFIG")):
        click.echo(line)


def _warn(warning: str) -> None:
    click.echo(f"warning: {printable(warning)}", err=True)


def _show_progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == of else ""
        click.echo(f"\r{done} of {of} settings tried{end}", nl=False, err=True)
