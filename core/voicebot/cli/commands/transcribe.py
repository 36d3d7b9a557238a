"""`voicebot transcribe`: transcribes a recording with a bot's recogniser, as fast as possible."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli import coroutines
from voicebot.cli.output.errors import show_warning
from voicebot.cli.output.printing import echo, echo_json
from voicebot.cli.resources import stdio_files
from voicebot.cli.resources.configs import config_and_argument, load, set_option, split_arguments
from voicebot.plain_text import printable_words

if TYPE_CHECKING:
    from voicebot.audio import AudioFormat
    from voicebot.cli.output.progress import Progress
    from voicebot.config.load import BotConfig
    from voicebot.config.reading.assignments import Assignment
    from voicebot.engine.hearing.voice_activity import VoiceActivityGate
    from voicebot.interfaces import AudioStream, Recognition, Recognizer
    from voicebot.messages import RecognitionEvent
    from voicebot.options import Options

_LONG, _LONGEST = 20.0, 60.0
"""Seconds after which a speech segment ends at the next pause, however short, and without one."""
_RECORDING = click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path)


@click.command()
@config_and_argument("WAV")
@set_option
@click.option("--json", "as_json", is_flag=True, help="Write a JSON object for each speech segment.")
@click.pass_context
def command(
    context: click.Context,
    arguments: tuple[str, ...],
    *,
    assignments: tuple[Assignment, ...],
    as_json: bool,
) -> None:
    """Transcribe a recording.

    Uses only the recogniser of CONFIG, and its voice activity detector to find the pauses. Each speech
    segment is written as a line once its transcript is final. WAV may be - for stdin. Without CONFIG, the one
    of `voicebot run` is used.
    """
    config, name = split_arguments(arguments, "WAV", "give one recording at a time")
    try:
        wav = _RECORDING.convert(name, None, context)
    except click.BadParameter as error:
        error.param_hint = "'WAV'"
        raise
    loaded = load(config, assignments)
    with stdio_files.readable(wav) as recording:
        lines = coroutines.run(_transcribe(loaded, recording, as_json=as_json))
    if not lines:
        show_warning(f"no speech was recognised in {stdio_files.display_name(wav)}")


async def _transcribe(config: BotConfig, wav: Path, *, as_json: bool) -> int:
    """Print the transcript; return the number of lines."""
    import asyncio

    from voicebot.cli.output.progress import Progress
    from voicebot.cli.resources.providers import entered, hints, named, started
    from voicebot.cli.resources.recordings import wav_device
    from voicebot.config.schema import bounds
    from voicebot.engine.hearing.voice_activity import VoiceActivityGate
    from voicebot.engine.turns.rules import PatienceBounds
    from voicebot.engine.turns.turn_detection import DEFAULT_WAIT
    from voicebot.messages import FinalTranscript

    limit = config.settings.start_timeout
    lines = 0
    async with AsyncExitStack() as stack:
        device = await stack.enter_async_context(started(wav_device(input=wav, pace="fast"), limit))
        stream: AudioStream = await stack.enter_async_context(device.open())
        recognizer: Recognizer[Options] = await stack.enter_async_context(started(config.recognizer, limit))
        pauses = None
        if config.voice_activity is not None and stream.microphone is not None:
            detector = await stack.enter_async_context(started(config.voice_activity, limit))
            patience = PatienceBounds(*bounds(config.settings.turns.patience)).clamp(DEFAULT_WAIT)
            with named(config.voice_activity):
                pauses = PauseDetector(VoiceActivityGate(detector, stream.microphone), patience)
        session = entered(config.recognizer, lambda: recognizer.listen(hints(config)))
        recognition = await stack.enter_async_context(session)
        with named(config.recognizer):
            wanted = recognizer.input_format
        progress = stack.enter_context(Progress(wav))
        async with asyncio.TaskGroup() as tasks:
            feeding = _feed(config, stream, wanted, recognition, pauses, progress)
            tasks.create_task(feeding, name="transcribe: sound")
            events = await stack.enter_async_context(aclosing(_events(config, recognition)))
            async for event in events:
                if isinstance(event, FinalTranscript) and event.text:
                    lines += 1
                    if as_json:
                        echo_json({"text": event.text, "language": event.language}, indent=None)
                    else:
                        echo(printable_words(event.text))
    return lines


async def _events(config: BotConfig, recognition: Recognition) -> AsyncGenerator[RecognitionEvent, None]:
    from voicebot.cli.resources.providers import named

    with named(config.recognizer):
        async for event in recognition:
            yield event


class PauseDetector:
    """Finds the pauses that end a speech segment.

    A recogniser that cannot find them itself keeps a segment until it ends, or uploads it whole. So in a long
    one, any pause will do, and somebody who never pauses is cut off.
    """

    def __init__(self, gate: VoiceActivityGate, patience: float) -> None:
        self._gate = gate
        self._patience = patience
        self._silence = 0.0
        self._spoken = False
        self._length = 0.0

    def add(self, frame: bytes, seconds: float) -> bool:
        """Process a frame; return whether a segment ends with it."""
        self._gate.process(frame)
        speaking = self._gate.speaking
        self._spoken = self._spoken or speaking
        self._silence = 0.0 if speaking else self._silence + seconds
        self._length = self._length + seconds if self._spoken else 0.0
        patience = self._patience if self._length < _LONG else seconds
        over = self._spoken and (self._silence >= patience or self._length >= _LONGEST)
        if over:
            self._spoken, self._length = False, 0.0
        return over


async def _feed(
    config: BotConfig,
    stream: AudioStream,
    wanted: AudioFormat,
    recognition: Recognition,
    pauses: PauseDetector | None,
    progress: Progress,
) -> None:
    """Write all sound to the recogniser, and commit it wherever the speaker pauses."""
    from voicebot.audio import Resampler
    from voicebot.cli.resources.providers import named

    assert stream.microphone is not None
    resampler = Resampler(stream.microphone, wanted)
    async for frame in stream:
        assert isinstance(frame, bytes)
        seconds = stream.microphone.seconds_in(len(frame))
        progress.advance(seconds)
        audio = resampler.write(frame)
        over = False
        if pauses is not None and config.voice_activity is not None:
            with named(config.voice_activity):
                over = pauses.add(frame, seconds)
        with named(config.recognizer):
            if audio:
                await recognition.write(audio)
            if over:
                await recognition.commit()
    audio = resampler.flush()
    with named(config.recognizer):
        if audio:
            await recognition.write(audio)
        await recognition.finish()
