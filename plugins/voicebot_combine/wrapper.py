"""What the wrappers of chat models, and those of synthesizers, have in common."""

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
from voicebot_combine.children import Child, close_all, make_children, start_all
from voicebot_combine.stray_cancellation import without_stray_cancellation

OptionsT = TypeVar("OptionsT", bound=Options)


class ChatModelWrapper(ChatModel[OptionsT]):
    """A chat model that wraps others. It has the phrases of all, and acts if one of them does."""

    def __init__(self, options: OptionsT, children: Iterable[Child[ChatModel[Any]]]) -> None:
        super().__init__(options)
        self.children = list(children)
        self.acts = any(child.provider.acts for child in self.children)

    @property
    def phrases(self) -> Sequence[str]:
        """The phrases that any of the chat models knows how to answer."""
        return tuple(dict.fromkeys(phrase for child in self.children for phrase in child.provider.phrases))

    async def start(self) -> None:
        """Start all chat models."""
        await start_all(self.children)

    async def aclose(self) -> None:
        """Close all chat models."""
        await close_all(self.children)

    def reply_of(self, child: Child[ChatModel[Any]], request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """Stream the reply of one chat model."""
        return without_stray_cancellation(child.provider.reply(request))


class SynthesizerWrapper(Synthesizer[OptionsT]):
    """A synthesizer that wraps others; all audio is converted to the format of the first.

    It does not stream text: text that is still being written can neither be sent twice nor cached.
    """

    def __init__(self, options: OptionsT, children: Iterable[Child[Synthesizer[Any]]]) -> None:
        super().__init__(options)
        self.children = list(children)

    async def start(self) -> None:
        """Start all synthesizers."""
        await start_all(self.children)
        self.output_format = self.children[0].provider.output_format

    async def aclose(self) -> None:
        """Close all synthesizers."""
        await close_all(self.children)

    async def voices(self) -> Sequence[VoiceDescription]:
        """Return the voices of the first synthesizer that has started."""
        child = next((child for child in self.children if not child.start_error), self.children[0])
        return await child.provider.voices()

    def speech_by(
        self, child: Child[Synthesizer[Any]], utterance: Utterance
    ) -> AsyncGenerator[SynthesisEvent, None]:
        """Stream the speech of one synthesizer, in our output format."""
        if not hasattr(self, "output_format"):
            raise ProviderError("the synthesizer is not started")
        events = without_stray_cancellation(child.provider.synthesize(utterance))
        source = child.provider.output_format
        return events if source == self.output_format else _resampled(events, source, self.output_format)


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


def children_of(*choices: Choice[Any] | None) -> list[Child[Any]]:
    """Make the children of a wrapper, without those that are not configured."""
    return make_children(choice for choice in choices if choice is not None)
