"""`voicebot say`: speaks a text with a bot's voice, to try it or to make a recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import report, show_warning
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources import stdio_files
from voicebot.cli.resources.configs import Overrides, config_and_argument, load, set_option, split_arguments
from voicebot.errors import leaves
from voicebot.plugin.packages import quoted

if TYPE_CHECKING:
    from voicebot.config.load import BotConfig, ProviderChoice
    from voicebot.config.reading.assignments import Assignment
    from voicebot.engine.speaking.synthesis.synthesis_queue import SynthesisQueue
    from voicebot.engine.speaking.units.reply_unit import ReplyUnit
    from voicebot.interfaces import AudioStream, Synthesizer
    from voicebot.options import Options


@click.command()
@config_and_argument("TEXT")
@set_option
@click.option(
    "-o",
    "--output",
    metavar="WAV",
    type=click.Path(path_type=Path),
    help="Write the speech to a file instead of playing it; - is stdout.",
)
@click.option(
    "--voice", metavar="NAME", help="Voice to speak with; `voicebot voices CONFIG` lists the voices."
)
def command(
    arguments: tuple[str, ...],
    *,
    assignments: tuple[Assignment, ...],
    output: Path | None,
    voice: str | None,
) -> None:
    """Speak a text with a bot's voice.

    Uses only the synthesizer of CONFIG, and its device unless the speech is written to a file. --voice
    replaces the voice in CONFIG. Without CONFIG, the one of `voicebot run` is used.
    """
    config, text = split_arguments(arguments, "TEXT", "put quotes around a text of several words")
    units = _units(text)
    if not units:
        raise click.BadParameter("it contains nothing to say", param_hint="TEXT")
    overrides = {"synthesizer": {"voice": voice}} if voice is not None else {}
    with _suggesting_voices(voice, config):
        _run(config, assignments, overrides, units, output)


@contextmanager
def _suggesting_voices(voice: str | None, config: Path | None) -> Iterator[None]:
    """Add how to list the voices to the error if the chosen one does not exist."""
    try:
        yield
    except Exception as error:
        names_voice = voice and any(f"'{voice}'" in str(cause) for cause in leaves(error))
        status = report(error) if names_voice else None
        if status is None:
            raise
        command = " ".join(["voicebot voices", *([quoted(str(config))] if config is not None else [])])
        echo_wrapped(f"`{command}` lists the available voices.", err=True)
        raise click.exceptions.Exit(status) from None


def _run(
    config: Path | None,
    assignments: Sequence[Assignment],
    overrides: Overrides,
    units: list[ReplyUnit],
    output: Path | None,
) -> None:
    """Play the units, or write them to a file."""
    if output is None:
        coroutines.run(_say(load(config, assignments, overrides), units, None))
        return
    from voicebot.cli.resources.recordings import show_written, wav_device, written_atomically

    wav_device(output=output)  # reports an unsuitable name early
    with stdio_files.writable(output) as target:
        loaded = load(config, assignments, overrides)
        with written_atomically(target) if output == target else nullcontext(target) as unfinished:
            coroutines.run(_say(loaded, units, unfinished))
    show_written(output)


async def _say(config: BotConfig, units: list[ReplyUnit], output: Path | None) -> None:
    from voicebot.cli.resources.providers import entered, named, started
    from voicebot.cli.resources.recordings import wav_device

    limit = config.settings.start_timeout
    async with started(config.synthesizer, limit) as synthesizer:
        device = config.device
        if output is not None:
            with named(config.synthesizer):
                rate = synthesizer.output_format.rate
            device = wav_device(output=output, output_rate=rate)
        async with started(device, limit) as speaker, entered(device, speaker.open) as stream:
            await _speak(config, units, synthesizer, device, stream)


async def _speak(
    config: BotConfig,
    units: list[ReplyUnit],
    synthesizer: Synthesizer[Options],
    device: ProviderChoice,
    stream: AudioStream,
) -> None:
    import asyncio

    from voicebot.audio import Resampler
    from voicebot.cli.resources.providers import named
    from voicebot.engine.speaking.synthesis.session import SynthesizerSession
    from voicebot.engine.speaking.synthesis.synthesis_queue import SynthesisQueue
    from voicebot.errors import DeviceError

    if stream.speaker is None:
        raise DeviceError(
            f"the device '{config.device.registration.name}' has no speaker; write to a file with -o WAV"
        )
    with named(config.synthesizer):
        resampler = Resampler(synthesizer.output_format, stream.speaker)

    async def play(audio: bytes) -> None:
        if resampled := resampler.write(audio):
            with named(device):
                await stream.write(resampled)

    async with asyncio.TaskGroup() as tasks:
        session = SynthesizerSession(synthesizer, config.settings, conversation="", notice=show_warning)
        queue = SynthesisQueue(session, session.language, tasks)
        tasks.create_task(_queue(units, queue), name="say: text")
        while (audio := await queue.next()) is not None:
            if (error := await audio.play(play)) is not None:
                with named(config.synthesizer):
                    raise error
        with named(device):
            if rest := resampler.flush():
                await stream.write(rest)
            await stream.drain()


async def _queue(units: list[ReplyUnit], queue: SynthesisQueue) -> None:
    for unit in units:
        await queue.put(unit)
    queue.finish()


def _units(text: str) -> list[ReplyUnit]:
    """Split a text into sentences, so that a long text starts to play before all of it is synthesized."""
    from voicebot.encodable import encodable
    from voicebot.engine.speaking.units.reply_unit import ReplyUnit
    from voicebot.engine.text.sentences.cutter import SentenceCutter
    from voicebot.engine.text.speakable.speakable import Speakable

    cutter, speakable = SentenceCutter(short_first=False), Speakable()
    written = (*cutter.push(encodable(text)), *cutter.flush())
    return [ReplyUnit(unit, spoken) for unit in written if (spoken := speakable.convert(unit))]
