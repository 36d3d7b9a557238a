"""Text streaming, through the real SDK, against the emulator."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from voicebot import (
    AudioChunk,
    ProviderError,
    SpeechStream,
    StreamedUtterance,
    Utterance,
    WordTiming,
)
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running

DRAGON = "en-US-Ava:DragonHDLatestNeural"
OMNI = "en-US-Ava:DragonHDOmniLatestNeural"


def account(emulator: Emulator, **options: Any) -> AzureSynthesizerOptions:
    environment = emulator.environment
    standard = {
        "key": environment["SPEECH_KEY"],
        "region": environment["SERVICE_REGION"],
        "endpoint": environment["SPEECH_ENDPOINT"],
        "voice": DRAGON,
        "text_streaming": True,
        "pool": 1,
    }
    return AzureSynthesizerOptions.model_validate({**standard, **options})


@asynccontextmanager
async def voice(
    *, script: Script | None = None, faults: tuple[str, ...] = (), **options: Any
) -> AsyncIterator[tuple[AzureSynthesizer, Emulator]]:
    async with Emulator(script) as emulator:
        synthesizer = AzureSynthesizer(account(emulator, **options))
        await synthesizer.start()
        emulator.set_faults(faults)
        try:
            yield synthesizer, emulator
        finally:
            await synthesizer.aclose()


@asynccontextmanager
async def open_stream(synthesizer: AzureSynthesizer) -> AsyncIterator[SpeechStream]:
    session = synthesizer.stream(StreamedUtterance("en-US"))
    assert session is not None
    async with session as speech:
        yield speech


async def speak(synthesizer: AzureSynthesizer, *chunks: str) -> tuple[float, list[WordTiming]]:
    """Speak a text; return the seconds of its audio and the timings."""
    async with open_stream(synthesizer) as speech:
        for chunk in chunks:
            await speech.write(chunk)
        await speech.finish()
        events = [event async for event in speech]
    size = sum(len(event.audio) for event in events if isinstance(event, AudioChunk))
    return size / 48_000, [event for event in events if isinstance(event, WordTiming)]


def contexts(emulator: Emulator) -> list[dict[str, Any]]:
    return [
        json.loads(entry.body)["synthesis"]["input"]
        for entry in emulator.journal.find(what="synthesis.context")
        if "bidirectional" in entry.body
    ]


def test_a_text_is_spoken_however_it_is_split() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, emulator):
            seconds, _ = await speak(synthesizer, "Ahoy, ma", "tey, how ", "are <you> & yours? ")
            assert seconds == pytest.approx(len("Ahoy, matey, how are <you> & yours?") / 15 + 0.1, abs=0.1)
            written = emulator.journal.find(what="text.piece")
            assert "".join(entry.body for entry in written) == "Ahoy, matey, how are <you> & yours? "
            assert not emulator.journal.find(what="ssml")

    asyncio.run(scenario())


def test_audio_arrives_while_the_text_is_being_written() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, _), open_stream(synthesizer) as speech:
            await speech.write("The first words are there. ")
            events = aiter(speech)
            assert isinstance(await anext(events), AudioChunk)

    asyncio.run(scenario())


def test_word_timings_are_positions_in_the_whole_text() -> None:
    async def scenario() -> None:
        async with voice(voice=OMNI) as (synthesizer, _):
            text = ("Ahoy there. ", "Ahoy again.")
            _, timings = await speak(synthesizer, *text)
            whole = "".join(text)
            words = [whole[timing.offset : timing.offset + timing.length] for timing in timings]
            assert words == ["Ahoy", "there", "Ahoy", "again"]
            assert [timing.offset for timing in timings] == [0, 5, 12, 17]
            assert timings[2].at == pytest.approx(12 / 15, abs=0.05)

    asyncio.run(scenario())


def test_after_a_failure_before_the_first_sound_all_the_text_is_sent_again() -> None:
    async def scenario() -> None:
        async with voice(faults=("tts:drop@startx1",)) as (synthesizer, _):
            seconds, _ = await speak(synthesizer, "Ahoy there, ", "matey!")
            assert seconds == pytest.approx(len("Ahoy there, matey!") / 15 + 0.1, abs=0.15)

    asyncio.run(scenario())


def test_a_failure_in_mid_speech_is_raised_and_the_next_text_is_spoken() -> None:
    async def scenario() -> None:
        async with voice(faults=("tts:drop@middlex1",)) as (synthesizer, _):
            with pytest.raises(ProviderError, match="Azure Speech at"):
                await speak(synthesizer, "Ahoy there, matey!")
            assert (await speak(synthesizer, "Aye."))[0] > 0

    asyncio.run(scenario())


def test_an_interrupted_text_leaves_nothing_behind_and_the_next_is_spoken() -> None:
    async def scenario() -> None:
        async with voice(script=Script.model_validate({"spoken": {"speed": 1.0}})) as (synthesizer, emulator):
            for _ in range(5):
                async with open_stream(synthesizer) as speech:
                    await speech.write("A story that nobody will hear to its end, for it is ")
                    async for _ in speech:
                        break  # the text is not complete, and the voice at work
            emulator.use_script(Script())
            assert (await speak(synthesizer, "Aye."))[0] > 0
        async with asyncio.timeout(20):
            journal = emulator.journal
            while len(journal.find(what="close")) < len(journal.find(what="open")):  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.01)

    asyncio.run(scenario())


def test_voice_options_are_sent_with_the_text() -> None:
    async def scenario() -> None:
        options = {"voice": "en-US-AvaMultilingualNeural", "rate": 1.2, "pitch": -5, "volume": 80}
        more = {"style": "cheerful", "language": "de-DE", "lexicon": "https://words.example/l.xml"}
        async with voice(**options, **more) as (synthesizer, emulator):
            await speak(synthesizer, "Guten Tag.")
            (asked,) = contexts(emulator)
            assert (asked["voiceName"], asked["language"]) == ("en-US-AvaMultilingualNeural", "de-DE")
            assert (asked["rate"], asked["pitch"], asked["volume"]) == ("1.2", "-5%", "80")
            assert asked["style"] == "cheerful"
            assert asked["customLexiconUrl"] == "https://words.example/l.xml"

    asyncio.run(scenario())


def test_a_whole_utterance_is_spoken_as_without_streaming() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, emulator):
            async with aclosing(synthesizer.synthesize(Utterance("Aye."))) as events:
                assert [event async for event in events]
            assert emulator.journal.find(what="ssml")

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("options", "streams"), [({}, True), ({"voice": "en-US-OnyxMultilingualNeuralHD"}, False)]
)
def test_a_voice_without_text_streaming_gets_sentences(options: dict[str, str], *, streams: bool) -> None:
    async def scenario() -> None:
        async with voice(**options) as (synthesizer, _):
            assert (synthesizer.stream(StreamedUtterance()) is not None) is streams

    asyncio.run(scenario())


def test_text_is_not_streamed_by_default() -> None:
    async def scenario() -> None:
        async with voice(text_streaming=False) as (synthesizer, _):
            assert synthesizer.stream(StreamedUtterance()) is None

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("options", "option", "words"),
    [
        (
            {"voice": "en-US-OnyxMultilingualNeuralHD"},
            "text_streaming",
            "OpenAI HD voices do not support text streaming",
        ),
        ({"sentence_pause": 0.3}, "sentence_pause", "has no effect with `text_streaming`"),
        ({"voice": OMNI, "top_k": 20}, "top_k", "has no effect with `text_streaming`"),
    ],
)
def test_options_that_have_no_effect_with_streaming_are_warned_of(
    options: dict[str, Any], option: str, words: str
) -> None:
    made = AzureSynthesizerOptions.model_validate(
        {"key": "k", "region": "swedencentral", "voice": DRAGON, "text_streaming": True, **options}
    )
    assert [words in advice.message for advice in made.advice("en-US") if advice.option == option] == [True]


def test_a_container_has_no_text_streaming() -> None:
    with pytest.raises(ValueError, match="leave it out"):
        AzureSynthesizerOptions.model_validate(
            {"endpoint": "ws://localhost:5000", "container": True, "text_streaming": True}
        )


@pytest.mark.parametrize(
    ("account_options", "address"),
    [
        (
            {"region": "westeurope"},
            "wss://westeurope.tts.speech.microsoft.com/cognitiveservices/websocket/v2",
        ),
        (
            {"endpoint": "https://me.cognitiveservices.azure.com/"},
            "wss://me.cognitiveservices.azure.com/tts/cognitiveservices/websocket/v2",
        ),
        (
            {"endpoint": "wss://westeurope.tts.speech.microsoft.com/cognitiveservices/websocket/v1?x=y"},
            "wss://westeurope.tts.speech.microsoft.com/cognitiveservices/websocket/v2?x=y",
        ),
        (
            {"endpoint": "https://westeurope.tts.speech.microsoft.com"},
            "wss://westeurope.tts.speech.microsoft.com/cognitiveservices/websocket/v2",
        ),
        ({"endpoint": "ws://127.0.0.1:5000"}, "ws://127.0.0.1:5000/tts/cognitiveservices/websocket/v2"),
    ],
)
def test_streamed_text_goes_to_an_address_of_its_own(account_options: dict[str, str], address: str) -> None:
    options = AzureSynthesizerOptions.model_validate({"key": "k", **account_options})
    assert options.text_stream_endpoint == address


_LEAVE = """
import asyncio, sys
from voicebot import StreamedUtterance
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_azure.synthesis.options import AzureSynthesizerOptions

async def main():
    key, region, endpoint, voice = sys.argv[1:]
    account = dict(key=key, region=region, endpoint=endpoint)
    options = AzureSynthesizerOptions(**account, voice=voice, text_streaming=True)
    synthesizer = AzureSynthesizer(options)
    await synthesizer.start()
    async with synthesizer.stream(StreamedUtterance()) as speech:
        await speech.write("A story that nobody will hear to its end, for it is ")
        async for _ in speech:
            print("speaking")
            sys.exit(3)

asyncio.run(main())
"""


def test_a_program_can_end_in_the_middle_of_a_text() -> None:
    script = Script.model_validate({"spoken": {"speed": 1.0}})
    with running(Emulator(script)) as emulator:
        environment = emulator.environment
        arguments = [environment[name] for name in ("SPEECH_KEY", "SERVICE_REGION", "SPEECH_ENDPOINT")]
        ended = subprocess.run(
            [sys.executable, "-c", _LEAVE, *arguments, DRAGON],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ended.returncode, ended.stdout.strip()) == (3, "speaking"), ended.stderr
