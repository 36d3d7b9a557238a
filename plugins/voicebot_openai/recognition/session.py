"""A transcription session of the realtime API: the websocket, and how it is configured."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from voicebot import AudioFormat, Hints
from voicebot_openai.errors.failures import failure, raise_failure
from voicebot_openai.recognition.hints import hint_fields
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.websocket_errors import connection_error, event_failure

if TYPE_CHECKING:
    from openai import AsyncOpenAI

REALTIME_FORMAT = AudioFormat(24_000)
"""The only PCM that the service takes."""
_CLOSING_SECONDS = 0.1
"""How long the service may take to confirm the end of a session; nobody waits for its answer any more."""
_LARGEST_MESSAGE = 2**22
_UNNAMED_MODEL = (400, 403, 422)
"""HTTP statuses of servers that want the model in the address."""
_NO_SUCH_ADDRESS = (403, 404, 405)
"""HTTP statuses, without a reason, of servers that have no such websocket."""

_websocket_logger = logging.getLogger(f"{__name__}.websocket")
_websocket_logger.setLevel(logging.INFO)  # it would log all headers, and with them the key, at DEBUG


class Session:
    """An open session, which sends and receives events as JSON objects."""

    def __init__(self, connection: Any, options: OpenAIRecognizerOptions, url: str) -> None:
        self.url = url
        self._connection = connection
        self._options = options

    async def send(self, kind: str, **fields: object) -> None:
        """Send an event; waits while the service is slow to take it.

        Raises:
            RequestFailure: the connection is closed.
        """
        from websockets.exceptions import WebSocketException

        try:
            await self._connection.send_raw(json.dumps({"type": kind, **fields}))
        except (WebSocketException, OSError) as error:
            raise_failure(connection_error(error, self.url), self._options)

    async def send_sound(self, audio: bytes) -> None:
        """Add sound to what the next commit makes an item of."""
        await self.send("input_audio_buffer.append", audio=base64.b64encode(audio).decode("ascii"))

    async def receive(self) -> dict[str, Any]:
        """Return the next event; it is safe to cancel this.

        Raises:
            RequestFailure: the connection is closed, or the service sent something else.
        """
        from websockets.exceptions import WebSocketException

        try:
            event = json.loads(await self._connection.recv_bytes())
        except (WebSocketException, OSError) as error:
            raise_failure(connection_error(error, self.url), self._options)
        except ValueError as error:
            raise_failure(error, self._options)
        return event if isinstance(event, dict) else {}

    async def configure(self, hints: Hints) -> None:
        """Wait for the session, tell the service what to transcribe, and wait until it has accepted that.

        Raises:
            RequestFailure: the service refuses, or does not answer within `timeout`.
        """
        try:
            async with asyncio.timeout(self._options.timeout):
                await self._until(".created")
                await self.send("session.update", session=self._settings(hints))
                await self._until(".updated")
        except TimeoutError as error:
            problem = f"did not open a session for {self._options.timeout:g} s"
            raise failure(self._options, problem, retryable=True) from error

    async def _until(self, ending: str) -> None:
        while True:
            event = await self.receive()
            kind = str(event.get("type"))
            if kind == "error":
                raise event_failure(event.get("error"), self._options, self.url)
            if kind.endswith(ending) and "session" in kind:
                return

    def _settings(self, hints: Hints) -> dict[str, object]:
        settings: dict[str, object] = {
            "format": {"type": "audio/pcm", "rate": REALTIME_FORMAT.rate},
            "transcription": self._transcription(hints),
            "turn_detection": None,  # the engine decides when the user has paused, and commits
        }
        if self._options.noise_reduction:
            settings["noise_reduction"] = {"type": self._options.noise_reduction}
        return {"type": "transcription", "audio": {"input": settings}}

    def _transcription(self, hints: Hints) -> dict[str, object]:
        fields: dict[str, object] = {"model": self._options.target, **hint_fields(self._options, hints)}
        if self._options.delay and self._options.is_live:
            fields["delay"] = self._options.delay
        return fields


@asynccontextmanager
async def open_session(
    client: AsyncOpenAI, options: OpenAIRecognizerOptions, hints: Hints
) -> AsyncGenerator[Session, None]:
    """Open a session and configure it.

    Raises:
        RequestFailure: the server cannot be reached, or refuses.
    """
    connection = await _connect(client, options)
    try:
        session = Session(connection, options, options.url)
        await session.configure(hints)
        yield session
    finally:
        await connection.close()


async def _connect(client: AsyncOpenAI, options: OpenAIRecognizerOptions) -> Any:
    """Return the SDK's connection."""
    import openai
    from websockets.exceptions import InvalidStatus, WebSocketException

    # OpenAI and Azure refuse a transcription session with a model in its address; others refuse one without.
    names_model = False
    while True:
        try:
            return await _connecting(client, options, names_model=names_model).enter()
        except (openai.OpenAIError, WebSocketException, OSError, ValueError) as error:
            status = error.response.status_code if isinstance(error, InvalidStatus) else 0
            if not options.is_hosted and not names_model and status in _UNNAMED_MODEL:
                names_model = True
                continue
            explained = connection_error(error, options.url)
            if not options.is_hosted and status in _NO_SUCH_ADDRESS and not getattr(explained, "body", None):
                problem = "has no transcription in real time; write `mode: upload`, or check `base_url`"
                raise failure(options, problem) from None
            raise_failure(explained, options)


def _connecting(client: AsyncOpenAI, options: OpenAIRecognizerOptions, *, names_model: bool) -> Any:
    from openai import Omit

    settings: dict[str, object] = {
        "max_size": _LARGEST_MESSAGE,
        "compression": None,
        "open_timeout": options.connect_timeout,
        "close_timeout": _CLOSING_SECONDS,
        "logger": _websocket_logger,
    }
    if options.is_local:
        settings["proxy"] = None
    headers: dict[str, Any] = {}
    if options.is_azure and options.key:  # as Azure documents it; the SDK would send it as a token
        headers |= {"api-key": options.key, "Authorization": Omit()}
    elif options.headers and not options.signs_in and not options.key:
        headers["Authorization"] = Omit()  # the SDK's stand-in for a key
    headers |= {name: value.get_secret_value().strip() for name, value in options.headers.items()}
    arguments: dict[str, Any] = {"model": options.target} if names_model else {}
    return client.realtime.connect(
        extra_query={"intent": "transcription"},
        extra_headers=headers,
        websocket_connection_options=settings,  # type: ignore[arg-type]  # passed on to `websockets`
        **arguments,
    )
