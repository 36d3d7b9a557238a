"""The websocket that speaks: what is sent for what is asked, to the real SDK and to others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import numpy
import pytest

from voicebot import AudioFormat
from voicebot.testing import ScriptedSynthesizer
from voicebot_emulator.account import Account
from voicebot_emulator.latency import Latency
from voicebot_emulator.providers import Providers
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running
from voicebot_emulator.usp import UspMessage, decode

ID = "0123456789ABCDEF0123456789ABCDEF"
AVA = "en-US-AvaMultilingualNeural"
HD = "en-US-OnyxMultilingualNeuralHD"
TEXT = "Ahoy, matey! It's me."


def ssml(text: str, voice: str = AVA) -> str:
    return (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US">'
        f'<voice name="{voice}">{text}</voice></speak>'
    )


def context(format: str = "raw-24khz-16bit-mono-pcm", *, words: bool = True, **more: Any) -> dict[str, Any]:
    wanted = {"wordBoundaryEnabled": words, "punctuationBoundaryEnabled": words, "sessionEndEnabled": True}
    return {"synthesis": {"audio": {"outputFormat": format, "metadataOptions": wanted}, **more}}


class Client:
    """Somebody who speaks the protocol without the SDK."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, path: str, body: object = "", request: str = ID) -> None:
        text = body if isinstance(body, str) else json.dumps(body)
        await self._socket.send_str(f"Path:{path}\r\nX-RequestId:{request}\r\n\r\n{text}")

    async def receive(self) -> UspMessage | None:
        message = await self._socket.receive(10)
        return decode(message.data) if isinstance(message.data, str | bytes) else None

    async def turn(self) -> list[UspMessage]:
        """Return the messages of a turn, or those before the connection was closed."""
        messages: list[UspMessage] = []
        while (message := await self.receive()) is not None:
            messages.append(message)
            if message.path == "turn.end":
                break
        return messages

    @property
    def closed(self) -> int | None:
        return self._socket.close_code


@asynccontextmanager
async def client(emulator: Emulator) -> AsyncIterator[Client]:
    address = f"http://127.0.0.1:{emulator.port}/tts/cognitiveservices/websocket/v1"
    headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(address, headers=headers, protocols=["USP"]) as socket,
    ):
        assert socket.protocol == "USP"
        yield Client(socket)


def exchange(
    document: str, asked: dict[str, Any] | None = None, *faults: str, **emulator: Any
) -> tuple[list[UspMessage], int | None, Emulator]:
    """Return what is answered to one utterance, the code of a close, and the emulator."""

    async def scenario() -> tuple[list[UspMessage], int | None, Emulator]:
        async with Emulator(**emulator, faults=faults) as served, client(served) as someone:
            await someone.send("synthesis.context", asked or context())
            await someone.send("ssml", document)
            return await someone.turn(), someone.closed, served

    return asyncio.run(scenario())


def sound(messages: list[UspMessage]) -> bytes:
    return b"".join(message.body for message in messages if isinstance(message.body, bytes))


def metadata(messages: list[UspMessage]) -> list[dict[str, Any]]:
    return [message.json()["Metadata"][0] for message in messages if message.path == "audio.metadata"]


def test_a_turn_is_told_and_ended_as_the_service_does() -> None:
    messages, _, _ = exchange(ssml("Ahoy."))
    paths = [message.path for message in messages]
    assert paths[:2] == ["turn.start", "response"]
    assert paths[-1] == "turn.end"
    assert {message.request_id for message in messages} == {ID}
    last_sound = max(i for i, message in enumerate(messages) if message.path == "audio")
    assert messages[last_sound].body == b""
    assert metadata(messages)[-1]["Type"] == "SessionEnd"
    assert metadata(messages)[-1]["Data"]["Offset"] == round(len(sound(messages)) / 48_000 * 10_000_000)


def test_words_and_punctuation_are_timed_before_their_sound() -> None:
    messages, _, _ = exchange(ssml("Ahoy, it's me."))
    spoken = [entry["Data"] for entry in metadata(messages)[:-1]]
    assert [entry["text"]["Text"] for entry in spoken] == ["Ahoy", ",", "it's", "me", "."]
    assert [entry["text"]["BoundaryType"] for entry in spoken] == [
        "WordBoundary",
        "PunctuationBoundary",
        "WordBoundary",
        "WordBoundary",
        "PunctuationBoundary",
    ]
    heard = 0.0
    for message in messages:
        if isinstance(message.body, bytes):
            heard += len(message.body) / 48_000
        elif message.path == "audio.metadata" and message.json()["Metadata"][0]["Type"] == "WordBoundary":
            assert message.json()["Metadata"][0]["Data"]["Offset"] / 10_000_000 >= heard - 0.1


def test_a_word_is_timed_with_its_vowel_signs() -> None:
    messages, _, _ = exchange(ssml("हिन्दी में, cafe\u0301। \u2764\ufe0fhi"))
    spoken = [entry["Data"]["text"]["Text"] for entry in metadata(messages)[:-1]]
    assert spoken == ["हिन्दी", "में", ",", "cafe\u0301", "।", "\u2764", "\ufe0f", "hi"]


@pytest.mark.parametrize(("voice", "asked"), [(HD, True), (AVA, False)])
def test_words_are_timed_only_if_asked_for_and_if_the_voice_can(voice: str, *, asked: bool) -> None:
    messages, _, _ = exchange(ssml("Ahoy.", voice), context(words=asked))
    assert [entry["Type"] for entry in metadata(messages)] == ["SessionEnd"]


@pytest.mark.parametrize(
    ("format", "rate", "header"),
    [
        ("raw-8khz-16bit-mono-pcm", 8_000, 0),
        ("raw-16khz-16bit-mono-pcm", 16_000, 0),
        ("raw-22050hz-16bit-mono-pcm", 22_050, 0),
        ("raw-48khz-16bit-mono-pcm", 48_000, 0),
        ("riff-24khz-16bit-mono-pcm", 24_000, 44),
    ],
)
def test_sound_has_the_format_that_is_asked_for_and_the_length_of_the_text(
    format: str, rate: int, header: int
) -> None:
    audio = sound(exchange(ssml(TEXT), context(format))[0])
    assert audio.startswith(b"RIFF") is bool(header)
    assert (len(audio) - header) / 2 / rate == pytest.approx(len(TEXT) / 15, abs=0.01)
    samples = numpy.abs(numpy.frombuffer(audio[header:], dtype="<i2").astype("<i4"))
    assert 2_000 < samples.max() < 8_000


def test_text_without_a_word_is_a_turn_without_sound() -> None:
    messages, code, _ = exchange(ssml("  "))
    assert sound(messages) == b""
    assert messages[-1].path == "turn.end"
    assert code is None


def test_hd_voices_append_a_second_of_silence() -> None:
    audio = sound(exchange(ssml("Ahoy", HD))[0])
    assert not any(audio[-48_000:])
    assert any(audio[-52_800:-48_000])


@pytest.mark.parametrize(
    ("document", "format", "region", "reason"),
    [
        (ssml("a & b"), "raw-24khz-16bit-mono-pcm", "swedencentral", "SSML is invalid"),
        (ssml("x", HD), "raw-24khz-16bit-mono-pcm", "westeurope", f"Unsupported voice {HD}."),
        (ssml("x"), "audio-24khz-48kbitrate-mono-mp3", "swedencentral", "Unsupported output format"),
        (ssml("é" * 40_000), "raw-24khz-16bit-mono-pcm", "swedencentral", "longer than 64 KB"),
    ],
)
def test_what_cannot_be_spoken_closes_the_connection(
    document: str, format: str, region: str, reason: str
) -> None:
    messages, code, emulator = exchange(document, context(format), account=Account(region=region))
    assert [message.path for message in messages] == ["turn.start"]
    assert code == 1007
    (closed,) = emulator.journal.find(what="websocket close")
    assert reason in closed.body


@pytest.mark.parametrize(
    ("fault", "code"),
    [("voice-not-here", 1007), ("bad-ssml", 1007), ("close=1011@end", 1011), ("tts:close=4429", 4429)],
)
def test_faults_close_the_connection_with_their_code(fault: str, code: int) -> None:
    assert exchange(ssml(TEXT), None, fault)[1] == code


def test_what_is_no_message_closes_the_connection() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, client(emulator) as someone:
            await someone.send("ssml\r\nnonsense", ssml("x"))
            await someone.turn()
            assert someone.closed == 1007

    asyncio.run(scenario())


def test_in_a_burst_sound_comes_in_lumps() -> None:
    sizes = [
        len(message.body)
        for message in exchange(ssml(TEXT), None, "burst")[0]
        if isinstance(message.body, bytes) and message.body
    ]
    assert len(sizes) == 2
    assert sizes[0] == 48_000


def test_turns_are_spoken_one_after_the_other() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, client(emulator) as someone:
            await someone.send("synthesis.context", context())
            for request in ("A" * 32, "B" * 32):
                await someone.send("ssml", ssml("Ahoy."), request)
            for request in ("A" * 32, "B" * 32):
                assert {message.request_id for message in await someone.turn()} == {request}

    asyncio.run(scenario())


def test_a_turn_can_be_stopped() -> None:
    async def scenario() -> None:
        script = Script.model_validate({"spoken": {"speed": 1.0}})
        async with Emulator(script) as emulator, client(emulator) as someone:
            await someone.send("synthesis.context", context())
            await someone.send("ssml", ssml("A very long sentence. " * 50))
            while (message := await someone.receive()) is not None and message.path != "audio":
                pass
            await someone.send("synthesis.control", {"action": "stop"})
            rest = await someone.turn()
            assert rest[-1].path == "turn.end"
            assert len(sound(rest)) < 48_000
            await someone.send("ssml", ssml("Aye."))
            assert len(sound(await someone.turn())) == pytest.approx(48_000 * 4 / 15, abs=3)

    asyncio.run(scenario())


def test_delays_are_those_of_the_voices_family() -> None:
    drawn: list[str] = []

    class Noting(Latency):
        def draw(self, name: str) -> float:
            drawn.append(name)
            return 0.0

    for voice in (AVA, HD):
        exchange(ssml("Ahoy.", voice), latency=Noting())
    assert drawn == ["tts.first_byte.neural", "tts.first_byte.openai"]


def test_a_real_voice_speaks_where_there_is_one() -> None:
    voice = ScriptedSynthesizer()
    audio = sound(exchange(ssml(TEXT), providers=Providers(synthesizer=voice))[0])
    tone = sound(
        exchange(
            ssml(TEXT),
            providers=Providers(synthesizer=voice),
            script=Script.model_validate({"spoken": {"tone": True}}),
        )[0]
    )
    assert audio
    assert audio != tone
    assert voice.output_format == AudioFormat(24_000)


def test_text_can_be_written_while_it_is_spoken() -> None:
    import azure.cognitiveservices.speech as sdk

    with running(Emulator()) as emulator:
        config = sdk.SpeechConfig(
            subscription=emulator.environment["SPEECH_KEY"], endpoint=emulator.environment["SPEECH_ENDPOINT"]
        )
        config.set_speech_synthesis_output_format(sdk.SpeechSynthesisOutputFormat.Raw24Khz16BitMonoPcm)
        config.speech_synthesis_voice_name = "en-US-Ava:DragonHDLatestNeural"
        synthesizer = sdk.SpeechSynthesizer(config, audio_config=None)
        request = sdk.SpeechSynthesisRequest(sdk.SpeechSynthesisRequestInputType.TextStream)
        begun = synthesizer.start_speaking(request)
        for piece in ("Ahoy, ma", "tey, how ", "are you?"):
            request.input_stream.write(piece)
        request.input_stream.close()
        stream = sdk.AudioDataStream(begun)
        audio = b""
        buffer = bytes(9_600)
        while size := stream.read_data(buffer):
            audio += buffer[:size]
        assert stream.status == sdk.StreamStatus.AllData
        assert len(audio) / 48_000 == pytest.approx(len("Ahoy, matey, how are you?") / 15 + 1.0, abs=0.1)
        written = emulator.emulator.journal.find(what="text.piece")
        assert "".join(entry.body for entry in written) == "Ahoy, matey, how are you?"
        del stream, begun, request, synthesizer


def test_openai_voices_do_not_take_text_that_is_being_written() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, client(emulator) as someone:
            await someone.send(
                "synthesis.context", context(input={"bidirectionalStreamingMode": True, "voiceName": HD})
            )
            await someone.turn()
            assert someone.closed == 1007

    asyncio.run(scenario())


@pytest.mark.parametrize(("region", "there"), [("swedencentral", True), ("westeurope", False)])
def test_the_list_has_the_voices_of_the_region(region: str, *, there: bool) -> None:
    async def scenario() -> list[dict[str, Any]]:
        async with Emulator(account=Account(region=region)) as emulator, aiohttp.ClientSession() as session:
            address = f"http://127.0.0.1:{emulator.port}/tts/cognitiveservices/voices/list"
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            async with session.get(address, headers=headers) as answer:
                voices: list[dict[str, Any]] = await answer.json()
            async with session.get(address) as answer:
                assert answer.status == 401
            return voices

    names = {voice["ShortName"]: voice for voice in asyncio.run(scenario())}
    assert (HD in names) is there
    assert names[AVA]["Gender"] == "Female"
    assert "de-DE" in names[AVA]["SecondaryLocaleList"]
