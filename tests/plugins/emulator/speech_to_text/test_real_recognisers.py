"""Without a script, a real recogniser listens."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import wave
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

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
from voicebot_emulator.providers import Providers
from voicebot_emulator.server import Emulator

from .client import CONTEXT, connected, hum, run, silence


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


def test_without_a_script_the_real_recogniser_listens() -> None:
    async def scenario() -> None:
        behind = Hearsay()
        context = {
            **CONTEXT,
            "languageId": {"languages": ["en-US", "de-DE"]},
            "dgi": {"Groups": [{"Type": "Generic", "Items": [{"Text": "Contoso"}]}]},
        }
        async with Emulator(providers=Providers(behind)) as emulator, connected(emulator) as client:
            await client.begin(context)
            messages = []
            for token in (1, 2):
                await client.sound(silence(1.0) + hum(0.7))
                await client.commit(token)
                messages += await client.hear("speech.phrase")

        phrases = [body for path, body in messages if path == "speech.phrase"]
        assert [body["DisplayText"] for body in phrases] == ["about 1.0", "about 1.0"], "0.3 s come before"
        assert phrases[0]["PrimaryLanguage"]["Language"] == "de-DE"
        assert ("speech.hypothesis", "some") in [(path, body.get("Text")) for path, body in messages]
        assert behind.asked == [Hints(("Contoso",), ("en-US", "de-DE"))]

    run(scenario())


def test_pocketsphinx_understands_real_speech_through_the_emulator(tmp_path: Path) -> None:
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
