"""Checks of final transcripts: one for each commit, and none of its words reported again."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import AsyncIterator, Sequence
from typing import Any

from voicebot.interfaces import Recognition, Recognizer
from voicebot.messages import FinalTranscript, PartialTranscript, RecognitionEvent
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import Unmet, expect, ungrouped
from voicebot.testing.contract.recognizer.contract_members import ContractMembers
from voicebot.testing.contract.recognizer.session_io import checked_events, write
from voicebot.testing.contract.samples.recordings import error_rate, pieces, words_of

_FINAL_TIMEOUTS = (5.0, 20.0)
"""Seconds without an event within which a final must come; the second value is for slow machines."""
_AFTERWARDS = 1.0


class _Session:
    """Writes sound and commits in one session, and keeps all its events."""

    def __init__(self, recognition: Recognition, timeout: float) -> None:
        self.events: list[RecognitionEvent] = []
        self.unanswered: int | None = None
        """The number of the first commit that no final answered in time."""
        self._recognition = recognition
        self._timeout = timeout
        self._arrived: asyncio.Queue[RecognitionEvent | None] = asyncio.Queue()
        self._commits = 0

    @property
    def finals(self) -> list[str]:
        """The texts of the final transcripts so far."""
        return [event.text for event in self.events if isinstance(event, FinalTranscript)]

    async def listen(self, events: AsyncIterator[RecognitionEvent]) -> None:
        """Collect events until the session ends."""
        async for event in events:
            self.events.append(event)
            self._arrived.put_nowait(event)
        self._arrived.put_nowait(None)

    async def say(self, sound: bytes, frame: int) -> None:
        """Write sound."""
        await write(self._recognition, pieces(sound, (frame,)), finish=False)

    async def commit(self) -> bool:
        """Commit; return whether a final came before the timeout."""
        self._commits += 1
        await self._recognition.commit()
        try:
            while (event := await self._next()) is not None:
                if isinstance(event, FinalTranscript):
                    return True
        except TimeoutError:
            self.unanswered = self._commits
            return False
        raise Unmet(f"a final for commit {self._commits}", f"none: the session ended after {self.finals}")

    async def finish(self) -> None:
        """Finish, and wait for the session to end."""
        await self._recognition.finish()
        if self.unanswered is None:
            return
        try:
            while await self._next() is not None:
                pass
        except TimeoutError:
            seen = f"none in {self._timeout:g} s, and no end of the session after `finish`"
            raise Unmet(f"a final for commit {self.unanswered}", seen) from None

    async def _next(self) -> RecognitionEvent | None:
        async with asyncio.timeout(self._timeout):
            return await self._arrived.get()


class CommitChecks(ContractMembers):
    """What a recogniser must do with commits."""

    @check
    async def test_each_commit_is_answered_by_one_final(self) -> None:
        """Each `commit` is answered by exactly one `FinalTranscript`, an empty one if nothing was said."""
        async with self._started() as provider:
            audio = self._clip(provider)
            for timeout in self._timeouts():
                session = await self._committed(provider, (audio, b"", audio), timeout)
                number, finals = session.unanswered, session.finals
                if number is None:
                    break
                if len(finals) < number:
                    seen = f"none until the session ended, with the finals {finals}"
                    raise Unmet(f"a final for commit {number}", seen)
            else:
                raise Unmet(
                    f"a final for commit {number}", f"none in {timeout:g} s, until `finish`: {finals}"
                )
            expect(len(finals) in (3, 4), "3 finals for 3 commits, and perhaps one for `finish`", finals)
            for number, final in enumerate(finals):
                said = self.words if number in (0, 2) else ""
                expect(
                    error_rate(said, final) <= self.word_error_rate if said else not words_of(final),
                    f"{said!r} as final number {number + 1}, for what was written before that commit",
                    repr(final),
                )

    @check
    async def test_final_words_are_not_reported_again(self) -> None:
        """After a `FinalTranscript`, no `PartialTranscript` repeats its words."""
        async with self._started() as provider:
            audio = self._clip(provider)
            silence = bytes(provider.input_format.bytes_in(_AFTERWARDS))
            timeout = self._timeouts()[0]
            try:
                session = await self._committed(provider, (audio,), timeout, silence)
            except unittest.SkipTest:  # it finds the ends of speech by itself
                session = await self._committed(provider, (), timeout, audio + silence)
            for partial, final in _repeated(session.events):
                raise Unmet(
                    "no partial transcript of words that are final",
                    f"{partial!r} after the final {final!r}",
                )

    def _timeouts(self) -> tuple[float, float]:
        soon, late = _FINAL_TIMEOUTS
        return min(soon, self.time_limit / 6), min(late, self.time_limit / 3)

    async def _committed(
        self, provider: Recognizer[Any], said: Sequence[bytes], timeout: float, afterwards: bytes = b""
    ) -> _Session:
        """Write sounds and commit after each, write some more, and finish; stop at an unanswered commit."""
        frame = self._frame(provider)
        with ungrouped():
            async with provider.listen(self.hints) as recognition:
                if said and type(recognition).commit is Recognition.commit:
                    raise unittest.SkipTest("it finds the ends of speech by itself (`commit` does nothing)")
                session = _Session(recognition, timeout)

                async def speak() -> None:
                    for sound in said:
                        await session.say(sound, frame)
                        if not await session.commit():
                            break
                    else:
                        await session.say(afterwards, frame)
                    await session.finish()

                async with asyncio.TaskGroup() as tasks, checked_events(recognition) as events:
                    tasks.create_task(speak(), name="contract: sound")
                    await session.listen(events)
        return session


def _repeated(events: Sequence[RecognitionEvent]) -> list[tuple[str, str]]:
    """Return the partials that repeat the final before them and are not part of the next final."""
    found = []
    final, pending = "", list[str]()
    for event in [*events, FinalTranscript("")]:
        if isinstance(event, PartialTranscript) and _is_part(event.text, final):
            pending.append(event.text)
        elif isinstance(event, FinalTranscript):
            if not words_of(event.text):
                found += [(partial, final) for partial in pending]
            else:
                final = event.text
            pending.clear()
    return found


def _is_part(text: str, whole: str) -> bool:
    """Return whether another text contains the words of a text in a row."""
    wanted, words = words_of(text), words_of(whole)
    return bool(wanted) and any(
        words[first : first + len(wanted)] == wanted for first in range(len(words) - len(wanted) + 1)
    )
