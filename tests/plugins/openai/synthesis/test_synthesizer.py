"""The voice `openai-tts`: what it requests, and the sound it passes on."""

from __future__ import annotations

import asyncio
import io
import logging
import wave
from contextlib import aclosing

import pytest

from voicebot import AudioFormat, ProviderError, Utterance

KEY = "sk-very-secret-0123456789"


def run(chat_server, answer, use):
    async def talk():
        async with chat_server(answer) as server:
            return await use(server)

    return asyncio.run(talk())


def wave_of(sound, rate, channels=1):
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound)
    return buffer.getvalue()


def test_the_request_carries_the_text_and_the_options_that_are_set(
    chat_server, voice_of, spoken, sending, humming
):
    async def use(server):
        options = {
            "voice": "af_heart",
            "speed": 1.2,
            "instructions": "Arr!",
            "extra_body": {"lang_code": "a"},
        }
        async with voice_of(server, **options) as voice:
            await spoken(voice)
        return server.requests[0]

    request = run(chat_server, sending(humming(0.1)), use)
    assert request.path == "/v1/audio/speech"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "test-model",
        "voice": "af_heart",
        "input": "Ahoy there.",
        "response_format": "pcm",
        "speed": 1.2,
        "instructions": "Arr!",
        "sample_rate": 24_000,
        "lang_code": "a",
    }


def test_the_first_sound_is_passed_on_as_soon_as_it_arrives(chat_server, voice_of, humming):
    heard_first = asyncio.Event()

    async def slowly(exchange):
        exchange.writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: audio/pcm\r\nconnection: close\r\n\r\n")
        exchange.writer.write(humming(0.02))
        await exchange.writer.drain()
        await heard_first.wait()  # hangs for ever if the client waits for more
        exchange.writer.write(humming(0.02))
        exchange.writer.close()

    async def use(server):
        heard = []
        async with voice_of(server) as voice:
            async for event in voice.synthesize(Utterance("Ahoy.")):
                heard.append(event.audio)
                heard_first.set()
        return heard

    assert len(run(chat_server, slowly, use)) == 2


@pytest.mark.parametrize("size", [0, 1, 13, 4801])
def test_sound_may_be_cut_anywhere_even_within_a_sample(
    chat_server, voice_of, spoken, sending, humming, size
):
    sound = humming(0.02 if size == 1 else 0.3)

    async def use(server):
        async with voice_of(server) as voice:
            return await spoken(voice)

    heard = run(chat_server, sending(sound, size=size), use)
    assert heard == sound[: len(heard)]
    assert len(sound) - len(heard) < 20  # the last samples are too quiet to be speech


def test_silence_before_speech_is_dropped_and_the_silence_after_it_is_as_long_as_configured(
    chat_server, voice_of, spoken, sending, humming
):
    sound = bytes(24_000) + humming(0.5) + bytes(4_800) + humming(0.5) + bytes(48_000)

    async def use(server):
        async with voice_of(server, sentence_pause=0.25) as voice:
            return await spoken(voice)

    heard = run(chat_server, sending(sound, size=1_000), use)
    assert AudioFormat(24_000).seconds_in(len(heard)) == pytest.approx(
        0.03 + 0.5 + 0.1 + 0.5 + 0.25, abs=0.01
    )


@pytest.mark.parametrize(("rate", "size"), [(24_000, 0), (22_050, 7), (48_000, 0)])
def test_a_wav_file_is_played_at_its_own_rate(chat_server, voice_of, spoken, sending, humming, rate, size):
    async def use(server):
        async with voice_of(server) as voice:
            return await spoken(voice)

    body = wave_of(humming(0.5, rate), rate)
    heard = run(chat_server, sending(body, kind="audio/wav", size=size), use)
    assert AudioFormat(24_000).seconds_in(len(heard)) == pytest.approx(0.5, abs=0.01)


def test_a_wav_file_can_be_asked_for(chat_server, voice_of, spoken, sending, humming):
    async def use(server):
        async with voice_of(server, response_format="wav") as voice:
            await spoken(voice)
        return server.requests[0].body["response_format"]

    assert run(chat_server, sending(wave_of(humming(0.1), 22_050), kind="audio/wav"), use) == "wav"


def test_what_follows_the_sound_in_a_wav_file_is_not_played(chat_server, voice_of, spoken, sending, humming):
    async def use(server):
        async with voice_of(server) as voice:
            return await spoken(voice)

    body = wave_of(humming(0.5), 24_000) + b"LIST" + humming(0.2)
    heard = run(chat_server, sending(body, kind="audio/wav", size=1_000), use)
    assert AudioFormat(24_000).seconds_in(len(heard)) == pytest.approx(0.5, abs=0.01)


def test_the_pause_is_shorter_where_a_text_is_cut_within_a_sentence(
    chat_server, voice_of, spoken, sending, humming
):
    async def use(server):
        async with voice_of(server, sentence_pause=0.5) as voice:
            return [len(await spoken(voice, text)) for text in ("Ahoy!", "Ahoy,")]

    sentence, clause = run(chat_server, sending(humming(0.5)), use)
    assert AudioFormat(24_000).seconds_in(sentence - clause) == pytest.approx(0.4)


def test_a_rate_in_the_content_type_is_believed(chat_server, voice_of, spoken, sending, humming):
    async def use(server):
        async with voice_of(server) as voice:
            return await spoken(voice)

    heard = run(chat_server, sending(humming(0.5, 16_000), kind="audio/pcm; rate=16000"), use)
    assert AudioFormat(24_000).seconds_in(len(heard)) == pytest.approx(0.5, abs=0.01)


WRONG_ANSWERS = {
    "MP3 by its type": (b"\x00" * 64, "audio/mpeg", "answered with MP3 instead of PCM"),
    "MP3 with a tag": (b"ID3\x04" + bytes(64), "audio/pcm", "answered with MP3 instead of PCM"),
    "MP3 frames": (b"\xff\xfb\x90\x64" + bytes(64), "application/octet-stream", "MP3 instead of PCM"),
    "Ogg": (b"OggS" + bytes(64), "", "answered with Ogg instead of PCM"),
    "FLAC": (b"fLaC" + bytes(64), "", "answered with FLAC instead of PCM"),
    "a web page": (b"<!doctype html><p>Hi</p>", "text/html", "web page instead of sound; `base_url` usually"),
    "a web page without a type": (b"\n<html><body>Hello</body></html>", "", "a web page instead of sound"),
    "JSON": (b'{"detail": "no speech here"}', "application/json", "instead of sound: no speech here"),
    "JSON as sound": (b'{"error": {"message": "out of memory"}}', "audio/pcm", "of sound: out of memory"),
    "text": (b"this is not sound", "text/plain", "answered with text instead of sound: this is not sound"),
    "nothing": (b"", "audio/pcm", "answered without sound"),
    "a little text": (b"no", "text/plain", "answered with text instead of sound: no"),
    "stereo": (wave_of(bytes(400), 24_000, 2), "audio/wav", "a WAV file of 2 channels, 16 bits"),
}


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_an_answer_that_is_not_pcm_is_one_clear_error(chat_server, voice_of, spoken, sending, name):
    body, kind, words = WRONG_ANSWERS[name]

    async def use(server):
        async with voice_of(server, max_retries=0) as voice:
            with pytest.raises(ProviderError) as caught:
                await spoken(voice)
        return str(caught.value)

    message = run(chat_server, sending(body, kind=kind), use)
    assert words in message
    assert "\n" not in message
    assert message.startswith("http://127.0.0.1:")


def test_an_optional_field_that_the_server_rejects_is_left_out_from_then_on(
    chat_server, voice_of, spoken, humming
):
    async def strict(exchange):
        for name in ("instructions", "sample_rate"):
            if name in exchange.body:
                error = {
                    "message": f"Unknown parameter: '{name}'.",
                    "param": name,
                    "code": "unknown_parameter",
                }
                await exchange.send(400, {"error": error})
                return
        await exchange.stream(humming(0.1), kind="audio/pcm")

    async def use(server):
        async with voice_of(server, instructions="Arr!") as voice:
            await spoken(voice)
            await spoken(voice)
        return [set(request.body) & {"instructions", "sample_rate"} for request in server.requests]

    assert run(chat_server, strict, use) == [{"instructions", "sample_rate"}, {"sample_rate"}, set(), set()]


def refusing(status, message="no", code=None, param=None, extra=""):
    async def answer(exchange):
        error = {"message": message, "type": "x", "param": param, "code": code}
        await exchange.send(status, {"error": error}, extra=extra)

    return answer


async def hang(exchange):
    await exchange.until_gone()


async def cut_before_any_sound(exchange):
    exchange.cut()


FAILURES = {
    "wrong key": (refusing(401, f"Incorrect key: {KEY}"), "rejected the key; check `api_key`", False),
    "forbidden": (refusing(403, "Not yours"), "check that the key may use `test-model`: Not yours", False),
    "no such model": (refusing(404, "The model does not exist"), "has no model `test-model`", False),
    "no such path": (refusing(404, "Not Found"), "has no such API; `base_url` usually ends in /v1", False),
    "another server": (refusing(501, "Unsupported method"), "has no such API; `base_url` usually", False),
    "no such voice": (
        refusing(400, "Input should be 'alloy'", param="voice"),
        "does not accept the voice `alloy`; choose one that `voicebot voices` lists",
        False,
    ),
    "no such voice, by Kokoro": (
        refusing(400, "Voice 'x' not found. Available voices: af_heart"),
        "lists: Voice 'x' not found. Available voices: af_heart",
        False,
    ),
    "too long": (refusing(400, "too many input tokens"), "cannot take so much at once", False),
    "bad option": (refusing(400, "speed must be lower"), "check the options: speed must be lower", False),
    "too many requests": (refusing(429, "Slow down"), "too many requests; wait a little: Slow down", True),
    "no credit": (refusing(429, "You ran out", "insufficient_quota"), "has no credit left", False),
    "broken server": (refusing(500, "Oops"), "failed with status 500; try again: Oops", True),
    "loading": (refusing(503, "Loading model"), "is still loading its model", True),
    "cut": (cut_before_any_sound, "closed the connection; try again", True),
    "silent": (hang, "sent nothing for 0.2 s; raise `timeout`", True),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_is_one_line_that_says_what_to_do_without_the_key(
    chat_server, voice_of, spoken, caplog, name
):
    caplog.set_level(logging.DEBUG)
    answer, words, retryable = FAILURES[name]
    timeout = 0.2 if name in {"silent", "loading"} else 30.0

    async def use(server):
        async with voice_of(server, max_retries=0, timeout=timeout) as voice:
            with pytest.raises(ProviderError) as caught:
                await spoken(voice)
        return caught.value

    error = run(chat_server, answer, use)
    assert words in str(error)
    assert error.retryable is retryable
    assert "\n" not in str(error)
    assert KEY not in f"{error} {error!r} {error.__cause__!r} {caplog.text}"


def test_a_request_that_fails_before_the_first_sound_is_sent_again(chat_server, voice_of, spoken, humming):
    answers = [refusing(500), refusing(429, extra="retry-after: 0\r\n")]

    async def fail_twice(exchange):
        if answers:
            await answers.pop()(exchange)
        else:
            await exchange.stream(humming(0.1), kind="audio/pcm")

    async def use(server):
        async with voice_of(server, max_retries=2) as voice:
            assert await spoken(voice)
        return len(server.requests)

    assert run(chat_server, fail_twice, use) == 3


def test_a_connection_that_breaks_in_the_middle_is_an_error_and_not_the_end(chat_server, voice_of, humming):
    async def break_off(exchange):
        exchange.writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: audio/pcm\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        exchange.writer.write(b"960\r\n" + humming(0.05) + b"\r\n")
        await exchange.writer.drain()
        exchange.writer.close()

    async def use(server):
        heard = []
        async with voice_of(server) as voice:
            try:
                async for event in voice.synthesize(Utterance("Ahoy.")):
                    heard.append(event)  # noqa: PERF401 - the error would take them along
            except ProviderError as error:
                return heard, error, len(server.requests)
        raise AssertionError("nothing broke the speech")

    heard, error, requests = run(chat_server, break_off, use)
    assert heard
    assert error.retryable
    assert "closed the connection" in str(error)
    assert requests == 1


@pytest.mark.parametrize("begun", [False, True])
def test_stopping_the_speech_closes_its_connection(chat_server, voice_of, humming, begun):
    asked = asyncio.Event()

    async def endless(exchange):
        if begun:
            exchange.writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: audio/pcm\r\n\r\n" + humming(0.1))
            await exchange.writer.drain()
        asked.set()
        await exchange.until_gone()

    async def use(server):
        async with voice_of(server) as voice:
            async with aclosing(voice.synthesize(Utterance("Ahoy."))) as events:
                first = asyncio.create_task(anext(events))
                await asked.wait()
                if begun:
                    await first
                else:
                    first.cancel()
                    await asyncio.wait([first])
            async with asyncio.timeout(5):
                await server.hung_up.wait()
        return True

    assert run(chat_server, endless, use)


def test_a_text_without_words_is_not_requested(chat_server, voice_of, spoken, sending, humming):
    async def use(server):
        async with voice_of(server) as voice:
            assert [await spoken(voice, text) for text in ("", "  \n", "...", "?!")] == [b""] * 4
        return server.requests

    assert run(chat_server, sending(humming(0.1)), use) == []


def test_a_long_text_is_spoken_in_several_requests(chat_server, voice_of, spoken, sending, humming):
    text = "This sentence is one of many. " * 400

    async def use(server):
        async with voice_of(server) as voice:
            await spoken(voice, text)
        return [request.body["input"] for request in server.requests]

    inputs = run(chat_server, sending(humming(0.1)), use)
    assert "".join(inputs) == text
    assert all(len(part) <= 4_096 and part.endswith(". ") for part in inputs)


def test_a_voice_that_is_not_started_says_so(voice_of):
    from voicebot_openai.synthesis.options import OpenAISynthesizerOptions
    from voicebot_openai.synthesis.synthesizer import OpenAISynthesizer

    voice = OpenAISynthesizer(OpenAISynthesizerOptions(model="x", base_url="http://localhost:1/v1"))

    async def speak():
        return [event async for event in voice.synthesize(Utterance("Ahoy."))]

    with pytest.raises(ProviderError, match="it was not started, or was closed"):
        asyncio.run(speak())
