"""`voicebot run`: a conversation with a bot."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.conversation import device_choice
from voicebot.cli.conversation.metrics_file import MetricsFile
from voicebot.cli.output.errors import FAILED, show_error
from voicebot.cli.output.printing import echo
from voicebot.cli.resources import stdio_files
from voicebot.cli.resources.configs import DEFAULT, config_argument, load, set_option

if TYPE_CHECKING:
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
    help="Add a line of JSON for each turn: where its time went, and its tokens; - is stdout.",
)
@click.option("--type", "typed", is_flag=True, help="Type instead of speaking, and read the answers.")
@click.option("--device", metavar="NAME", help="Microphone and speaker to use, by name or number.")
@click.option("--microphone", metavar="NAME", help="Microphone to use, if it is not --device.")
@click.option("--speaker", metavar="NAME", help="Speaker to use, if it is not --device.")
@click.pass_context
def command(
    context: click.Context,
    *,
    config: Path | None,
    assignments: tuple[Assignment, ...],
    heard: Path | None,
    output: Path | None,
    metrics: Path | None,
    typed: bool,
    device: str | None,
    microphone: str | None,
    speaker: str | None,
) -> None:
    """Talk to a bot.

    Speak when it listens; it answers when you fall silent, and you may interrupt it. Ctrl-C ends the
    conversation, and so do SIGTERM and SIGHUP. `voicebot devices` lists what --device can name. The exit
    status is 1 when a provider failed and nothing was answered.

    At a terminal you may type as well, while the bot speaks too: a line is a turn of yours. /mute turns the
    microphone off and on, /quit ends the conversation, /help shows the commands.

    CONFIG is a file, or a config that comes with voicebot: alfred, offline, ollama or pirate. Where there is
    none it is offline.
    """
    wish = device_choice.Wish(heard, output, typed, microphone or device, speaker or device)
    wish.refuse_contradictions()
    if metrics == output == stdio_files.DASH:
        raise click.UsageError("--output and --metrics cannot both go to standard output")
    with ExitStack() as stack:
        wish = stack.enter_context(wish.output_opened())
        file = stack.enter_context(stdio_files.writable(metrics, "metrics.jsonl")) if metrics else None
        loaded = load(config, assignments)
        if config is None:
            echo(f"using {_shown(loaded.path)}", err=True)
        measured = stack.enter_context(MetricsFile(file)) if file else None
        wish = stack.enter_context(wish.input_opened())
        from voicebot.cli.conversation import session

        seen = coroutines.run(session.converse(wish.applied_to(loaded), measured))
    unanswered = bool(seen.failed) and not seen.answers
    if heard is not None and not seen.turns and not unanswered:
        echo(f"heard nothing in {stdio_files.name_of(heard)}", err=True)
    if output is not None:
        from voicebot.cli.resources.recordings import show_written

        show_written(output)
    if unanswered:
        show_error(f"nothing was answered, as these failed: {', '.join(seen.failed)}")
        context.exit(FAILED)


def _shown(path: Path) -> Path:
    """Return the name of a config that comes with voicebot, else its path."""
    from voicebot.config.shipped import shipped_configs

    return DEFAULT if shipped_configs().get(str(DEFAULT)) == path else path
