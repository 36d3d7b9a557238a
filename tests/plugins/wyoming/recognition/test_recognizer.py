"""Sessions of the recogniser: what the server gets, and what becomes of its answers."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager

import pytest
from wyoming.asr import Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.info import Info
from wyoming.vad import VoiceStarted, VoiceStopped

from voicebot import (
    FinalTranscript,
    Hints,
    PartialTranscript,
    ProviderError,
    SpeechStarted,
    SpeechStopped,
)
from voicebot_wyoming.recognition.options import WyomingRecognizerOptions
from voicebot_wyoming.recognition.recognizer import WyomingRecognizer

ENGLISH = Hints(languages=("en-US",))
SOUND = b"\1\0\2\0" * 4_000


@asynccontextmanager
async def session(server, hints=ENGLISH, **options):
    """Start a recogniser, and yield a session with an iterator over its events."""
    recognizer = WyomingRecognizer(WyomingRecognizerOptions(uri=server.uri, **options))
    await recognizer.start()
    try:
        async with recognizer.listen(hints) as recognition:
            yield recognition, aiter(recognition)
    finally:
        await recognizer.aclose()


async def heard(server, hints=ENGLISH, **options):
    """Return what is recognised in one stretch of sound."""
    async with session(server, hints, **options) as (recognition, events):
        await recognition.write(SOUND)
        await recognition.commit()
        await recognition.finish()
        return [event async for event in events]


def test_each_commit_is_a_connection_of_its_own_and_one_final(wyoming, recognizing, transcribed):
    async def run():
        async with wyoming(transcribed("how are you"), recognizing()) as server:
            async with session(server) as (recognition, events):
                for sound in (SOUND, SOUND[:2000]):
                    for first in range(0, len(sound), 998):
                        await recognition.write(sound[first : first + 998])
                    await recognition.commit()
                    assert await anext(events) == FinalTranscript("how are you")
                await recognition.finish()
                assert [event async for event in events] == []
            return server.clients

    first, second = asyncio.run(run())
    assert first.kinds == ["transcribe", "audio-start", "audio-chunk", "audio-stop"]
    assert first.data("audio-start") | {"timestamp": 0} == {
        "rate": 16_000,
        "width": 2,
        "channels": 1,
        "timestamp": 0,
    }
    assert (first.sound, second.sound) == (SOUND, SOUND[:2000])


def test_a_commit_without_sound_is_answered_without_the_server(wyoming, recognizing, transcribed):
    async def run():
        async with wyoming(transcribed("never"), recognizing()) as server:
            async with session(server) as (recognition, events):
                await recognition.commit()
                await recognition.write(b"")
                await recognition.commit()
                await recognition.finish()
                assert [event async for event in events] == [FinalTranscript(""), FinalTranscript("")]
            assert server.clients == []

    asyncio.run(run())


def test_sound_without_a_commit_is_transcribed_at_the_end(wyoming, recognizing, transcribed):
    async def run():
        async with (
            wyoming(transcribed("good bye"), recognizing()) as server,
            session(server) as (recognition, events),
        ):
            await recognition.write(SOUND)
            await recognition.finish()
            await recognition.finish()
            assert [event async for event in events] == [FinalTranscript("good bye")]

    asyncio.run(run())


def test_the_next_sound_is_sent_while_a_transcript_is_awaited(wyoming, recognizing):
    second_has_come = asyncio.Event()

    async def serve(client):
        number = len(server.clients)
        await client.receive("audio-stop")
        if number == 1:
            await second_has_come.wait()
        else:
            second_has_come.set()
        await client.send(Transcript(f"number {number}"))

    async def run():
        nonlocal server
        async with wyoming(serve, recognizing()) as server, session(server) as (recognition, events):
            for _ in range(2):
                await recognition.write(SOUND)
                await recognition.commit()
            await recognition.finish()
            return [event.text async for event in events]

    server = None
    assert asyncio.run(run()) == ["number 1", "number 2"]


@pytest.mark.parametrize(
    "chunks", [("how", " are", " you"), ("how", "how are", "how are you"), ("how ", "", "are", " ", "you")]
)
def test_partial_transcripts_grow_with_each_piece(wyoming, recognizing, chunks):
    async def serve(client):
        await client.receive("audio-chunk")
        await client.send(TranscriptStart(language="en_GB"), *map(TranscriptChunk, chunks))
        await client.receive("audio-stop")
        await client.send(Transcript("How are you?"), TranscriptStop())

    async def run():
        async with wyoming(serve, recognizing(streams=True)) as server, session(server) as (rec, events):
            await rec.write(SOUND)
            partials = [await anext(events) for _ in range(3)]  # before the commit
            await rec.commit()
            return partials, await anext(events)

    partials, final = asyncio.run(run())
    assert partials == [PartialTranscript(text) for text in ("how", "how are", "how are you")]
    assert final == FinalTranscript("How are you?", "en-GB")


def test_a_server_may_send_its_transcript_only_in_pieces(wyoming, recognizing):
    async def serve(client):
        await client.receive("audio-stop")
        await client.send(
            TranscriptStart(), TranscriptChunk("good"), TranscriptChunk(" bye"), TranscriptStop()
        )

    async def run():
        async with wyoming(serve, recognizing(streams=True)) as server:
            return (await heard(server))[-1]

    assert asyncio.run(run()) == FinalTranscript("good bye")


def test_speech_that_the_server_ends_by_itself_is_final_and_the_next_sound_is_a_new_request(
    wyoming, recognizing
):
    async def serve(client):
        number = len(server.clients)
        await client.receive("audio-chunk")
        await client.send(Transcript(f"number {number}"))
        await client.gone()

    async def run():
        nonlocal server
        async with wyoming(serve, recognizing()) as server, session(server) as (recognition, events):
            finals = []
            for _ in range(2):
                await recognition.write(SOUND)
                finals.append(await anext(events))
            await recognition.commit()
            finals.append(await anext(events))
            return finals

    server = None
    assert asyncio.run(run()) == [
        FinalTranscript("number 1"),
        FinalTranscript("number 2"),
        FinalTranscript(""),
    ]


def test_the_server_may_report_speech(wyoming, recognizing):
    async def serve(client):
        await client.receive("audio-stop")
        await client.send(VoiceStarted(timestamp=0), VoiceStopped(timestamp=900), Transcript(""))

    async def run():
        async with wyoming(serve, recognizing()) as server:
            return await heard(server)

    assert asyncio.run(run()) == [SpeechStarted(), SpeechStopped(), FinalTranscript("")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" [BLANK_AUDIO]", ""),
        ("(wind blowing)", ""),
        ("*coughs* How are you?", "How are you?"),
        ("♪♪", ""),
        ("(wind blowing) (sighs).", ""),
        ("Call (555) 123 (at home).", "Call (555) 123 (at home)."),
        ("Room [12]", "Room [12]"),
        ("  Turn on\n the lights. ", "Turn on the lights."),
    ],
)
def test_what_is_written_for_other_sounds_than_speech_is_left_out(
    wyoming, recognizing, transcribed, text, words
):
    async def run():
        async with wyoming(transcribed(text), recognizing()) as server:
            return await heard(server)

    assert asyncio.run(run()) == [FinalTranscript(words)]


@pytest.mark.parametrize(
    ("said", "language"), [("de", "de"), ("de_AT", "de-AT"), ("german", None), ("", None), (None, None)]
)
def test_the_language_that_the_server_has_recognised_is_reported(
    wyoming, recognizing, transcribed, said, language
):
    async def run():
        async with wyoming(transcribed("hallo", said), recognizing()) as server:
            return await heard(server)

    assert asyncio.run(run()) == [FinalTranscript("hallo", language)]


@pytest.mark.parametrize(
    ("offered", "hinted", "option", "sent"),
    [
        (["de", "en"], ("en-US",), None, "en"),
        (["en_GB", "en_US"], ("en-US",), None, "en_US"),
        (["en_GB"], ("en-US",), None, "en_GB"),
        (["de"], ("en-US",), None, None),
        ([], ("en-US",), None, None),
        (["de", "en"], ("en-US", "de-DE"), None, None),
        (["de", "en"], ("en-US",), "auto", "auto"),
    ],
)
def test_the_language_is_sent_as_the_server_writes_it(
    wyoming, recognizing, transcribed, caplog, offered, hinted, option, sent
):
    async def run():
        async with wyoming(transcribed("hi"), recognizing(tiny=offered)) as server:
            await heard(server, Hints(languages=hinted), language=option)
            return server.clients[0].data("transcribe").get("language")

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(run()) == sent
    assert ("lists de, not en-US; set `language`" in caplog.text) == (offered == ["de"])


def test_phrases_and_the_model_are_sent(wyoming, recognizing, transcribed):
    async def run():
        async with wyoming(transcribed("hi"), recognizing(tiny=["en"], base_en=["en"])) as server:
            hints = Hints(("Turn on the lamp", " ", *["tea"] * 300), ("en",))
            await heard(server, hints, model="base.en")
            return server.clients[0].data("transcribe")

    data = asyncio.run(run())
    assert data["name"] == "base.en"
    assert data["transcript_terms"][:2] == ["Turn on the lamp", "tea"]
    assert len(data["transcript_terms"]) == 200


def test_a_program_that_is_not_the_first_is_selected(wyoming, recognizing, transcribed):
    async def run():
        programs = [*recognizing().asr, *recognizing(name="vosk", small=["en"]).asr]
        async with wyoming(transcribed("hi"), Info(asr=programs)) as server:
            for options in ({"model": "small"}, {"program": "vosk"}, {"program": "whisper"}):
                await heard(server, **options)
            return [client.received[0] for client in server.clients]

    by_model, by_name, first = asyncio.run(run())
    assert by_model.type == by_name.type == "select-program"
    assert by_model.data == by_name.data == {"name": "vosk"}
    assert first.type == "transcribe"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "tinny"}, "has no model 'tinny'; did you mean 'tiny'?"),
        ({"model": "xxl"}, "has no model 'xxl'; it has 'tiny'"),
        ({"program": "wisper"}, "has no program 'wisper'; did you mean 'whisper'?"),
    ],
)
def test_what_the_server_lacks_is_reported_at_the_start(
    wyoming, recognizing, transcribed, failure_of, options, message
):
    async def run():
        async with wyoming(transcribed(""), recognizing()) as server:
            options_ = WyomingRecognizerOptions(uri=server.uri, **options)
            return await failure_of(WyomingRecognizer(options_))

    error = asyncio.run(run())
    assert message in str(error)
    assert not error.retryable


def test_a_server_that_only_speaks_is_reported_at_the_start(wyoming, speaking, tone, failure_of):
    async def run():
        async with wyoming(tone(), speaking()) as server:
            return await failure_of(WyomingRecognizer(WyomingRecognizerOptions(uri=server.uri)))

    assert "recognises no speech, but offers text to speech; set `uri` to one" in str(asyncio.run(run()))


def test_leaving_a_session_closes_its_connections_at_once(wyoming, recognizing):
    begun, gone = asyncio.Event(), asyncio.Event()

    async def serve(client):
        await client.receive("audio-chunk")
        begun.set()
        await client.gone()
        gone.set()

    async def run():
        async with wyoming(serve, recognizing()) as server:
            async with session(server) as (recognition, _):
                await recognition.write(SOUND)
                await begun.wait()
            await gone.wait()

    asyncio.run(run())


def test_a_server_that_dies_can_be_used_again_once_it_is_back(wyoming, recognizing):
    async def serve(client):
        await client.receive("audio-stop")
        if len(server.clients) > 1:
            await client.send(Transcript("here I am"))

    async def run():
        nonlocal server
        async with wyoming(serve, recognizing()) as server:
            recognizer = WyomingRecognizer(WyomingRecognizerOptions(uri=server.uri))
            await recognizer.start()
            for last in (False, True):
                async with recognizer.listen(ENGLISH) as recognition:
                    await recognition.write(SOUND)
                    await recognition.finish()
                    if last:
                        return [event async for event in recognition]
                    with pytest.raises(ProviderError, match="closed the connection before") as caught:
                        [event async for event in recognition]
                    assert caught.value.retryable
        return None

    server = None
    assert asyncio.run(run()) == [FinalTranscript("here I am")]


def test_a_server_that_has_gone_is_reported_by_the_session(wyoming, recognizing, transcribed):
    async def run():
        async with wyoming(transcribed("hi"), recognizing()) as server:
            recognizer = WyomingRecognizer(WyomingRecognizerOptions(uri=server.uri))
            await recognizer.start()
        async with recognizer.listen(ENGLISH) as recognition:
            await recognition.write(SOUND)
            await recognition.write(SOUND)
            await recognition.commit()
            with pytest.raises(ProviderError, match="no server listens at") as caught:
                await anext(aiter(recognition))
        return caught.value

    assert asyncio.run(run()).retryable


def test_a_transcript_that_does_not_come_is_given_up(wyoming, recognizing):
    async def run():
        async with wyoming(lambda client: client.gone(), recognizing()) as server:
            with pytest.raises(ProviderError, match=r"gave no answer within 0\.05 s") as caught:
                await heard(server, timeout=0.05)
        return caught.value

    assert asyncio.run(run()).retryable


def test_a_recogniser_that_was_not_started_says_so():
    async def run():
        async with WyomingRecognizer(WyomingRecognizerOptions()).listen(ENGLISH):
            pass

    with pytest.raises(ProviderError, match="the recogniser wyoming is not started"):
        asyncio.run(run())


def test_a_server_is_found_at_a_unix_socket_too(wyoming, recognizing, transcribed, tmp_path):
    async def run():
        async with wyoming(transcribed("hi"), recognizing(), path=str(tmp_path / "asr.sock")) as server:
            assert server.uri.startswith("unix://")
            return await heard(server)

    assert asyncio.run(run()) == [FinalTranscript("hi")]
