"""`voicebot run`: a conversation with a bot."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.conversation import device_choice
from voicebot.cli.conversation.metrics_file import MetricsFile
from voicebot.cli.output.errors import FAILED, show_error
from voicebot.cli.output.printing import echo
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.process import memory, signals
from voicebot.cli.resources import stdio_files
from voicebot.cli.resources.configs import config_argument, load, set_option
from voicebot.cli.resources.default_config import BEST_FIRST, better_default, short_name

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig
    from voicebot.config.reading.assignments import Assignment


@click.command()
@config_argument
@set_option
@click.option(
    "--input",
    "heard",
    metavar="WAV",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Answer what is said in a recording, then end; - is stdin.",
)
@click.option(
    "--output",
    metavar="WAV",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --input: write what the bot says to a file; - is stdout.",
)
@click.option(
    "--metrics",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append a line of JSON for each turn: where its time went, and its tokens; - is stdout.",
)
@click.option(
    "--record",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep a recording: a folder in FOLDER with events, sound and config, as with `record` in a config.",
)
@click.option(
    "--waterfall", is_flag=True, help="After each turn, show where its time went, part by part, with bars."
)
@click.option("--no-watch", is_flag=True, help="Do not apply the config again when it is saved.")
@click.option("--type", "typed", is_flag=True, help="Type instead of speaking, and read the answers.")
@click.option("--device", metavar="NAME", help="Microphone and speaker to use, by name or number.")
@click.option("--microphone", metavar="NAME", help="Microphone to use instead of --device.")
@click.option("--speaker", metavar="NAME", help="Speaker to use instead of --device.")
@click.pass_context
def command(
    context: click.Context,
    *,
    config: Path | None,
    assignments: tuple[Assignment, ...],
    heard: Path | None,
    output: Path | None,
    metrics: Path | None,
    record: Path | None,
    waterfall: bool,
    no_watch: bool,
    typed: bool,
    device: str | None,
    microphone: str | None,
    speaker: str | None,
) -> None:
    """Talk to a bot.

    Speak when it listens; it answers when you stop speaking, and you can interrupt it. Ctrl-C, SIGTERM and
    SIGHUP end the conversation. `voicebot devices` lists the names for --device. The exit status is 1 if a
    provider failed and nothing was answered.

    When CONFIG, a config that it extends, its prices or `.env` is saved meanwhile, the changes are applied
    between two turns; if something is wrong with them, that is shown, and the conversation goes on as before.

    In a terminal you can also type, even while the bot speaks: each line is a turn. /mute turns the
    microphone off and on, /voice changes the voice, /quit ends the conversation, /help shows all commands.

    CONFIG is a file, or a config that comes with voicebot, such as local, offline, ollama or pirate. Without
    it, a file of yours called local or offline in this directory is used, if there is one; else local if
    what it needs is installed, or offline. Both run on this machine, and no service is used unless you name a
    config that does.
    """
    request = device_choice.DeviceRequest(heard, output, typed, microphone or device, speaker or device)
    request.refuse_contradictions()
    if metrics == output == stdio_files.DASH:
        raise click.UsageError("--output and --metrics cannot both go to standard output")
    memory.limit_arenas()
    with ExitStack() as stack:
        request = stack.enter_context(request.output_opened())
        file = stack.enter_context(stdio_files.writable(metrics, "metrics.jsonl")) if metrics else None
        if record is not None:
            assignments = (*assignments, _recording_to(record))
        loaded = load(config, assignments)
        if config is None:
            _introduce(loaded)
        measured = stack.enter_context(MetricsFile(file)) if file else None
        request = stack.enter_context(request.input_opened())
        with signals.exiting_on_signals():
            from voicebot.cli.conversation import session

            asked = session.Request(
                loaded, assignments, request.applied_to, watch=not no_watch, waterfall=waterfall
            )
        view = coroutines.run(session.converse(asked, measured))
    unanswered = bool(view.failed) and not view.answers
    if heard is not None and not view.turns and not unanswered:
        echo(f"no speech was recognised in {stdio_files.display_name(heard)}", err=True)
    if output is not None:
        from voicebot.cli.resources.recordings import show_written

        show_written(output)
    if unanswered:
        show_error(f"nothing was answered because of failures: {', '.join(view.failed)}")
        context.exit(FAILED)


def _recording_to(folder: Path) -> Assignment:
    """Return the setting that stands for `--record`."""
    from voicebot.config.reading.assignments import Assignment

    return Assignment(("record", "folder"), json.dumps(str(folder)))


def _introduce(config: BotConfig) -> None:
    """Say in a line which config is used because none was named, and how to choose another."""
    from voicebot.config.shipped import shipped_configs
    from voicebot.config.suggestions import joined
    from voicebot.plugin.packages import install_command

    name = short_name(config.path)
    if name == config.path:  # the user's own
        echo(f"using {name}", err=True)
        return
    others = joined((each for each in shipped_configs() if each != str(name)), "or")
    line = f"using {name}: {BEST_FIRST[str(name)]}; `voicebot run NAME` for another: {others}"
    better, packages = better_default(config.path)
    if packages:
        line += f"; for {better}, which hears and sounds better, run: {install_command(*packages)}"
    echo_wrapped(line, err=True)
