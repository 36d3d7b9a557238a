"""The recogniser `openai-stt`: speech to text by any server with OpenAI's audio API."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from voicebot import Hints, Recognition, Recognizer
from voicebot_openai.errors.failures import failure
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.realtime import RealtimeRecognition
from voicebot_openai.recognition.session import REALTIME_FORMAT, open_session
from voicebot_openai.recognition.upload import (
    UPLOAD_FORMAT,
    UploadRecognition,
    Uploads,
    send_file,
    wave_file,
)
from voicebot_openai.speech.connection import CHECK_TIMEOUT, SpeechConnection

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAIRecognizer(Recognizer[OpenAIRecognizerOptions]):
    """Transcribes in real time, or by uploads; any number of streams at the same time."""

    def __init__(self, options: OpenAIRecognizerOptions) -> None:
        super().__init__(options)
        self.model = options.target
        self.input_format = REALTIME_FORMAT if options.is_realtime else UPLOAD_FORMAT
        self._connection = SpeechConnection(options, _load_realtime if options.is_realtime else _load)
        self._rejected: set[str] = set()
        """Optional fields of uploads that the server has rejected."""

    async def start(self) -> None:
        """Load the SDK and connect; check that the server accepts the key and has the model.

        Raises:
            ProviderError: the server cannot be reached, or refuses, or a package is missing.
        """
        import numpy  # noqa: F401 - here, since threads that import it at once break it or each other

        realtime = self.options.is_realtime
        if missing := self.options.missing_package:
            raise failure(self.options, f"cannot be used: {missing}")
        probe = self._try_session if realtime else self._try_upload
        await self._connection.start(probe, lists_models=not realtime)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connection.aclose()

    def listen(self, hints: Hints) -> AbstractAsyncContextManager[Recognition]:
        """Open a recognition stream."""
        return self._listen_live(hints) if self.options.is_realtime else self._listen_by_uploads(hints)

    @asynccontextmanager
    async def _listen_live(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        async with open_session(self._connection.client, self.options, hints) as session:
            yield RealtimeRecognition(session, self.options)

    @asynccontextmanager
    async def _listen_by_uploads(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        uploads = Uploads(self._connection.client, self.options, hints, self._rejected)
        yield UploadRecognition(uploads.transcribe)

    async def _try_session(self) -> None:
        """Open a session and close it, which costs nothing."""
        async with open_session(self._connection.client, self.options, Hints()):
            pass

    async def _try_upload(self) -> None:
        """Upload a file without sound, which is refused once key and model have been checked."""
        timeout = min(CHECK_TIMEOUT, self.options.timeout)
        fields = {"response_format": "json"}
        async with send_file(self._connection.client, self.options, wave_file(b""), fields, timeout=timeout):
            pass


def _load(client: AsyncOpenAI) -> None:
    _ = client.audio.transcriptions.with_streaming_response


def _load_realtime(client: AsyncOpenAI) -> None:
    import websockets.asyncio.client  # noqa: F401

    _ = client.realtime
