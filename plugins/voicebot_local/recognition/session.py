"""One session of the recogniser: sound goes in, and whoever iterates has it decoded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence

from voicebot import FinalTranscript, PartialTranscript, Recognition, RecognitionEvent
from voicebot_local.recognition.decoder import Decoder
from voicebot_local.recognition.segment import Partial, Segment
from voicebot_local.recognition.text import languages
from voicebot_local.recognition.voice_activity import CHUNK, SpeechDetector
from voicebot_local.recognition.whisper_model import BYTES_PER_SECOND, Decoded, Sound

_INTERVAL = 0.5
"""Seconds of new sound between partial transcripts."""
_REST = 2.0
"""How many times as long as a decoding took the machine has for other things before the next partial."""
_MOST_WAITING = 60.0
"""Seconds of sound."""
_CHUNKS_AT_ONCE = 16
"""Chunks that are judged before other tasks run, in some milliseconds."""


class WhisperRecognition(Recognition):
    """Keeps the sound that is not decoded, by segments that end with a commit.

    Decoding is part of the iteration, so it needs no task and is cancelled with it. What is asked for first
    is a final; a partial transcript is decoded only if the decoder has nothing else to do.

    Args:
        tags: the languages that may be spoken, as BCP 47 tags, with Whisper's codes in `codes`.
        prompt: a text that may be said.
    """

    def __init__(
        self,
        decoder: Decoder,
        detector: SpeechDetector,
        tags: Sequence[str],
        codes: Sequence[str],
        prompt: str,
    ) -> None:
        self._decoder, self._detector = decoder, detector
        self._tags, self._codes, self._prompt = tuple(tags), tuple(codes), prompt
        self._unchunked = bytearray()
        self._segments = deque([Segment()])
        self._finished = self._closed = False
        self._changed, self._decoded = asyncio.Event(), asyncio.Event()

    async def write(self, audio: bytes) -> None:
        """Keep the speech of the next sound; wait while a minute of it is not decoded."""
        if self._finished:
            return
        self._unchunked += audio
        judged = 0
        while len(self._unchunked) >= CHUNK and not self._finished:
            self._hear_next()
            judged += 1
            if judged % _CHUNKS_AT_ONCE == 0:
                await asyncio.sleep(0)
            while self.waiting > _MOST_WAITING and not self._finished:
                self._decoded.clear()
                await self._decoded.wait()

    async def commit(self) -> None:
        """Ask for one final of what was written."""
        self._end()

    async def finish(self) -> None:
        """Ask for a final of the rest, after which the iteration ends."""
        if not self._finished:
            self._segments[-1].finished = True
            self._end()
            self._finished = True

    def close(self) -> None:
        """Take no more sound."""
        self._finished = self._closed = True
        self._detector.close()
        self._decoded.set()
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Yield partials as they change, and finals.

        Raises:
            ProviderError: the model failed, or was closed.
        """
        while not self._closed:
            self._changed.clear()
            segment = self._segments[0]
            if segment.is_long:
                await self._settle(segment, segment.cut())
                if segment.has_long_text and not self._closed:
                    yield self._transcript(segment)
            elif segment.committed or segment.is_over:
                if (final := await self._final(segment)) is not None and not self._closed:
                    yield final
            elif self._finished:
                return
            elif segment.is_partial_due(max(_INTERVAL, _REST * self._decoder.took)) and self._decoder.idle:
                if (text := await self._partial(segment)) and not (segment.committed or self._closed):
                    yield PartialTranscript(text)
            else:
                await self._changed.wait()

    def _hear_next(self) -> None:
        """Hear the next chunk, padded with silence if it is not whole."""
        chunk = bytes(self._unchunked[:CHUNK]).ljust(CHUNK, b"\0")
        del self._unchunked[:CHUNK]
        self._segments[-1].add(chunk, is_speech=self._detector.is_speech(chunk))
        self._changed.set()

    def _end(self) -> None:
        while self._unchunked:  # more than a chunk, if a writer waits
            self._hear_next()
        segment = self._segments[-1]
        segment.committed = True
        self._segments.append(segment.following())
        self._changed.set()

    async def _final(self, segment: Segment) -> FinalTranscript | None:
        """Return the final of a segment, None if it goes on or if nobody has asked for an empty one."""
        size = len(segment.sound)
        decoded = segment.decoded
        if decoded is None:
            decoded = await self._decode(segment, size) if segment.has_speech else Decoded("")
        segment.settle(size, decoded)
        self._decoded.set()
        if segment.has_speech or not (segment.committed or segment.is_over):
            return None  # more has come while this was decoded
        if segment.committed:
            self._segments.popleft()
        else:
            self._segments[0] = segment.following()
        if not segment.text and (segment.finished or not segment.committed):
            return None
        return self._transcript(segment)

    def _transcript(self, segment: Segment) -> FinalTranscript:
        text, code = segment.take_text()
        return FinalTranscript(text, languages.tag_of(code, self._tags) if code else None)

    async def _settle(self, segment: Segment, size: int) -> None:
        """Decode the first bytes of a long segment for good."""
        segment.settle(size, await self._decode(segment, size))
        self._decoded.set()

    async def _partial(self, segment: Segment) -> str:
        """Decode a segment for now; return its text so far, or nothing if that has been reported."""
        size, speech = segment.snapshot()
        text = segment.keep(Partial(await self._decode(segment, size), size, speech))
        if text == segment.reported:
            return ""
        segment.reported = text
        return text

    async def _decode(self, segment: Segment, size: int) -> Decoded:
        codes = (segment.language,) if segment.language else self._codes
        sound = Sound(bytes(segment.sound[:size]), segment.speech_in(size), codes, self._prompt)
        return await self._decoder.decode(sound)

    @property
    def waiting(self) -> float:
        """Seconds of sound that are not decoded for good."""
        return sum(len(segment.sound) for segment in self._segments) / BYTES_PER_SECOND
