"""The emulated speech to text: spoken to by hand, and by the real Speech SDK."""

from __future__ import annotations

import asyncio
import json
import math
import shutil
import struct
import subprocess
import wave
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import azure.cognitiveservices.speech as sdk
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from voicebot import (
    AudioFormat,
    FinalTranscript,
    Hints,
    Options,
    PartialTranscript,
    Recognition,
    RecognitionEvent,
    Recognizer,
)
from voicebot_emulator.account import Account
from voicebot_emulator.latency import Latency
from voicebot_emulator.providers import Providers
from voicebot_emulator.script import Heard, Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.speech_to_text.segments import Began, Continued, Ended, Segments, Silent
from voicebot_emulator.testing import running
from voicebot_emulator.usp import TICKS, decode

_WAVE = struct.pack("<320h", *(round(8_000 * math.sin(math.pi * at / 16)) for at in range(320)))
HEADER = struct.pack(
    "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16, b"data", 0
)
SOUND = AudioFormat(16_000)
CONTEXT = {"phraseDetection": {"mode": "CONVERSATION", "language": "en-US"}}
TURN = "0" * 32
ADDRESS = "/stt/speech/universal/v2"
COMMITTING = f"{ADDRESS}?setfeature=forcecommit"


def hum(seconds: float) -> bytes:
    return _WAVE * round(seconds / 0.02)


def silence(seconds: float) -> bytes:
    return bytes(640) * round(seconds / 0.02)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


class Client:
    """Speaks the protocol by hand."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, path: str, body: object = None, turn: str = TURN, **headers: str) -> None:
        given = {"Path": path, "X-RequestId": turn, **{k.replace("_", "-"): v for k, v in headers.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        await self.socket.send_str(f"{head}\r\n{json.dumps(body) if body is not None else ''}")

    async def sound(self, audio: bytes, turn: str = TURN) -> None:
        head = f"Path: audio\r\nX-RequestId: {turn}\r\nX-StreamId: 1\r\n".encode()
        await self.socket.send_bytes(len(head).to_bytes(2, "big") + head + audio)

    async def begin(self, context: object = CONTEXT) -> None:
        await self.say("speech.config", {"context": {}})
        await self.say("speech.context", context)
        await self.sound(HEADER)

    async def commit(self, token: int) -> None:
        await self.say("audio.commit", X_Client_Commit_Token=str(token))

    async def hear(self, *until: str) -> list[tuple[str, Any]]:
        """Return what the service says, to the first message of those paths."""
        told: list[tuple[str, Any]] = []
        while not told or told[-1][0] not in until:
            message = await self.socket.receive(timeout=10)
            if message.type is not WSMsgType.TEXT:
                told.append(("closed", self.socket.close_code))
                return told
            decoded = decode(message.data)
            assert decoded.headers["x-requestid"] == TURN
            assert "application/json" in decoded.headers["content-type"]
            told.append((decoded.path, decoded.json()))
        return told

    async def phrase(self) -> Any:
        return (await self.hear("speech.phrase"))[-1][1]


@asynccontextmanager
async def connected(emulator: Emulator, path: str = COMMITTING) -> AsyncIterator[Client]:
    async with (
        ClientSession(headers={"Ocp-Apim-Subscription-Key": emulator.account.speech_key}) as session,
        session.ws_connect(f"ws://127.0.0.1:{emulator.port}{path}", protocols=["USP"]) as socket,
    ):
        assert socket.protocol == "USP"
        yield Client(socket)


def test_a_turn_is_told_as_the_service_tells_it() -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("Hello you.",))) as emulator, connected(emulator) as client:
            await client.begin()
            await client.sound(silence(0.2) + hum(0.4) + silence(0.6))
            await client.sound(b"")
            told = await client.hear("turn.end")

        assert [path for path, _ in told] == [
            "turn.start",
            "speech.startdetected",
            "speech.hypothesis",
            "speech.hypothesis",
            "speech.phrase",
            "speech.enddetected",
            "speech.phrase",
            "turn.end",
        ]
        assert told[0][1]["context"]["serviceTag"]
        assert told[1][1] == {"Offset": 0.2 * TICKS}
        assert [told[at][1]["Text"] for at in (2, 3)] == ["Hello", "Hello you."]
        assert (
            told[4][1].items()
            >= {
                "RecognitionStatus": "Success",
                "DisplayText": "Hello you.",
                "Offset": 0.2 * TICKS,
                "Duration": 0.4 * TICKS,
                "Channel": 0,
            }.items()
        )
        assert told[6][1]["RecognitionStatus"] == "EndOfDictation"

    run(scenario())


def test_a_commit_settles_what_is_open_and_names_its_token() -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("One.", "Two."))) as emulator, connected(emulator) as client:
            await client.begin()
            await client.sound(hum(0.3))
            await client.commit(7)
            first = await client.phrase()
            await client.commit(8)
            nothing = await client.phrase()
            await client.sound(hum(0.3))
            await client.commit(9)
            second = await client.phrase()

        assert (first["DisplayText"], second["DisplayText"]) == ("One.", "Two.")
        assert (nothing["RecognitionStatus"], nothing["Duration"]) == ("NoMatch", 0)
        tokens = [body["clientAudioMetadata"]["X-Client-Commit-Token"] for body in (first, nothing, second)]
        assert tokens == ["7", "8", "9"]

    run(scenario())


@pytest.mark.parametrize(
    ("address", "known"),
    [(ADDRESS, True), (f"{ADDRESS}?setfeature=multichannel2", True), (COMMITTING, False)],
    ids=["not asked for", "another feature", "not there"],
)
def test_a_commit_is_ignored_without_its_feature_and_silence_ends_the_stretch(
    address: str, *, known: bool
) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=("One.",), commits=known)) as emulator,
            connected(emulator, address) as client,
        ):
            await client.begin()
            await client.sound(hum(0.3))
            await client.commit(7)
            await client.sound(silence(0.5))
            phrase = await client.phrase()

        assert phrase["DisplayText"] == "One."
        assert phrase["Offset"] + phrase["Duration"] == 0.3 * TICKS
        assert "clientAudioMetadata" not in phrase

    run(scenario())


def test_a_line_whose_transcript_never_got_out_is_heard_again() -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("One.", "Two."))) as emulator:
            async with connected(emulator) as client:
                await client.begin()
                await client.sound(hum(0.3))
                await client.hear("speech.hypothesis")
            told = []
            async with connected(emulator) as client:
                await client.begin({**CONTEXT, "continuation": {"previousServiceTag": "x"}})
                for token in (1, 2):
                    await client.sound(hum(0.3))
                    await client.commit(token)
                    told.append((await client.phrase())["DisplayText"])
        assert told == ["One.", "Two."]

    run(scenario())


def test_a_final_comes_as_late_as_script_latency_and_faults_want() -> None:
    async def scenario() -> None:
        script = Script(heard=(Heard(text="Hello.", final_after=0.1),))
        latency = Latency("published", seed=1)
        drawn = Latency("published", seed=1).draw("stt.final")
        async with (
            Emulator(script, latency=latency, faults=["late-final=0.2"]) as emulator,
            connected(emulator) as client,
        ):
            await client.begin()
            await client.sound(hum(0.3))
            await client.commit(1)
            await client.phrase()
            journal = emulator.journal

            asked = journal.find(what="audio.commit")[0].at
            told = journal.find(what="speech.phrase")[0].at
        assert told - asked >= 0.3 + drawn - 0.01

    run(scenario())


def test_detailed_results_have_their_words_with_times() -> None:
    async def scenario() -> None:
        context = {
            **CONTEXT,
            "phraseOutput": {"format": "Detailed", "detailed": {"options": ["WordTimings"]}},
        }
        async with Emulator(Script(heard=("Hello you.",))) as emulator, connected(emulator) as client:
            await client.begin(context)
            await client.sound(hum(0.4))
            await client.commit(1)
            (best,) = (await client.phrase())["NBest"]

        assert (best["Display"], best["Lexical"]) == ("Hello you.", "hello you")
        assert [(word["Word"], word["Offset"] / TICKS) for word in best["Words"]] == [
            ("hello", 0.0),
            ("you", 0.2),
        ]

    run(scenario())


@pytest.mark.parametrize(
    ("path", "language"),
    [("conversation", "en-US"), ("dictation", "de-DE")],
)
def test_a_container_is_asked_in_its_address(path: str, language: str) -> None:
    async def scenario() -> None:
        query = f"language={language}&format=detailed&setfeature=forcecommit"
        address = f"/speech/recognition/{path}/cognitiveservices/v1?{query}"
        async with Emulator(Script(heard=("Hello.",))) as emulator, connected(emulator, address) as client:
            await client.begin({})
            await client.sound(hum(0.3))
            await client.commit(1)
            assert (await client.phrase())["NBest"][0]["Display"] == "Hello."

    run(scenario())


REFUSED: list[tuple[str, list[tuple[str, Any]]]] = [
    ("a message without headers", [("raw", "hello")]),
    ("a message without a path", [("raw", "X-RequestId: 1\r\n\r\n{}")]),
    ("a binary message that is too short", [("bytes", b"\xff\xffPath: audio\r\n")]),
    ("a config that is no JSON", [("raw", "Path: speech.config\r\n\r\nhello")]),
    ("a context that is no object", [("speech.context", [])]),
    ("an unknown language", [("speech.context", {"phraseDetection": {"language": "tlh-KX"}})]),
    ("a language without a region", [("speech.context", {"phraseDetection": {"language": "en"}})]),
    ("no language at all", [("speech.context", {})]),
    ("an unknown mode", [("speech.context", {"phraseDetection": {"mode": "SONG", "language": "en-US"}})]),
    (
        "too long a silence",
        [
            (
                "speech.context",
                {
                    "phraseDetection": {
                        "language": "en-US",
                        "CONVERSATION": {"segmentation": {"segmentationSilenceTimeoutMs": 9_000}},
                    }
                },
            )
        ],
    ),
    (
        "too many phrases",
        [("speech.context", {**CONTEXT, "dgi": {"Groups": [{"Items": [{"Text": "x"}] * 501}]}})],
    ),
    ("sound before its config", [("speech.context", CONTEXT), ("sound", HEADER)]),
    (
        "sound without a header",
        [("speech.config", {}), ("speech.context", CONTEXT), ("sound", silence(0.1))],
    ),
    (
        "sound in stereo",
        [
            ("speech.config", {}),
            ("speech.context", CONTEXT),
            ("sound", HEADER[:22] + b"\x02\x00" + HEADER[24:]),
        ],
    ),
    (
        "a commit without a token",
        [("speech.config", {}), ("speech.context", CONTEXT), ("audio.commit", None)],
    ),
]


@pytest.mark.parametrize("messages", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_malformed_ends_the_connection_with_1007(messages: list[tuple[str, Any]]) -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, connected(emulator) as client:
            for path, content in messages:
                if path == "raw":
                    await client.socket.send_str(content)
                elif path == "bytes":
                    await client.socket.send_bytes(content)
                elif path == "sound":
                    await client.sound(content)
                else:
                    await client.say(path, content)
            assert (await client.hear("closed"))[-1] == ("closed", 1007)
            assert emulator.journal.find(what="refusal")

    run(scenario())


def test_a_browser_is_told_what_the_address_is_for() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, ClientSession() as session:
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            address = f"http://127.0.0.1:{emulator.port}/stt/speech/universal/v2"
            async with session.get(address, headers=headers) as response:
                assert response.status == 400

    run(scenario())


def test_segments_are_found_by_the_sounds_own_time() -> None:
    segments = Segments(SOUND, silence=0.3, longest=20.0, patience=5.0)
    audio = silence(0.2) + hum(1.0) + silence(0.2) + hum(0.5) + silence(1.0)

    found = [segment for first in range(0, len(audio), 700) for segment in segments.hear(audio[first:][:700])]
    kinds = [type(segment) for segment in found if not isinstance(segment, Continued)]

    assert kinds == [Began, Ended]
    assert isinstance(found[0], Began)
    assert found[0].at == pytest.approx(0.2)
    assert isinstance(found[-1], Ended)
    assert (found[-1].at, found[-1].seconds, found[-1].waited) == pytest.approx((0.2, 1.7, 0.3))
    heard = found[0].audio + b"".join(segment.audio for segment in found if isinstance(segment, Continued))
    assert heard == audio[: len(heard)]
    assert segments.end() is None


def test_a_click_is_no_speech_and_a_long_silence_is_told_again_and_again() -> None:
    segments = Segments(SOUND, silence=0.3, longest=20.0, patience=2.0)

    found = list(segments.hear(silence(1.0) + hum(0.04) + silence(3.5)))

    assert found == [Silent(0.0, pytest.approx(2.0)), Silent(pytest.approx(2.0), pytest.approx(2.0))]


def test_speech_without_end_is_cut_at_the_longest_segment() -> None:
    segments = Segments(SOUND, silence=0.3, longest=2.0, patience=5.0)

    found = [s for s in segments.hear(hum(5.0)) if not isinstance(s, Continued)]

    assert [type(segment) for segment in found] == [Began, Ended, Began, Ended, Began]
    assert segments.open


class Hearsay(Recognizer[Options]):
    """Understands how much it was given; `asked` keeps the hints."""

    input_format = AudioFormat(8_000)

    def __init__(self) -> None:
        super().__init__(Options())
        self.asked: list[Hints] = []

    @asynccontextmanager
    async def listen(self, hints: Hints) -> AsyncGenerator[Recognition, None]:
        self.asked.append(hints)
        yield _Hearsay()


class _Hearsay(Recognition):
    def __init__(self) -> None:
        self._written = 0
        self._events: asyncio.Queue[RecognitionEvent] = asyncio.Queue()

    async def write(self, audio: bytes) -> None:
        self._written += len(audio)
        self._events.put_nowait(PartialTranscript("some"))

    async def commit(self) -> None:
        seconds = AudioFormat(8_000).seconds_in(self._written)
        self._written = 0
        self._events.put_nowait(FinalTranscript(f"about {seconds:.1f}", "de-DE"))

    async def finish(self) -> None:
        raise AssertionError("the emulator cancels instead")

    async def __aiter__(self) -> AsyncIterator[RecognitionEvent]:
        while True:
            yield await self._events.get()


def test_without_a_script_the_recogniser_behind_hears() -> None:
    async def scenario() -> None:
        behind = Hearsay()
        context = {
            **CONTEXT,
            "languageId": {"languages": ["en-US", "de-DE"]},
            "dgi": {"Groups": [{"Type": "Generic", "Items": [{"Text": "Contoso"}]}]},
        }
        async with Emulator(providers=Providers(behind)) as emulator, connected(emulator) as client:
            await client.begin(context)
            told = []
            for token in (1, 2):
                await client.sound(silence(1.0) + hum(0.7))
                await client.commit(token)
                told += await client.hear("speech.phrase")

        phrases = [body for path, body in told if path == "speech.phrase"]
        assert [body["DisplayText"] for body in phrases] == ["about 1.0", "about 1.0"], "0.3 s come before"
        assert phrases[0]["PrimaryLanguage"]["Language"] == "de-DE"
        assert ("speech.hypothesis", "some") in [(path, body.get("Text")) for path, body in told]
        assert behind.asked == [Hints(("Contoso",), ("en-US", "de-DE"))]

    run(scenario())


def test_pocketsphinx_behind_it_understands_real_speech(tmp_path: Path) -> None:
    if shutil.which("flite") is None:
        pytest.skip("flite makes the test speech: apt-get install flite")
    path = tmp_path / "speech.wav"
    subprocess.run(["flite", "-voice", "rms", "-t", "tell me a joke", "-o", str(path)], check=True)
    with wave.open(str(path)) as file:
        speech = file.readframes(file.getnframes())

    async def scenario() -> None:
        from voicebot_offline.recognition.recognizer import PocketsphinxOptions, PocketsphinxRecognizer

        providers = Providers(PocketsphinxRecognizer(PocketsphinxOptions(vocabulary="phrases")))
        phrases = [{"Text": "tell me a joke"}, {"Text": "what is the weather like"}]
        context = {**CONTEXT, "dgi": {"Groups": [{"Type": "Generic", "Items": phrases}]}}
        async with Emulator(providers=providers) as emulator, connected(emulator) as client:
            await client.begin(context)
            await client.sound(silence(0.5) + speech[: len(speech) // 640 * 640] + silence(0.6))

            assert (await client.phrase())["DisplayText"] == "tell me a joke"

    run(scenario())


def recognizer(emulator: Emulator, audio: bytes) -> Any:
    config = sdk.SpeechConfig(
        subscription=emulator.account.speech_key, endpoint=emulator.environment["SPEECH_ENDPOINT"]
    )
    config.output_format = sdk.OutputFormat.Detailed
    stream = sdk.audio.PushAudioInputStream()
    stream.write(audio)
    stream.close()
    return sdk.SpeechRecognizer(config, sdk.audio.AudioConfig(stream=stream))


def test_the_sdk_recognises_a_single_utterance_and_another_on_the_same_connection() -> None:
    emulator = Emulator(Script(heard=("One.", "Two.")), account=Account(speech_key="k"))
    with running(emulator):
        recognizes = recognizer(emulator, hum(0.5) + silence(0.7) + hum(0.5) + silence(0.7))
        results = [recognizes.recognize_once_async().get() for _ in range(2)]

        told = [(result.reason, json.loads(result.json)["NBest"][0]["Display"]) for result in results]
        del results, recognizes
    assert told == [(sdk.ResultReason.RecognizedSpeech, text) for text in ("One.", "Two.")]
    assert len(emulator.journal.find(service="stt", what="open")) == 1


def test_the_sdk_hears_of_silence() -> None:
    emulator = Emulator(Script(heard=("One.",)), account=Account(speech_key="k"))
    with running(emulator):
        recognizes = recognizer(emulator, silence(6))
        result = recognizes.recognize_once_async().get()

        assert result.reason == sdk.ResultReason.NoMatch
        assert result.no_match_details.reason == sdk.NoMatchReason.InitialSilenceTimeout
        del result, recognizes
