"""Recognition by uploads: whenever the user pauses, the sound since the last pause is sent as a file."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from voicebot import AudioFormat, FinalTranscript, Hints, PartialTranscript, Recognition, RecognitionEvent
from voicebot_openai.errors.failures import raise_failure
from voicebot_openai.recognition.answer import Transcript, read_answer
from voicebot_openai.recognition.hints import hint_fields, language_codes
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.sound import PendingSound, blocks
from voicebot_openai.speech.attempts import SpeechFields, open_response, with_retries

if TYPE_CHECKING:
    from openai import AsyncOpenAI

UPLOAD_FORMAT = AudioFormat(16_000)
"""What models of speech work with; more would only take longer to send."""
_MOST_PIECES = 3
"""Pieces of long speech that may wait before `write` waits too."""
_OPTIONAL = frozenset({"stream", "prompt", "keywords", "language", "languages"})
_TOO_SHORT = "audio_too_short"


class Uploads:
    """Transcribes pieces of sound.

    Args:
        rejected: optional fields that the server has rejected.
    """

    def __init__(
        self, client: AsyncOpenAI, options: OpenAIRecognizerOptions, hints: Hints, rejected: set[str]
    ) -> None:
        self._client = client
        self._options = options
        # Only this format says which of several languages was spoken, and it is not streamed.
        detects = "whisper" in options.model_name and len(language_codes(options, hints)) > 1
        form = {"response_format": "verbose_json"} if detects else {"response_format": "json", "stream": True}
        self._fields = SpeechFields({**form, **hint_fields(options, hints)}, _OPTIONAL, rejected)

    async def transcribe(self, sound: bytes) -> AsyncGenerator[Transcript, None]:
        """Yield the transcript as it grows; the last one is complete."""
        file = wave_file(sound)
        async with aclosing(with_retries(self._options, partial(self._attempt, file))) as transcripts:
            async for transcript in transcripts:
                yield transcript

    async def _attempt(self, file: bytes) -> AsyncGenerator[Transcript, None]:
        import httpx2
        import openai

        try:
            async with (
                open_response(
                    partial(send_file, self._client, self._options, file), self._fields
                ) as response,
                aclosing(read_answer(response, self._options)) as transcripts,
            ):
                async for transcript in transcripts:
                    yield transcript
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as error:
            if getattr(error, "code", None) != _TOO_SHORT:
                raise_failure(error, self._options)
            yield Transcript("", complete=True)


def send_file(
    client: AsyncOpenAI,
    options: OpenAIRecognizerOptions,
    file: bytes,
    fields: dict[str, Any],
    **arguments: Any,
) -> Any:
    """Request the transcription of a WAV file."""
    create: Any = client.audio.transcriptions.with_streaming_response.create
    return create(
        file=("speech.wav", file, "audio/wav"),
        model=options.target,
        extra_body=options.extra_body or None,
        **fields,
        **arguments,
    )


def wave_file(sound: bytes) -> bytes:
    """Return a WAV file with this sound."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(UPLOAD_FORMAT.rate)
        file.writeframes(sound)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class _Job:
    """Sound to transcribe, perhaps none, and whether it ends with a commit."""

    sound: bytes
    commit: bool


class UploadRecognition(Recognition):
    """Transcribes the sound of each commit; long speech in pieces, the first of them while it goes on.

    Args:
        transcribe: transcribes a piece.
    """

    def __init__(self, transcribe: Callable[[bytes], AsyncGenerator[Transcript, None]]) -> None:
        self._transcribe = transcribe
        self._sound = PendingSound(UPLOAD_FORMAT)
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_MOST_PIECES)
        self._pieces = 0
        """Pieces since the last commit."""
        self._settled: list[str] = []
        self._language: str | None = None
        self._finished = False

    async def write(self, audio: bytes) -> None:
        """Keep sound until the next commit; wait while several pieces of long speech are not transcribed."""
        for block in blocks(audio, UPLOAD_FORMAT):
            if piece := self._sound.write(block):
                await self._room.acquire()
                self._pieces += 1
                self._jobs.put_nowait(_Job(piece, commit=False))
            await asyncio.sleep(0)

    async def commit(self) -> None:
        """Have the sound since the last commit transcribed, if there is enough of it."""
        self._pieces = 0
        self._jobs.put_nowait(_Job(self._sound.take(), commit=True))

    async def finish(self) -> None:
        """Have the rest transcribed; the iteration ends after that."""
        if not self._finished:
            self._finished = True
            if (sound := self._sound.take()) or self._pieces:
                self._jobs.put_nowait(_Job(sound, commit=True))
            self._jobs.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        """Yield one final for each commit, and partial transcripts if there are any before that."""
        while (job := await self._jobs.get()) is not None:
            if job.sound:
                async with aclosing(self._transcribe(job.sound)) as transcripts:
                    async for transcript in transcripts:
                        if transcript.complete:
                            self._settle(transcript)
                        elif transcript.text.strip():
                            yield PartialTranscript(self._joined(transcript.text))
            if not job.commit:
                self._room.release()
                if words := self._joined():
                    yield PartialTranscript(words)
                continue
            final = FinalTranscript(self._joined(), self._language)
            self._settled, self._language = [], None
            yield final

    def _settle(self, transcript: Transcript) -> None:
        if transcript.text:
            self._settled.append(transcript.text)
        self._language = transcript.language or self._language

    def _joined(self, more: str = "") -> str:
        return " ".join(filter(None, (*self._settled, more.strip())))
