"""Synthesizing one utterance, with limits on how long its audio may take to arrive and how long it may be."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing
from typing import assert_never

from voicebot.audio import AudioFormat, WholeSamples
from voicebot.engine.cancellation import cancellation_check, own_cancellation
from voicebot.engine.speaking.synthesis.unit_audio import AudioSink
from voicebot.engine.time_limit import TimeLimit, TooLate
from voicebot.errors import ProviderError
from voicebot.interfaces import Synthesizer
from voicebot.messages import AudioChunk, Notice, Utterance, WordTiming
from voicebot.options import Options

_LONGEST_SECONDS = 30.0
_LONGEST_SECONDS_PER_CHARACTER = 1.0


class NoAudio(ProviderError):
    """A synthesizer gave no audio for a text."""


async def synthesize(
    synthesizer: Synthesizer[Options],
    utterance: Utterance,
    *,
    timeout: float,
    sink: AudioSink,
    timing: Callable[[WordTiming], None],
    notice: Callable[[str], None],
) -> None:
    """Pass on the audio of one utterance, in whole samples, and its word timings and notices.

    Args:
        timeout: seconds that the synthesizer may take for its next event; time that `sink` takes is not
            counted.

    Raises:
        NoAudio: there was none.
        ProviderError: the synthesizer failed, gave nothing for `timeout` seconds, or did not stop.
    """
    longest = longest_audio(synthesizer.output_format, len(utterance.text))
    size = 0
    whole_samples = WholeSamples()
    try:
        with own_cancellation("the synthesizer broke"):
            async with (
                TimeLimit(timeout) as limit,
                aclosing(synthesizer.synthesize(utterance)) as events,
            ):
                check = cancellation_check()
                async for event in events:
                    check()
                    match event:
                        case AudioChunk():
                            audio = whole_samples(event.audio)
                            size += len(audio)
                            if size > longest:
                                raise ProviderError("the synthesizer did not finish")
                            if audio:
                                limit.suspend()  # the speaker may be the slow one now
                                try:
                                    await sink(audio)
                                finally:  # closing has a limit too
                                    limit.renew()
                        case WordTiming():
                            timing(event)
                        case Notice(message):
                            notice(message)
                        case _:
                            assert_never(event)
    except TooLate as error:
        raise too_late(timeout) from error
    if not size:
        raise NoAudio("the synthesizer gave no sound")


def too_late(timeout: float) -> ProviderError:
    """Return the error for a synthesizer that has given nothing for `timeout` seconds."""
    return ProviderError(
        f"the synthesizer gave no sound for {timeout:g} s (`reply.speech_timeout`)", retryable=True
    )


def longest_audio(format: AudioFormat, characters: int) -> int:
    """Return more bytes than any voice needs for that many characters: longer audio will never end."""
    return format.bytes_in(_LONGEST_SECONDS + _LONGEST_SECONDS_PER_CHARACTER * characters)
