"""Checks of sessions: silent ones, empty ones, many at once, and ones whose events are not read."""

from __future__ import annotations

import asyncio
from typing import Any

from voicebot.audio import BYTES_PER_SAMPLE
from voicebot.interfaces import Recognizer
from voicebot.testing.contract.check import check
from voicebot.testing.contract.failures import expect
from voicebot.testing.contract.measurements import memory
from voicebot.testing.contract.recognizer.contract_members import ContractMembers
from voicebot.testing.contract.recognizer.session_io import write
from voicebot.testing.contract.samples.recordings import error_rate, words_of

_AT_ONCE = 20
_SILENCE = 3.0
_UNREAD = 600.0
"""Seconds of silence that are written while no events are read."""
_LATER = 0.1


class SessionChecks(ContractMembers):
    """What a recogniser must do in its sessions."""

    @check
    async def test_silence_has_no_words(self) -> None:
        """Silence yields no words, and `finish` ends the iteration."""
        async with self._started() as provider:
            silence = bytes(provider.input_format.bytes_in(_SILENCE))
            text = await self._recognized(provider, silence)
            expect(not words_of(text), "no words in silence", repr(text))

    @check
    async def test_a_session_without_sound_ends_without_words(self) -> None:
        """A session that is finished at once ends without words; closing one at once does no harm."""
        async with self._started() as provider:
            async with provider.listen(self.hints):
                pass
            text = await self._recognized(provider, b"")
            expect(not words_of(text), "no words without sound", repr(text))

    @check
    async def test_twenty_sessions_at_once_are_kept_apart(self) -> None:
        """Of twenty sessions at once, half of them silent, each recognises only its own sound."""
        async with self._started() as provider:
            clip = self._clip(provider)
            # a little more than a frame, so that something is left over whatever its block size
            frames: tuple[int, ...] = (self._frame(provider) + BYTES_PER_SAMPLE,)
            usual, alone = (
                await self._recognized(provider, clip),
                await self._recognized(provider, clip, frames),
            )
            if error_rate(usual, alone) > self.word_error_rate:  # another check reports that
                frames, alone = (), usual
            async with asyncio.TaskGroup() as tasks:
                sessions = [
                    tasks.create_task(
                        self._recognized(
                            provider, self._session_sound(provider, clip, number), frames, together=True
                        ),
                        name=f"contract: session {number}",
                    )
                    for number in range(_AT_ONCE)
                ]
            for number, task in enumerate(sessions):
                if number % 2:
                    expect(not words_of(task.result()), "no words in a silent session", repr(task.result()))
                else:
                    self._expect_words(task.result(), alone)

    @check
    async def test_unread_events_do_not_fill_the_memory(self) -> None:
        """A recogniser holds at most 4 MB of ten minutes of silence written at once."""
        with memory.traced():
            async with self._started() as provider:
                await self._use(provider)
                async with provider.listen(self.hints) as recognition:
                    before = memory.traced_bytes()
                    second = bytes(provider.input_format.bytes_in(1.0))
                    silence = (second for _ in range(int(_UNREAD)))
                    writing = asyncio.create_task(
                        write(recognition, silence, finish=False), name="contract: sound"
                    )
                    try:
                        await memory.ensure_bounded(before, "events that nobody consumes")
                    finally:
                        writing.cancel()
                        await asyncio.wait({writing})
                await self._use(provider)

    def _session_sound(self, provider: Recognizer[Any], clip: bytes, number: int) -> bytes:
        """Return the sound of one session of several: silence, or the clip after a delay of its own."""
        before = bytes(provider.input_format.bytes_in(_LATER * (number // 2 % 5)))
        return before + (bytes(len(clip)) if number % 2 else clip)
