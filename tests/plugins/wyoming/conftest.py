"""Wyoming servers over real sockets, scripted by each test with the events of the distribution `wyoming`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from voicebot import ProviderError
from voicebot_wyoming import sdk

sdk.load()

from wyoming.asr import Transcript  # noqa: E402
from wyoming.audio import AudioChunk, AudioStart, AudioStop  # noqa: E402
from wyoming.event import Event, Eventable, async_read_event, async_write_event  # noqa: E402
from wyoming.info import AsrModel, AsrProgram, Attribution, Info, TtsProgram, TtsVoice, TtsVoiceSpeaker  # noqa: E402

NOBODY = Attribution("nobody", "")
PCM = {"rate": 16_000, "width": 2, "channels": 1}


class Client:
    """The server's side of one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.received: list[Event] = []

    @property
    def kinds(self) -> list[str]:
        """The types of the events so far, without repetitions."""
        kinds = [event.type for event in self.received]
        return [kind for at, kind in enumerate(kinds) if at == 0 or kinds[at - 1] != kind]

    @property
    def sound(self) -> bytes:
        """The sound received so far."""
        return b"".join(event.payload or b"" for event in self.received if event.type == "audio-chunk")

    def data(self, kind: str) -> dict[str, Any]:
        """Return the data of the first event of a type."""
        return next(event.data for event in self.received if event.type == kind)

    async def receive(self, *until: str) -> Event | None:
        """Receive events up to one of these types, or just one; return it, or None at the end."""
        while (event := await async_read_event(self.reader)) is not None:
            self.received.append(event)
            if not until or event.type in until:
                return event
        return None

    async def send(self, *messages: Eventable) -> None:
        """Send events."""
        for message in messages:
            await async_write_event(message.event(), self.writer)

    async def raw(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def gone(self) -> None:
        """Wait until the client has closed the connection."""
        with suppress(OSError):
            while await self.reader.read(65_536):
                pass


class Server:
    """A server that was started; `clients` are its connections but those that only asked what it offers."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.clients: list[Client] = []
        self.failures: list[BaseException] = []
        self.described = 0


Serve = Callable[[Client], Awaitable[None]]


@pytest.fixture
def wyoming():
    """Return a context manager that runs a server: it tells its `info`, then serves as the test says."""

    @asynccontextmanager
    async def running(
        serve: Serve, info: Info | None = None, *, raw: bool = False, path: str = ""
    ) -> AsyncIterator[Server]:
        tasks: set[asyncio.Task[None]] = set()

        async def connected(client: Client) -> None:
            try:
                if not raw:
                    while (event := await client.receive()) is not None and event.type == "describe":
                        server.described += 1
                        await client.send(info or Info())
                    if event is None:
                        return
                    server.clients.append(client)
                await serve(client)
            except OSError:  # the client may leave at any time
                pass
            except Exception as error:
                server.failures.append(error)
            finally:
                client.writer.close()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.add(asyncio.ensure_future(connected(Client(reader, writer))))

        if path:
            listening = await asyncio.start_unix_server(accept, path)
            server = Server(f"unix://{path}")
        else:
            listening = await asyncio.start_server(accept, "127.0.0.1", 0)
            server = Server(f"tcp://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
        async with listening:
            yield server
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        assert server.failures == []

    return running


@pytest.fixture
def recognizing():
    """Return a function that describes a recogniser with these models, each with its languages."""

    def info(*, name: str = "whisper", streams: bool = False, **models: list[str]) -> Info:
        listed = [
            AsrModel(model.replace("_", "."), NOBODY, True, None, None, languages=languages)
            for model, languages in (models or {"tiny": ["en", "de"]}).items()
        ]
        program = AsrProgram(
            name, NOBODY, True, None, None, models=listed, supports_transcript_streaming=streams
        )
        return Info(asr=[program])

    return info


@pytest.fixture
def speaking():
    """Return a function that describes a voice program with these voices, each with its language."""

    def info(*, name: str = "piper", streams: bool = False, speakers: list[str] = (), **voices: str) -> Info:
        named = [TtsVoiceSpeaker(speaker) for speaker in speakers] or None
        listed = [
            TtsVoice(voice, NOBODY, True, f"{voice} (medium)", None, languages=[language], speakers=named)
            for voice, language in (voices or {"joe": "en_US"}).items()
        ]
        program = TtsProgram(
            name, NOBODY, True, None, None, voices=listed, supports_synthesize_streaming=streams
        )
        return Info(tts=[program])

    return info


@pytest.fixture
def transcribed():
    """Return a way to serve: receive the sound, and answer it with a transcript."""

    def serve_with(text: str, language: str | None = None) -> Serve:
        async def serve(client: Client) -> None:
            await client.receive("audio-stop")
            await client.send(Transcript(text, language=language))

        return serve

    return serve_with


@pytest.fixture
def tone():
    """Return a way to serve: answer each text with these pieces of sound."""

    def serve_with(*pieces: bytes, **form: int) -> Serve:
        form = PCM | form

        async def serve(client: Client) -> None:
            await client.send(AudioStart(**form))
            for piece in pieces or (b"\1\0" * 160,):
                await client.send(AudioChunk(audio=piece, **form))
            await client.send(AudioStop())

        return serve

    return serve_with


@pytest.fixture
def failure_of():
    """Return a function that starts a provider and returns its error, which is one line."""

    async def failure(provider: Any) -> ProviderError:
        with pytest.raises(ProviderError) as caught:
            await provider.start()
        await provider.aclose()
        assert str(caught.value).isprintable()
        return caught.value

    return failure
