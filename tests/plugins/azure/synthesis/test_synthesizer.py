"""The synthesizer, through the real SDK, against the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import numpy
import pytest

from voicebot import (
    AudioChunk,
    AudioFormat,
    Options,
    ProviderError,
    SynthesisEvent,
    Synthesizer,
    Utterance,
    WordTiming,
)
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_emulator.behind import Behind
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator

HD = "en-US-OnyxMultilingualNeuralHD"


@asynccontextmanager
async def voice(
    *, spoken: dict[str, Any] | None = None, behind: Behind | None = None, **options: Any
) -> AsyncIterator[tuple[AzureSynthesizer, Emulator]]:
    script = Script.model_validate({"spoken": spoken or {}})
    async with Emulator(script, behind=behind) as emulator:
        environment = emulator.environment
        account = {
            "key": environment["SPEECH_KEY"],
            "region": environment["SERVICE_REGION"],
            "endpoint": environment["SPEECH_ENDPOINT"],
        }
        synthesizer = AzureSynthesizer(AzureSynthesizerOptions(**{**account, **options}))
        await synthesizer.start()
        try:
            yield synthesizer, emulator
        finally:
            await synthesizer.aclose()


async def speech(
    synthesizer: AzureSynthesizer, text: str, language: str | None = "en-US"
) -> tuple[bytes, list[WordTiming]]:
    async with aclosing(synthesizer.synthesize(Utterance(text, language))) as stream:
        events = [event async for event in stream]
    audio = b"".join(event.audio for event in events if isinstance(event, AudioChunk))
    return audio, [event for event in events if isinstance(event, WordTiming)]


def say(text: str, language: str | None = "en-US", **options: Any) -> tuple[bytes, list[WordTiming]]:
    async def scenario() -> tuple[bytes, list[WordTiming]]:
        async with voice(**options) as (synthesizer, _):
            return await speech(synthesizer, text, language)

    return asyncio.run(scenario())


def silence_at_end(audio: bytes, rate: int = 24_000) -> float:
    samples = numpy.abs(numpy.frombuffer(audio, dtype="<i2").astype("<i4"))
    return (len(samples) - 1 - int(numpy.flatnonzero(samples > 100)[-1])) / rate


def test_an_utterance_is_spoken_in_full() -> None:
    audio, _ = say("Ahoy there, matey!")
    assert len(audio) / 48_000 == pytest.approx(len("Ahoy there, matey!") / 15, abs=0.11)


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_audio_has_the_configured_sample_rate(rate: int) -> None:
    audio, _ = say("Ahoy there, matey!", sample_rate=rate)
    assert len(audio) / 2 / rate == pytest.approx(1.2, abs=0.11)


def test_audio_is_streamed_as_it_arrives() -> None:
    async def scenario() -> None:
        async with voice(spoken={"speed": 2.0}) as (synthesizer, emulator):
            utterance = Utterance("This sentence takes the service quite a while to speak.")
            async with aclosing(synthesizer.synthesize(utterance)) as stream:
                async for event in stream:
                    if isinstance(event, AudioChunk):
                        break
            assert not emulator.journal.find(what="turn.end")

    asyncio.run(scenario())


def test_connections_are_opened_at_start_and_reused() -> None:
    async def scenario() -> None:
        async with voice(pool=2) as (synthesizer, emulator):
            for _ in range(5):
                await speech(synthesizer, "Aye.")
            opened = emulator.journal.find(what="open")
            assert len(opened) == 2
            assert {entry.connection for entry in emulator.journal.find(what="ssml")} <= {1, 2}

    asyncio.run(scenario())


def test_twenty_utterances_can_be_spoken_at_the_same_time() -> None:
    async def scenario() -> None:
        async with voice(pool=2) as (synthesizer, emulator):
            texts = [f"This is utterance number {number}." for number in range(20)]
            spoken = await asyncio.gather(*(speech(synthesizer, text) for text in texts))
            for text, (audio, words) in zip(texts, spoken, strict=True):
                assert len(audio) / 48_000 == pytest.approx(len(text) / 15, abs=0.15)
                assert [text[word.offset : word.offset + word.length] for word in words] == text[:-1].split()
            busy = [entry.connection for entry in emulator.journal.find(what="ssml")]
            assert len(set(busy)) == len(busy)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "text",
    [
        "Ahoy, matey! The sea is deep.",
        "the the the & the <b> the",
        "Grüße aus Köln — naïve café 🎉 and then words",
        "Don't panic.",
        "One. Two! Three? " * 30,
    ],
)
def test_each_word_timing_has_its_position_in_the_text(text: str) -> None:
    audio, words = say(text)
    assert [text[word.offset : word.offset + word.length] for word in words] == [
        "".join(letter for letter in word if letter.isalnum() or letter == "'")
        for word in text.split()
        if any(map(str.isalnum, word))
    ]
    for word in words:
        assert word.at == pytest.approx(word.offset / 15, abs=0.15)
    assert words[-1].at < len(audio) / 48_000


def test_word_timings_are_not_requested_of_a_voice_that_has_none() -> None:
    async def scenario() -> None:
        async with voice(voice=HD) as (synthesizer, emulator):
            audio, words = await speech(synthesizer, "Ahoy there.")
            assert audio
            assert not words
            (context,) = emulator.journal.find(what="synthesis.context")
            assert '"wordBoundaryEnabled":false' in context.body

    asyncio.run(scenario())


@pytest.mark.parametrize("name", [HD, "en-US-Ava:DragonHDLatestNeural", "en-US-Ava:DragonHDOmniLatestNeural"])
def test_the_second_of_silence_that_hd_voices_append_is_trimmed(name: str) -> None:
    audio, _ = say("Ahoy there", voice=name)
    assert 0.05 <= silence_at_end(audio) <= 0.15


def test_a_sentence_pause_is_as_long_as_configured_with_every_voice() -> None:
    for name in (HD, "en-US-AriaNeural"):
        audio, _ = say("Ahoy there.", voice=name, sentence_pause=0.5)
        assert silence_at_end(audio) == pytest.approx(0.5, abs=0.02), name


def test_a_clause_is_not_followed_by_a_sentence_pause() -> None:
    audio, _ = say("Ahoy there,", voice=HD, sentence_pause=0.5)
    assert silence_at_end(audio) <= 0.15


def test_long_text_is_spoken_in_chunks_with_words_at_their_positions() -> None:
    text = "This is one of many sentences. " * 120
    audio, words = say(text, spoken={"characters_per_second": 100})
    assert len(words) == 6 * 120
    last = [text[word.offset : word.offset + word.length] for word in words[-6:]]
    assert last == ["This", "is", "one", "of", "many", "sentences"]
    assert words[-1].at == pytest.approx(len(audio) / 48_000, abs=1.0)
    assert [word.at for word in words] == sorted(word.at for word in words)


def test_text_without_words_yields_no_audio() -> None:
    assert say(" \n ") == (b"", [])


class OnlyWords(Synthesizer[Options]):
    """Yields no audio for text without words."""

    output_format = AudioFormat(16_000)

    async def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        """Hum for the words."""
        if any(map(str.isalnum, utterance.text)):
            yield AudioChunk(b"\x00\x10" * 3_200)


def test_text_that_the_service_has_no_audio_for_does_not_fail() -> None:
    async def scenario() -> None:
        async with voice(behind=Behind(synthesizer=OnlyWords(Options()))) as (synthesizer, emulator):
            said = [await speech(synthesizer, text) for text in ("\u2026", "Ahoy.", "?!")]
            assert [bool(audio) for audio, _ in said] == [False, True, False]
            assert len(emulator.journal.find(what="ssml")) == 3  # each was asked for once

    asyncio.run(scenario())


def test_the_ssml_follows_the_options_and_the_utterance() -> None:
    async def scenario() -> None:
        async with voice(rate=1.2, voice="en-US-AvaMultilingualNeural") as (synthesizer, emulator):
            await speech(synthesizer, "Ich heiße <Onyx> & Co.", "de-DE")
            (sent,) = emulator.journal.find(what="ssml")
            assert (
                '<lang xml:lang="de-DE"><prosody rate="1.2">Ich heiße &lt;Onyx&gt; &amp; Co.</' in sent.body
            )

    asyncio.run(scenario())


def test_the_voices_of_the_region_are_listed_with_their_families() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, _):
            voices = {voice.name: voice for voice in await synthesizer.voices()}
        onyx = voices[HD]
        assert (onyx.gender, onyx.description) == ("male", "OpenAI HD")
        assert onyx.languages[0] == "en-US"
        assert "de-DE" in onyx.languages
        assert voices["de-DE-KatjaNeural"].languages == ("de-DE",)

    asyncio.run(scenario())


def test_properties_are_set_on_the_sdk_unchanged() -> None:
    with pytest.raises(ProviderError, match="did not answer in time"):
        say("Ahoy.", spoken={"first_byte": 30}, properties={"SpeechSynthesis_FirstChunkTimeoutMs": "100"})


def test_closing_twice_or_without_a_start_is_harmless() -> None:
    async def scenario() -> None:
        synthesizer = AzureSynthesizer(AzureSynthesizerOptions(key="k", region="uksouth"))  # type: ignore[arg-type]
        await synthesizer.aclose()
        with pytest.raises(ProviderError, match="not started"):
            await speech(synthesizer, "Hello.")
        async with voice() as (started, _):
            await started.aclose()
            with pytest.raises(ProviderError, match="closed"):
                await speech(started, "Hello.")

    asyncio.run(scenario())


def test_a_container_speaks_and_lists_its_voices() -> None:
    async def scenario() -> None:
        async with voice(container=True) as (synthesizer, emulator):
            audio, words = await speech(synthesizer, "Ahoy there.")
            assert audio
            assert len(words) == 2
            assert emulator.journal.find(what="open")[0].body.startswith("/cognitiveservices/websocket/v1")
            assert len(await synthesizer.voices()) > 500

    asyncio.run(scenario())


def test_a_connection_that_is_slow_to_open_is_awaited_and_not_opened_twice() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, slow_door(emulator.port, 0.2) as port:
            options = AzureSynthesizerOptions(
                key=emulator.account.speech_key,  # type: ignore[arg-type]
                region="swedencentral",
                endpoint=f"ws://127.0.0.1:{port}",
                pool=2,
            )
            synthesizer = AzureSynthesizer(options)
            await synthesizer.start()
            for _ in range(3):
                await asyncio.gather(*(speech(synthesizer, "Aye.") for _ in range(2)))
            assert len(emulator.journal.find(what="open")) == 2
            await synthesizer.aclose()

    asyncio.run(scenario())


@asynccontextmanager
async def slow_door(port: int, seconds: float) -> AsyncIterator[int]:
    """Pass connections on to a port, the first bytes of each after a delay."""

    async def enter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(seconds)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(carry(reader, back))
            tasks.create_task(carry(there, writer))

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(enter, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
