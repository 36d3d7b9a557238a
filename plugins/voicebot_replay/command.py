"""`voicebot replay`: a recording in the terminal as it happened, or through today's engine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from voicebot import printable

if TYPE_CHECKING:
    from voicebot_recording.reading import Recording


@click.command()
@click.argument("recording", metavar="RECORDING", type=click.Path(path_type=Path))
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="How many times as fast as it happened.",
)
@click.option("--engine", is_flag=True, help="Run the recorded user through today's engine, and compare.")
@click.option(
    "--config",
    metavar="CONFIG",
    help="With --engine or --from: the config to use throughout instead of the recorded; a file or a name.",
)
@click.option(
    "--from",
    "turn",
    metavar="TURN",
    type=click.IntRange(1),
    help="Go on with real providers from that turn on, counted from 1.",
)
@click.pass_context
def command(
    context: click.Context,
    recording: Path,
    speed: float,
    *,
    engine: bool,
    config: str | None,
    turn: int | None,
) -> None:
    """Replay a recording, as it was or through today's engine.

    RECORDING is a folder that `voicebot run --record` or the section `record` of a config has made. It is
    shown as it happened, without sound, and with each answer what the time until then was spent on.

    With --engine, the recorded user talks with today's engine in virtual time: they say the same at the same
    times, and recogniser, chat model, voice and tools answer what they answered then, after as long. What is
    decided now is shown beside what was decided then: when your turn was over, cut-offs, delays, tokens
    wasted. If the config was changed then, it is now. Nothing is asked of any service.

    With --from, what was said before that turn is history, and the user says what they said from then on to
    the providers of the config that the bot had in that turn, as they are: services are asked, and tools do
    what they do.
    """
    from voicebot_recording.reading import RecordingError, open_recording

    if config is not None and not engine and turn is None:
        raise click.UsageError("--config needs --engine or --from")
    if engine and turn is not None:
        raise click.UsageError("--engine asks no providers, and --from does: use one of them")
    is_speed_given = context.get_parameter_source("speed") is ParameterSource.COMMANDLINE
    if is_speed_given and (engine or turn is not None):
        raise click.UsageError("--speed is for a recording as it was, without --engine and --from")
    try:
        opened = open_recording(recording)
    except RecordingError as error:
        raise click.ClickException(str(error)) from error
    _warn(opened.warnings)
    if engine:
        _compare(opened, config)
        return
    from voicebot_replay import terminal

    if turn is None:
        terminal.play(opened, speed)
    else:
        _go_on(opened, config, turn)


def _compare(recording: Recording, config: str | None) -> None:
    from voicebot_replay.comparison_lines import comparison_lines
    from voicebot_replay.engine import config_for, replay

    replayed = replay(recording, None if config is None else config_for(recording, config))
    _warn(tuple(each for each in replayed.warnings if each not in recording.warnings))
    for line in comparison_lines(replayed):
        click.echo(line)


def _go_on(recording: Recording, config: str | None, turn: int) -> None:
    from voicebot_replay import terminal
    from voicebot_replay.engine import config_for
    from voicebot_replay.engine.rest import ended_at

    terminal.go_on(recording, config_for(recording, config, ended_at(recording, turn)), turn)


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        click.echo(f"warning: {printable(warning)}", err=True)
