"""What the replies of a conversation are made with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from voicebot.engine.clock import Clock
from voicebot.engine.filters import Named, ReplyFilter
from voicebot.engine.speaking.playback.speaker import Speaker
from voicebot.engine.speaking.safe_line import SafeLine
from voicebot.engine.speaking.synthesis.streamed_synthesis import StreamedSynthesis
from voicebot.engine.speaking.synthesis.synthesis_queue import SynthesisQueue
from voicebot.engine.speaking.units.speaking_rate import SpeakingRate
from voicebot.events import ConversationEvent, ProviderNoticed
from voicebot.interfaces import AudioStream, ChatModel, Synthesizer
from voicebot.messages import StreamedUtterance
from voicebot.options import Options

Synthesis: TypeAlias = SynthesisQueue | StreamedSynthesis


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """The providers and settings of all replies; timeouts in seconds."""

    chat: ChatModel[Options]
    synthesizer: Synthesizer[Options]
    stream: AudioStream
    speaker: Speaker
    clock: Clock
    publish: Callable[[ConversationEvent], None]
    safe_line: SafeLine
    unspeakable_line: str
    language: str
    conversation: str
    short_first: bool
    chat_timeout: float
    speech_timeout: float
    filters: tuple[Named[ReplyFilter], ...] = ()
    pace: SpeakingRate = field(default_factory=SpeakingRate)
    told: set[tuple[str, str]] = field(default_factory=set)
    """What `noticed_once` has told."""

    def voice(self, tasks: asyncio.TaskGroup, first_byte: Callable[[], None]) -> Synthesis:
        """Return a voice for one reply: one that takes text while it is written if the synthesizer can."""
        session = self.synthesizer.stream(StreamedUtterance(self.language, self.conversation))
        if session is None:
            return SynthesisQueue(
                self.synthesizer,
                tasks,
                timeout=self.speech_timeout,
                language=self.language,
                conversation=self.conversation,
                first_byte=first_byte,
                noticed=partial(self.noticed, "synthesizer"),
            )
        return StreamedSynthesis(
            session,
            tasks,
            sound=self.synthesizer.output_format,
            timeout=self.speech_timeout,
            pace=self.pace,
            first_byte=first_byte,
            noticed=partial(self.noticed, "synthesizer"),
        )

    def noticed(self, kind: str, message: str) -> None:
        """Tell observers what a provider says that they should know."""
        self.publish(ProviderNoticed(self.clock.now(), kind, message))

    def noticed_once(self, kind: str, message: str) -> None:
        """Tell observers something that would be the same with every reply."""
        if (kind, message) not in self.told:
            self.told.add((kind, message))
            self.noticed(kind, message)
