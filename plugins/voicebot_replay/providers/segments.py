"""What a recogniser understood in a recording: segments of speech with their transcripts, and when they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from voicebot import (
    ConversationDetail,
    ConversationEvent,
    FinalTranscript,
    PartialTranscript,
    ProviderAnswered,
    ProviderAsked,
    ProviderGiven,
    UserSpeechStarted,
)


@dataclass(slots=True)
class Partial:
    """A partial transcript, which came `at` that second."""

    at: float
    words: list[str]


@dataclass(slots=True)
class Segment:
    """The speech up to one final transcript.

    `begins` is when the user began to speak. `committed` is when the engine asked for the final, None if it
    did not. `final_at` is None if the final never came.
    """

    begins: float
    partials: list[Partial] = field(default_factory=list)
    committed: float | None = None
    final_at: float | None = None
    words: list[str] = field(default_factory=list)
    language: str | None = None

    @property
    def all_words(self) -> list[str]:
        """The words of the final, or else of the last partial."""
        return self.words if self.final_at is not None or not self.partials else self.partials[-1].words

    def words_at(self, at: float) -> list[str]:
        """Return the words that were known by then."""
        if self.final_at is not None and self.final_at <= at:
            return self.words
        return next((each.words for each in reversed(self.partials) if each.at <= at), [])


def segments(events: Iterable[ConversationEvent | ConversationDetail]) -> list[Segment]:
    """Return the segments of a recording, in order of time."""
    kept = [each for each in events if _belongs(each)]
    kept.sort(key=lambda each: each.at)
    found: list[Segment] = []
    current: Segment | None = None
    waiting: deque[Segment] = deque()
    began = 0.0
    spoke = False
    for event in kept:
        match event:
            case UserSpeechStarted(at):
                began, spoke = at, True
            case ProviderAsked(at):
                began = at if not spoke else began
            case ProviderGiven(at, control="commit"):
                if current is None:
                    current = Segment(began)
                    found.append(current)
                current.committed = at
                waiting.append(current)
                current = None
            case ProviderAnswered(at, answer=PartialTranscript(text)):
                if waiting and began <= (waiting[-1].committed or 0.0):
                    waiting[-1].partials.append(Partial(at, text.split()))  # the final is still on its way
                    continue
                if current is None:
                    current = Segment(began)
                    found.append(current)
                current.partials.append(Partial(at, text.split()))
            case ProviderAnswered(at, answer=FinalTranscript(text, language)):
                if waiting:
                    ended = waiting.popleft()
                elif current is None and not text:
                    continue  # the end of a session in which nothing was left
                else:
                    ended = current or Segment(began)
                    if current is None:
                        found.append(ended)
                    current = None
                ended.final_at, ended.words, ended.language = at, text.split(), language
            case _:
                pass
    return found


def speech_starts(events: Iterable[ConversationEvent | ConversationDetail]) -> list[float]:
    """Return when the user began to speak, each time."""
    return sorted(event.at for event in events if isinstance(event, UserSpeechStarted))


def commit_delays(found: Sequence[Segment]) -> list[float]:
    """Return how long the finals took that the engine asked for."""
    return [
        each.final_at - each.committed
        for each in found
        if each.final_at is not None and each.committed is not None
    ]


def _belongs(event: ConversationEvent | ConversationDetail) -> bool:
    if isinstance(event, ProviderAsked | ProviderGiven | ProviderAnswered):
        return event.kind == "recognizer"
    return isinstance(event, UserSpeechStarted)
