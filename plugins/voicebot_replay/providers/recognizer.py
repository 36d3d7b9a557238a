"""A recogniser that understands what was understood then."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from copy import copy
from dataclasses import dataclass
from typing import Self

from voicebot import (
    AudioFormat,
    ConversationDetail,
    ConversationEvent,
    FinalTranscript,
    Hints,
    ListeningStarted,
    Options,
    PartialTranscript,
    ProviderAnswered,
    ProviderAsked,
    ProviderGiven,
    Recognition,
    RecognitionEvent,
    Recognizer,
)
from voicebot_replay.exchanges import MARGIN
from voicebot_replay.providers.clock import ReplayClock
from voicebot_replay.providers.segments import segments, silences, speech_starts
from voicebot_replay.providers.transcript import GivenFinal, ReplayedTranscript
from voicebot_replay.providers.unrecorded import Unrecorded

_TINY = 1e-9


class ReplayedRecognizer(Recognizer[Options]):
    """Gives the transcripts of a recording at the times at which they came.

    If the recorded one gave finals when the engine asked for them, so does this; see `transcript`. Otherwise
    all of its answers come when they came then. If the config was changed, that is told for each session.

    Args:
        events: all of the recording.
        audio: the format of the user's sound.
    """

    def __init__(
        self,
        events: Sequence[ConversationEvent | ConversationDetail],
        audio: AudioFormat,
        clock: ReplayClock,
        unrecorded: Unrecorded,
    ) -> None:
        super().__init__(Options())
        self.input_format = audio
        self.clock, self.unrecorded = clock, unrecorded
        answers = (each for each in events if isinstance(each, ProviderAnswered))
        of_kind = (each for each in answers if each.kind == "recognizer")
        self.answers = deque(sorted(of_kind, key=lambda each: each.at))
        """Those that were not given yet; partials that are not wanted are dropped when they are due."""
        self.segments = segments(events)
        self.transcript = ReplayedTranscript(self.segments, speech_starts(events), silences(events))
        self._sessions = _sessions(events)
        self._opened = next((each.at for each in events if isinstance(each, ListeningStarted)), 0.0)

    def another(self) -> Self:
        """Return the same in place of another recogniser, which continues with what was not given yet."""
        return copy(self)

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        """Open a session, the first one when it opened then."""
        await self.clock.until(self._opened)
        at = self.clock.now()
        if self._answers_commits(at):
            self.transcript.skip(at)
            yield _AnsweringCommits(self)
        else:
            yield _ReplayedRecognition(self)

    def _answers_commits(self, at: float) -> bool:
        """Return whether the session of that second gave finals when asked; if that is unknown, any one."""
        begun = [each for each in self._sessions if each.at <= at + MARGIN]
        known = begun[-1].answers_commits if begun else None
        return any(each.answers_commits for each in self._sessions) if known is None else known


@dataclass(slots=True)
class _Session:
    """A recorded session; `answers_commits` is None if it gave no finals and was not asked for any."""

    at: float
    answers_commits: bool | None = None


def _sessions(events: Iterable[ConversationEvent | ConversationDetail]) -> list[_Session]:
    found: dict[int, _Session] = {}
    for event in events:
        match event:
            case ProviderAsked(kind="recognizer"):
                found[event.request] = _Session(event.at)
            case ProviderGiven(control="commit") if event.request in found:
                found[event.request].answers_commits = True
            case ProviderAnswered(answer=FinalTranscript()) if event.request in found:
                session = found[event.request]
                session.answers_commits = session.answers_commits or False
            case _:
                pass
    return list(found.values())


class _ReplayedRecognition(Recognition):
    """Gives all answers when they came, but none to sound that it was not given."""

    def __init__(self, recognizer: ReplayedRecognizer) -> None:
        self._recognizer = recognizer
        self._transcript, self._clock = recognizer.transcript, recognizer.clock
        self._changed = asyncio.Event()
        self._finished = False

    async def write(self, audio: bytes) -> None:
        """Take sound."""
        self._transcript.heard(self._clock.now())

    async def finish(self) -> None:
        """Give what is left, then end."""
        self._finished = True
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while True:
            self._changed.clear()
            due = self._next_due()
            if due is None and self._finished:
                return
            if due is None or due - self._clock.now() > _TINY:
                with suppress(TimeoutError):
                    async with asyncio.timeout(None if due is None else due - self._clock.now()):
                        await self._changed.wait()
                continue
            if (event := self._take()) is not None:
                yield event

    def _next_due(self) -> float | None:
        """Return when the next answer is due; None if there is none."""
        answers = self._recognizer.answers
        return answers[0].at if answers else None

    def _take(self) -> RecognitionEvent | None:
        """Return the answer that is due; None if nothing is said."""
        answered = self._recognizer.answers.popleft()
        return self._given(answered.answer, answered.at)  # type: ignore[arg-type]  # a recogniser's

    def _given(self, answer: RecognitionEvent, at: float) -> RecognitionEvent | None:
        return answer


class _AnsweringCommits(_ReplayedRecognition):
    """Gives partials when they came, and finals when it is asked for them."""

    def __init__(self, recognizer: ReplayedRecognizer) -> None:
        super().__init__(recognizer)
        self._finals: deque[tuple[float, GivenFinal]] = deque()
        self._numbers = {
            partial.at: number
            for number, segment in enumerate(recognizer.segments)
            for partial in segment.partials
        }

    async def commit(self) -> None:
        """Give the final transcript of what was said, after its delay."""
        final = self._transcript.final(self._clock.now())
        if not final.is_recorded:
            self._recognizer.unrecorded.add("recognizer")
        if final.delay is not None:
            self._put(final, final.delay)

    async def finish(self) -> None:
        """Give the words that are left, then end."""
        if rest := self._transcript.rest():
            self._put(GivenFinal(-1, rest, None, 0.0, is_recorded=False), 0.0)
        self._recognizer.answers.clear()
        await super().finish()

    def _put(self, final: GivenFinal, delay: float) -> None:
        due = self._clock.now() + delay
        if self._finals:
            due = max(due, self._finals[-1][0])  # they come in the order in which they were asked for
        self._finals.append((due, final))
        self._changed.set()

    def _next_due(self) -> float | None:
        dues = [each for each in (super()._next_due(), self._final_due()) if each is not None]
        return min(dues, default=None)

    def _final_due(self) -> float | None:
        return self._finals[0][0] if self._finals else None

    def _take(self) -> RecognitionEvent | None:
        recorded, due = super()._next_due(), self._final_due()
        if due is not None and (recorded is None or due <= recorded):
            _, final = self._finals.popleft()
            self._transcript.came(final)
            return FinalTranscript(" ".join(final.words), final.language)
        return super()._take()

    def _given(self, answer: RecognitionEvent, at: float) -> RecognitionEvent | None:
        if isinstance(answer, FinalTranscript):
            return None
        if not isinstance(answer, PartialTranscript):
            return answer
        words = self._transcript.partial(self._numbers.get(at, 0), answer.text.split())
        return PartialTranscript(" ".join(words)) if words else None
