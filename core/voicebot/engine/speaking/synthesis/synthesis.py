"""What synthesizes a reply: unit by unit, or in one stream if the synthesizer can."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeAlias

from voicebot.engine.speaking.synthesis.session import SynthesizerSession
from voicebot.engine.speaking.synthesis.streamed_synthesis import StreamedSynthesis
from voicebot.engine.speaking.synthesis.synthesis_queue import SynthesisQueue

Synthesis: TypeAlias = SynthesisQueue | StreamedSynthesis


def open_synthesis(
    session: SynthesizerSession, language: str, tasks: asyncio.TaskGroup, first_audio: Callable[[], None]
) -> Synthesis:
    """Return a synthesis for one reply.

    Args:
        language: BCP 47 tag of its text.
        tasks: the reply's.
        first_audio: called when the first audio comes that is not played at once.
    """
    stream = session.stream(language)
    if stream is None:
        return SynthesisQueue(session, language, tasks, first_audio)
    return StreamedSynthesis(session, stream, tasks, first_audio)
