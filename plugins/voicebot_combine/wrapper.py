"""What all share that stand on chat models, or on synthesizers: they start, close and speak for them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from voicebot import (
    AudioChunk,
    AudioFormat,
    ChatEvent,
    ChatModel,
    ChatRequest,
    Choice,
    Options,
    ProviderError,
    Resampler,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    VoiceDescription,
)
from voicebot_combine import children
from voicebot_combine.children import Part
from voicebot_combine.stray_cancellation import without_leaks

OptionsT = TypeVar("OptionsT", bound=Options)


class AroundChatModels(ChatModel[OptionsT]):
    """A chat model that stands on others; the recogniser is told the phrases of all. It acts if one does."""

    def __init__(self, options: OptionsT, choices: Iterable[Choice[ChatModel[Any]]]) -> None:
        super().__init__(options)
        self.parts = children.make(choices)
        self.acts = self.any_acts()

    def any_acts(self) -> bool:
        """Return whether one of them changes things in the world."""
        return any(part.provider.acts for part in self.parts)

    @property
    def phrases(self) -> Sequence[str]:
        """The phrases that any of them knows how to answer."""
        return tuple(dict.fromkeys(phrase for part in self.parts for phrase in part.provider.phrases))

    async def start(self) -> None:
        """Start all."""
        await children.start_each(self.parts)

    async def aclose(self) -> None:
        """Close all."""
        await children.close(self.parts)

    def answer(self, part: Part[ChatModel[Any]], request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream what one of them replies."""
        return without_leaks(part.provider.reply(request))


class AroundSynthesizers(Synthesizer[OptionsT]):
    """A synthesizer that stands on others; what they say comes in the format of the first.

    Sentences are handed over whole: text that is being written cannot be asked for twice, or kept.
    """

    def __init__(self, options: OptionsT, choices: Iterable[Choice[Synthesizer[Any]]]) -> None:
        super().__init__(options)
        self.parts = children.make(choices)

    async def start(self) -> None:
        """Start all."""
        await children.start_each(self.parts)
        self.output_format = self.parts[0].provider.output_format

    async def aclose(self) -> None:
        """Close all."""
        await children.close(self.parts)

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices of the first that is at work."""
        part = next((part for part in self.parts if not part.broken), self.parts[0])
        return await part.provider.voices()

    def speech(
        self, part: Part[Synthesizer[Any]], utterance: Utterance
    ) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream what one of them says, in our format."""
        if not hasattr(self, "output_format"):
            raise ProviderError("the voice is not started")
        events = without_leaks(part.provider.synthesize(utterance))
        theirs = part.provider.output_format
        return events if theirs == self.output_format else _resampled(events, theirs, self.output_format)


async def _resampled(
    events: AsyncGenerator[SynthesisEvent, None], source: AudioFormat, target: AudioFormat
) -> AsyncGenerator[SynthesisEvent, None]:
    resampler = Resampler(source, target)
    async with aclosing(events):
        async for event in events:
            if not isinstance(event, AudioChunk):
                yield event
                continue
            if converted := resampler.write(event.audio):
                yield AudioChunk(converted)
    if rest := resampler.flush():
        yield AudioChunk(rest)
