"""The voice: what the server gets, and what becomes of its sound."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing, asynccontextmanager

import pytest
from pydantic import ValidationError
from wyoming.audio import AudioChunk as SentChunk
from wyoming.audio import AudioStart, AudioStop
from wyoming.info import Info

from voicebot import AudioChunk, AudioFormat, ProviderError, StreamedUtterance, Utterance, VoiceDescription
from voicebot_wyoming.synthesis.options import WyomingSynthesizerOptions
from voicebot_wyoming.synthesis.synthesizer import WyomingSynthesizer

PCM = {"rate": 16_000, "width": 2, "channels": 1}
RAMP = bytes(range(200))


@asynccontextmanager
async def voice(server, **options):
    """Yield a voice that has been started."""
    synthesizer = WyomingSynthesizer(WyomingSynthesizerOptions(uri=server.uri, **options))
    await synthesizer.start()
    try:
        yield synthesizer
    finally:
        await synthesizer.aclose()


async def spoken(synthesizer, text="Hello.", language="en-US"):
    """Return the sound of a text."""
    async with aclosing(synthesizer.synthesize(Utterance(text, language))) as events:
        return b"".join([event.audio async for event in events])


def started(server, **options):
    return WyomingSynthesizer(WyomingSynthesizerOptions(uri=server.uri, **options))


def test_the_format_is_that_of_a_first_word_and_an_utterance_is_a_connection_of_its_own(
    wyoming, speaking, tone
):
    async def run():
        async with (
            wyoming(tone(RAMP, RAMP, rate=22_050), speaking()) as server,
            voice(server) as synthesizer,
        ):
            assert synthesizer.output_format == AudioFormat(22_050)
            assert await spoken(synthesizer) == RAMP * 2
            return server.clients

    trial, hello = asyncio.run(run())
    assert trial.data("synthesize") == {"text": "OK.", "text_format": "text"}
    assert hello.data("synthesize") == {
        "text": "Hello.",
        "voice": {"language": "en_US"},
        "text_format": "text",
    }


def test_sound_that_is_cut_within_samples_is_joined(wyoming, speaking, tone):
    async def run():
        async with (
            wyoming(tone(RAMP[:33], RAMP[33:34], RAMP[34:]), speaking()) as server,
            voice(server) as synthesizer,
            aclosing(synthesizer.synthesize(Utterance("a"))) as events,
        ):
            return [event.audio async for event in events]

    pieces = asyncio.run(run())
    assert b"".join(pieces) == RAMP
    assert not any(len(piece) % 2 for piece in pieces)


def test_a_voice_with_another_rate_is_resampled(wyoming, speaking):
    async def serve(client):
        rate = 16_000 if client.data("synthesize").get("voice") == {"name": "eva"} else 22_050
        form = {"rate": rate, "width": 2, "channels": 1}
        await client.send(AudioStart(**form), SentChunk(audio=bytes(2 * rate), **form), AudioStop())

    async def run():
        info = speaking(joe="en_US", eva="de_DE")
        async with wyoming(serve, info) as server, voice(server, voices={"de": "eva"}) as synthesizer:
            english = await spoken(synthesizer, "Hello.", "en-US")
            german = await spoken(synthesizer, "Guten Tag.", "de-AT")
            return synthesizer.output_format, len(english), len(german)

    form, english, german = asyncio.run(run())
    assert form == AudioFormat(22_050)
    assert english == 2 * 22_050
    assert abs(german - english) <= 4


@pytest.mark.parametrize(
    ("options", "language", "sent"),
    [
        ({}, "en-US", {"language": "en_US"}),
        ({}, "de-DE", {"language": "de_DE"}),
        ({}, "fr-FR", None),
        ({}, None, None),
        ({"voice": "joe"}, "en-GB", {"name": "joe"}),
        ({"voice": "joe"}, "de-DE", {"name": "joe"}),
        ({"voice": "joe", "speaker": "p1", "voices": {"de": "eva"}}, None, {"name": "joe", "speaker": "p1"}),
        ({"voice": "joe", "speaker": "p1", "voices": {"de": "eva"}}, "de-DE", {"name": "eva"}),
        ({"voice": "joe", "voices": {"en": "eva", "de": "eva"}}, "en-US", {"name": "joe"}),
    ],
)
def test_the_voice_depends_on_the_language(wyoming, speaking, tone, options, language, sent):
    async def run():
        info = speaking(joe="en_US", eva="de_DE", speakers=["p1", "p2"])
        async with wyoming(tone(), info) as server, voice(server, **options) as synthesizer:
            await spoken(synthesizer, "Hello.", language)
            return server.clients[-1].data("synthesize").get("voice")

    assert asyncio.run(run()) == sent


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"voice": "jo"}, "has no voice 'jo'; did you mean 'joe'?"),
        ({"voice": "nobody"}, "has no voice 'nobody'; it has 'joe', 'eva'"),
        ({"voices": {"de": "evva"}}, "has no voice 'evva'; did you mean 'eva'?"),
        ({"voice": "joe", "speaker": "p3"}, "has no speaker 'p3'; it has 'p1', 'p2'"),
        ({"program": "pipr"}, "has no program 'pipr'; did you mean 'piper'?"),
    ],
)
def test_what_the_server_lacks_is_reported_at_the_start(
    wyoming, speaking, tone, failure_of, options, message
):
    async def run():
        info = speaking(joe="en_US", eva="de_DE", speakers=["p1", "p2"])
        async with wyoming(tone(), info) as server:
            return await failure_of(started(server, **options))

    error = asyncio.run(run())
    assert message in str(error)
    assert not error.retryable


def test_a_long_list_of_voices_is_not_shown_whole(wyoming, speaking, tone, failure_of):
    async def run():
        info = speaking(**{f"en_voice{number}": "en_US" for number in range(120)})
        async with wyoming(tone(), info) as server:
            return await failure_of(started(server, voice="zzz"))

    assert "'en_voice7' and 112 more" in str(asyncio.run(run()))


def test_a_server_that_only_recognises_is_reported_at_the_start(
    wyoming, recognizing, transcribed, failure_of
):
    async def run():
        async with wyoming(transcribed(""), recognizing()) as server:
            return await failure_of(started(server))

    assert "has no voice, but offers speech recognition; set `uri` to one that has" in str(asyncio.run(run()))


def test_a_speaker_needs_its_voice():
    options = WyomingSynthesizerOptions(speaker="p1")

    (advice,) = options.advice("en-US")
    assert (advice.option, advice.severity) == ("speaker", "error")
    with pytest.raises(ValidationError, match="did you mean tcp://localhost:10200"):
        WyomingSynthesizerOptions(uri="localhost:10200")


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"width": 4}, "sends 1 channels with 4 bytes a sample; set it to mono with 16 bits"),
        ({"width": 1}, "sends 1 channels with 1 bytes a sample"),
        ({"channels": 2}, "sends 2 channels with 2 bytes a sample"),
        ({"rate": 0}, "sends sound with a rate of 0 Hz"),
        ({"rate": 2**40}, "sends sound with a rate of 1099511627776 Hz"),
    ],
)
def test_a_format_that_cannot_be_used_is_reported_at_the_start(
    wyoming, speaking, tone, failure_of, form, message
):
    async def run():
        async with wyoming(tone(**form), speaking()) as server:
            return await failure_of(started(server))

    error = asyncio.run(run())
    assert message in str(error)
    assert not error.retryable


def test_a_voice_without_sound_is_reported_at_the_start(wyoming, speaking, failure_of):
    async def serve(client):
        await client.send(AudioStop())

    async def run():
        async with wyoming(serve, speaking()) as server:
            return await failure_of(started(server))

    assert "gave no sound" in str(asyncio.run(run()))


def test_a_server_that_dies_within_a_sentence_may_work_later(wyoming, speaking):
    async def serve(client):
        await client.send(AudioStart(**PCM), SentChunk(audio=RAMP, **PCM))
        if len(server.clients) != 2:
            await client.send(AudioStop())

    async def run():
        nonlocal server
        async with wyoming(serve, speaking()) as server, voice(server) as synthesizer:
            events = synthesizer.synthesize(Utterance("Hello."))
            assert await anext(events) == AudioChunk(RAMP)
            with pytest.raises(ProviderError, match="closed the connection before it had answered") as caught:
                await anext(events)
            assert caught.value.retryable
            assert await spoken(synthesizer) == RAMP

    server = None
    asyncio.run(run())


def test_an_utterance_that_is_abandoned_closes_its_connection_at_once(wyoming, speaking, tone):
    gone = asyncio.Event()

    async def serve(client):
        await client.send(AudioStart(**PCM), SentChunk(audio=RAMP, **PCM))
        if len(server.clients) == 1:
            await client.send(AudioStop())
        await client.gone()
        gone.set()

    async def run():
        nonlocal server
        async with wyoming(serve, speaking()) as server, voice(server) as synthesizer:
            await gone.wait()
            gone.clear()
            async with aclosing(synthesizer.synthesize(Utterance("Hello."))) as events:
                await anext(events)
            await gone.wait()

    server = None
    asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("one\ttwo\r\nthree\x00four\x1b[31m", "one two  three four (31m"),
        ("say [[h@l'oU]] please", "say ((h@l'oU)) please"),
        ("half \ud83d of a pair", "half ? of a pair"),
        ("<speak>no</speak>", "<speak>no</speak>"),
    ],
)
def test_the_server_gets_plain_text(wyoming, speaking, tone, text, sent):
    async def run():
        async with wyoming(tone(), speaking()) as server, voice(server, normalize=False) as synthesizer:
            await spoken(synthesizer, text)
            return server.clients[-1].data("synthesize")

    data = asyncio.run(run())
    assert (data["text"], data["text_format"]) == (sent, "text")


@pytest.mark.parametrize("text", ["", " \n", "...", "🎉 ☠️", "---"])
def test_a_text_without_words_is_silence_and_does_not_reach_the_server(wyoming, speaking, tone, text):
    async def run():
        async with wyoming(tone(), speaking()) as server, voice(server) as synthesizer:
            assert await spoken(synthesizer, text) == b""
            assert len(server.clients) == 1

    asyncio.run(run())


def test_numbers_are_written_out_unless_the_voice_reads_them_itself(wyoming, speaking, tone):
    async def run():
        async with wyoming(tone(), speaking()) as server:
            for normalize in (True, False):
                async with voice(server, normalize=normalize) as synthesizer:
                    await spoken(synthesizer, "It costs $3.50 today.")
            return [client.data("synthesize")["text"] for client in server.clients[1::2]]

    written, verbatim = asyncio.run(run())
    assert "dollars" in written
    assert verbatim == "It costs $3.50 today."


def test_the_voices_are_listed_with_their_languages_and_speakers(wyoming, speaking, tone):
    async def run():
        programs = [
            *speaking(joe="en_US", speakers=[f"p{number}" for number in range(9)]).tts,
            *speaking(name="kokoro", bella="en", joe="en_US").tts,
        ]
        async with wyoming(tone(), Info(tts=programs)) as server:
            async with voice(server) as synthesizer:
                every = await synthesizer.voices()
            async with voice(server, program="kokoro") as synthesizer:
                return every, await synthesizer.voices(), server.clients[-1].received[0]

    every, kokoro, first = asyncio.run(run())
    assert [each.name for each in every] == ["joe", "bella"]
    assert VoiceDescription("bella", ("en",), "", "bella (medium)") in kokoro
    assert len(kokoro) == 2
    assert (first.type, first.data) == ("select-program", {"name": "kokoro"})


def test_a_voice_that_was_not_started_says_so():
    synthesizer = WyomingSynthesizer(WyomingSynthesizerOptions())

    with pytest.raises(ProviderError, match="the voice wyoming is not started"):
        asyncio.run(spoken(synthesizer))
    assert synthesizer.stream(StreamedUtterance()) is None


def test_text_streaming_has_no_effect_with_a_server_that_cannot(wyoming, speaking, tone, caplog):
    async def run():
        async with (
            wyoming(tone(), speaking()) as server,
            voice(server, text_streaming=True) as synthesizer,
        ):
            assert synthesizer.stream(StreamedUtterance()) is None

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert "takes only whole sentences: `text_streaming` has no effect" in caplog.text
