"""What a recogniser understood in a recording: segments of speech, and when their transcripts came."""

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
    UserSpeechStopped,
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
    reader = _Reader()
    for event in sorted((each for each in events if _belongs(each)), key=lambda each: each.at):
        reader.read(event)
    return reader.found


class _Reader:
    """Reads what a recogniser was asked and answered, in order of time."""

    def __init__(self) -> None:
        self.found: list[Segment] = []
        self._current: Segment | None = None
        self._committed: deque[Segment] = deque()
        """Those whose final was asked for, and is still on its way."""
        self._began = 0.0
        self._has_speech = False

    def read(self, event: ConversationEvent | ConversationDetail) -> None:
        """Read the next event."""
        match event:
            case UserSpeechStarted(at):
                self._began, self._has_speech = at, True
            case ProviderAsked(at) if not self._has_speech:
                self._began = at
            case ProviderGiven(at, control="commit"):
                self._open().committed = at
                self._committed.append(self._open())
                self._current = None
            case ProviderAnswered(at, answer=PartialTranscript(text)):
                self._partial(Partial(at, text.split()))
            case ProviderAnswered(at, answer=FinalTranscript(text, language)):
                if self._committed or self._current is not None or text:  # else the end of a session
                    ended = self._committed.popleft() if self._committed else self._open()
                    self._current = None if ended is self._current else self._current
                    ended.final_at, ended.words, ended.language = at, text.split(), language
            case _:
                pass

    def _open(self) -> Segment:
        """Return the segment that goes on, or a new one."""
        if self._current is None:
            self._current = Segment(self._began)
            self.found.append(self._current)
        return self._current

    def _partial(self, partial: Partial) -> None:
        last = self._committed[-1] if self._committed else None
        is_of_last = last is not None and self._began <= (last.committed or 0.0)
        (last if last is not None and is_of_last else self._open()).partials.append(partial)


def speech_starts(events: Iterable[ConversationEvent | ConversationDetail]) -> list[float]:
    """Return when the user began to speak, each time."""
    return sorted(event.at for event in events if isinstance(event, UserSpeechStarted))


def silences(events: Iterable[ConversationEvent | ConversationDetail]) -> list[float]:
    """Return since when the user was silent, each time."""
    return sorted(event.silent_since for event in events if isinstance(event, UserSpeechStopped))


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
