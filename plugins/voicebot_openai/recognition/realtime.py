"""Recognition in real time: sound goes to the service while the user speaks, and commits become items."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from voicebot import ProviderError, Recognition, RecognitionEvent
from voicebot_openai.errors.causes import Cause
from voicebot_openai.errors.failures import failure
from voicebot_openai.errors.speech_remedies import SPEECH_REMEDIES
from voicebot_openai.recognition.items import Items, Kind
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.session import REALTIME_FORMAT, Session
from voicebot_openai.recognition.sound import SHORTEST, LeadingSilence, blocks
from voicebot_openai.recognition.websocket_errors import event_failure

_LONGEST_ITEM = 60.0
"""Seconds of sound after which long speech is committed in pieces, at a quiet moment if there is one soon."""
_LONGEST_WAIT = 15.0
"""Seconds to wait for that moment."""
_QUIET = 0.1
"""Share of the loudest sound of an item below which a block is quiet."""
_TRANSCRIPT = "conversation.item.input_audio_transcription."
_TOO_SHORT = "input_audio_buffer_commit_empty"


class RealtimeRecognition(Recognition):
    """Answers every commit with one final, and fails when the service does not."""

    def __init__(self, session: Session, options: OpenAIRecognizerOptions) -> None:
        import numpy

        self._numpy: Any = numpy
        self._session = session
        self._options = options
        self._items = Items()
        self._silence = LeadingSilence(REALTIME_FORMAT)
        self._sent = 0
        """Bytes of sound since the last commit that was sent."""
        self._loudest = 0
        self._events: deque[RecognitionEvent] = deque()
        self._finished = False
        self._receiving: asyncio.Timeout | None = None
        self._waiting_since = 0.0

    async def write(self, audio: bytes) -> None:
        """Send sound, but not the silence before it."""
        for block in blocks(audio, REALTIME_FORMAT):
            if passed := self._silence.write(block):
                await self._session.send_sound(passed)
                self._sent += len(passed)
                await self._settle_long_speech(passed)
            else:
                await asyncio.sleep(0)

    async def commit(self) -> None:
        """Ask for the transcript of what was sent since the last commit, if that is enough."""
        if self._has_enough:
            await self._send_commit(Kind.COMMIT)
        else:
            self._items.committed(Kind.EMPTY)
            self._wake()

    async def finish(self) -> None:
        """Ask for the transcript of the rest; the iteration ends after that."""
        if self._finished:
            return
        if self._has_enough or self._items.has_pieces:
            await self.commit()
        self._finished = True
        self._wake()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Yield partial transcripts and finals.

        Raises:
            ProviderError: the service fails, or does not answer a commit within `timeout`.
        """
        while True:
            self._events += self._items.answers()
            while self._events:
                yield self._events.popleft()
            if self._items.ready:
                continue
            if self._finished and not self._items.waiting:
                return
            if (event := await self._receive()) is not None:
                self._handle(event)

    @property
    def _has_enough(self) -> bool:
        return self._silence.open and self._sent >= REALTIME_FORMAT.bytes_in(SHORTEST)

    async def _send_commit(self, kind: Kind) -> None:
        self._sent = self._loudest = 0
        self._silence.reset()
        if not self._items.waiting:
            self._waiting_since = asyncio.get_running_loop().time()
        self._items.committed(kind)
        await self._session.send("input_audio_buffer.commit")
        self._wake()

    async def _settle_long_speech(self, audio: bytes) -> None:
        """Commit a piece of long speech: the service may limit how much an item holds."""
        samples = self._numpy.frombuffer(audio[-len(audio) // 4 * 2 :], dtype="<i2").astype("<i4")
        loudness = int(abs(samples).max())  # of the end, where the piece would be cut
        self._loudest = max(self._loudest, loudness)
        seconds = REALTIME_FORMAT.seconds_in(self._sent)
        if seconds < _LONGEST_ITEM:
            return
        if loudness <= self._loudest * _QUIET or seconds >= _LONGEST_ITEM + _LONGEST_WAIT:
            await self._send_commit(Kind.PIECE)

    async def _receive(self) -> dict[str, Any] | None:
        """Return the next event of the service; None if something else has happened."""
        deadline = self._waiting_since + self._options.timeout if self._items.waiting else None
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(deadline) as self._receiving:
                return await self._session.receive()
        except TimeoutError:
            if self._items.waiting and loop.time() >= self._waiting_since + self._options.timeout:
                raise self._silent() from None
            return None
        finally:
            self._receiving = None

    def _silent(self) -> ProviderError:
        remedy = SPEECH_REMEDIES[Cause.SILENT]
        return failure(self._options, remedy.text.format(o=self._options), retryable=True)

    def _wake(self) -> None:
        """Have the iteration look at what has changed, although the service has sent nothing."""
        receiving, self._receiving = self._receiving, None
        if receiving is not None and not receiving.expired():
            receiving.reschedule(asyncio.get_running_loop().time())

    def _handle(self, event: dict[str, Any]) -> None:
        item_id = str(event.get("item_id") or "")
        awaited = self._items.waits_for(item_id)
        match event.get("type"):
            case "input_audio_buffer.committed":
                self._items.confirmed(item_id)
            case str(kind) if kind == _TRANSCRIPT + "delta":
                partial = self._items.delta(item_id, str(event.get("delta") or ""))
                if partial is not None:
                    self._events.append(partial)
            case str(kind) if kind == _TRANSCRIPT + "completed":
                text, languages = str(event.get("transcript") or ""), event.get("languages")
                self._items.completed(item_id, text, _first_code(languages))
            case str(kind) if kind == _TRANSCRIPT + "failed":
                raise event_failure(event.get("error"), self._options, self._session.url)
            case "error":
                self._handle_error(event.get("error"))
        if awaited or self._items.waits_for(item_id):  # not the words of an item that comes later
            self._waiting_since = asyncio.get_running_loop().time()

    def _handle_error(self, error: Any) -> None:
        details = error if isinstance(error, dict) else {}
        too_short = details.get("code") == _TOO_SHORT
        if not too_short or not self._items.refused():
            raise event_failure(error, self._options, self._session.url)


def _first_code(languages: object) -> str | None:
    match languages:
        case [{"code": str(code)}, *_]:
            return code or None
        case _:
            return None
