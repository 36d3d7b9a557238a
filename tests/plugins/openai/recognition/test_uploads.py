"""Recognition by uploads: one request for each commit, in any dialect of the API."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import wave

import pytest

from voicebot import FinalTranscript, Hints, PartialTranscript, ProviderError

KEY = "sk-very-secret-0123456789"
SPEECH = 1.0


def run(chat_server, answer, use):
    async def talk():
        async with chat_server(answer) as server:
            return await use(server)

    return asyncio.run(talk())


def whole(body, kind="application/json", status=200):
    async def answer(exchange):
        await exchange.send(status, body, kind=kind)

    return answer


def events(*data, name=""):
    async def answer(exchange):
        lines = (f"event: {name}\n" if name else "", "data: ")
        body = "".join(
            "".join(lines) + (item if isinstance(item, str) else json.dumps(item)) + "\n\n" for item in data
        )
        await exchange.stream(body.encode())

    return answer


def delta(text):
    return {"type": "transcript.text.delta", "delta": text}


def test_each_commit_is_uploaded_as_a_wav_file_with_the_options_and_hints(
    chat_server, recognizer_of, recognized, uploads_of, humming
):
    async def use(server):
        async with recognizer_of(server, prompt="Pirates", extra_body={"vad_filter": True}) as recognizer:
            hints = Hints(("Captain  Smith", "", "aye aye"), ("en-GB",))
            found = await recognized(recognizer, humming(SPEECH), humming(0.5), hints=hints)
        return found, uploads_of(server), server.requests[0].path

    found, uploads, path = run(chat_server, whole({"text": " Ahoy there. "}), use)
    assert path == "/v1/audio/transcriptions"
    assert found == [FinalTranscript("Ahoy there."), FinalTranscript("Ahoy there.")]
    assert uploads[0].fields == {
        "model": ["test-model"],
        "response_format": ["json"],
        "stream": ["true"],
        "language": ["en"],
        "prompt": ["Pirates, Captain Smith, aye aye"],
        "vad_filter": ["true"],
    }
    assert uploads[0].file_name == "speech.wav"
    with wave.open(io.BytesIO(uploads[0].file)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        assert file.readframes(file.getnframes()) == humming(SPEECH)


STREAMS = {
    "OpenAI": events(
        delta("Ahoy"),
        delta(" there."),
        {"type": "transcript.text.done", "text": "Ahoy there.", "languages": [{"code": "en"}]},
        "[DONE]",
        name="transcript.text.delta",
    ),
    "older speaches": events({"text": "Ahoy"}, {"text": " there."}),
    "vLLM": events(
        {"object": "transcription.chunk", "choices": [{"delta": {"content": "Ahoy"}}]},
        {"object": "transcription.chunk", "choices": [{"delta": {"content": " there."}}]},
        {"object": "transcription.chunk", "choices": [{"delta": {"content": ""}, "finish_reason": "stop"}]},
        "[DONE]",
    ),
}


@pytest.mark.parametrize("server_name", STREAMS)
def test_a_streamed_transcript_is_shown_while_it_grows(
    chat_server, recognizer_of, recognized, humming, server_name
):
    async def use(server):
        async with recognizer_of(server) as recognizer:
            return await recognized(recognizer, humming(SPEECH))

    found = run(chat_server, STREAMS[server_name], use)
    assert found[:2] == [PartialTranscript("Ahoy"), PartialTranscript("Ahoy there.")]
    assert found[-1].text == "Ahoy there."
    assert sum(isinstance(event, FinalTranscript) for event in found) == 1


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        ({"text": "Ahoy", "languages": [{"code": "it"}]}, "it"),
        ({"text": "Ahoy", "language": "pt-BR"}, "pt-BR"),
        ({"text": "Ahoy", "language": "english"}, "en"),
        ({"text": "Ahoy", "language": "klingon"}, None),
        ({"text": "Ahoy", "languages": []}, None),
    ],
)
def test_the_language_is_reported_if_the_server_says_it(
    chat_server, recognizer_of, recognized, humming, answer, language
):
    async def use(server):
        async with recognizer_of(server) as recognizer:
            return await recognized(recognizer, humming(SPEECH))

    assert run(chat_server, whole(answer), use) == [FinalTranscript("Ahoy", language)]


def test_whisper_is_asked_which_of_several_languages_was_spoken(
    chat_server, recognizer_of, recognized, uploads_of, humming
):
    async def use(server):
        async with recognizer_of(server, model="Systran/faster-whisper-small") as recognizer:
            hints = Hints(languages=("en-US", "it-IT"))
            return await recognized(recognizer, humming(SPEECH), hints=hints), uploads_of(server)[-1].fields

    found, fields = run(chat_server, whole({"text": "Ciao", "language": "italian"}), use)
    assert found == [FinalTranscript("Ciao", "it")]
    assert fields == {"model": ["Systran/faster-whisper-small"], "response_format": ["verbose_json"]}


@pytest.mark.parametrize("sound", ["none", "silence", "too short"])
def test_a_commit_of_too_little_sound_is_answered_without_a_request(
    chat_server, recognizer_of, recognized, humming, sound
):
    said = {"none": b"", "silence": bytes(64_000), "too short": humming(0.09)}[sound]

    async def use(server):
        async with recognizer_of(server) as recognizer:
            return await recognized(recognizer, said), len(server.requests)

    assert run(chat_server, whole({"text": "no"}), use) == ([FinalTranscript("")], 0)


def test_sound_that_the_server_calls_too_short_is_answered_without_words(
    chat_server, recognizer_of, recognized, humming
):
    error = {"error": {"message": "Audio file is too short.", "code": "audio_too_short", "param": "file"}}

    async def use(server):
        async with recognizer_of(server) as recognizer:
            return await recognized(recognizer, humming(SPEECH))

    assert run(chat_server, whole(error, status=400), use) == [FinalTranscript("")]


def test_a_server_that_does_not_stream_is_asked_without_it_from_then_on(
    chat_server, recognizer_of, recognized, uploads_of, humming
):
    async def strict(exchange):
        if b'name="stream"' in exchange.data:
            await exchange.send(422, {"detail": "unexpected field stream"})
        else:
            await exchange.send(200, {"text": "Ahoy."})

    async def use(server):
        async with recognizer_of(server) as recognizer:
            first = await recognized(recognizer, humming(SPEECH))
            second = await recognized(recognizer, humming(SPEECH))
        return first + second, ["stream" in upload.fields for upload in uploads_of(server)]

    finals, streamed = run(chat_server, strict, use)
    assert finals == [FinalTranscript("Ahoy."), FinalTranscript("Ahoy.")]
    assert streamed == [True, False, False]


def test_a_server_that_does_not_know_the_language_is_asked_without_it(
    chat_server, recognizer_of, recognized, uploads_of, humming
):
    async def strict(exchange):
        if b'name="language"' in exchange.data:
            message = "Invalid language 'bn'. Language parameter must be specified in ISO-639-1 format."
            await exchange.send(400, {"error": {"message": message, "param": "language"}})
        else:
            await exchange.send(200, {"text": "Ahoy."})

    async def use(server):
        async with recognizer_of(server) as recognizer:
            found = await recognized(recognizer, humming(SPEECH), hints=Hints((), ("bn-BD",)))
        return found, ["language" in upload.fields for upload in uploads_of(server)]

    assert run(chat_server, strict, use) == ([FinalTranscript("Ahoy.")], [True, False])


def test_a_server_without_words_for_silence_is_understood(chat_server, recognizer_of, recognized, humming):
    async def use(server):
        async with recognizer_of(server) as recognizer:
            return await recognized(recognizer, humming(SPEECH), b"", humming(SPEECH))

    for silence in (whole({"text": ""}), events(), events("[DONE]")):
        assert run(chat_server, silence, use) == [FinalTranscript("")] * 3


def test_ten_minutes_without_a_pause_are_uploaded_in_pieces_and_none_is_lost(
    chat_server, recognizer_of, recognized, uploads_of, humming
):
    words = iter(range(1000))

    async def count(exchange):
        await exchange.send(200, {"text": f"part {next(words)}"})

    sound = b"".join(humming(3.7) + humming(0.3, loudness=150) for _ in range(150))  # 10 minutes

    async def use(server):
        async with recognizer_of(server) as recognizer:
            found = await recognized(recognizer, sound)
        return found, [upload.file for upload in uploads_of(server)]

    found, files = run(chat_server, count, use)
    assert b"".join(file[44:] for file in files) == sound
    assert max(map(len, files)) < 25 * 32_000 + 32_044
    assert found[-1] == FinalTranscript(" ".join(f"part {number}" for number in range(len(files))))
    assert sum(isinstance(event, FinalTranscript) for event in found) == 1


def test_writing_waits_while_the_server_is_far_behind(chat_server, recognizer_of, humming):
    asked, released = asyncio.Event(), asyncio.Event()

    async def late(exchange):
        asked.set()
        await released.wait()
        await exchange.send(200, {"text": "part"})

    async def use(server):
        async with recognizer_of(server) as recognizer, recognizer.listen(Hints()) as recognition:

            async def listen():
                return [event async for event in recognition]

            listening = asyncio.create_task(listen())
            writing = asyncio.create_task(recognition.write(humming(300)))
            await asked.wait()
            for _ in range(1000):
                await asyncio.sleep(0)
            waits = not writing.done()
            released.set()
            await writing
            await recognition.commit()
            await recognition.finish()
            return waits, (await listening)[-1], len(server.requests)

    waits, final, requests = run(chat_server, late, use)
    assert waits
    assert final.text == " ".join(["part"] * requests)


async def hang(exchange):
    await exchange.until_gone()


async def cut(exchange):
    exchange.cut()


async def cleanly_cut(exchange):
    await exchange.stream(b'data: {"text": "Ahoy"}\n\ndata: {"text": " the')


FAILURES = {
    "wrong key": (whole({"error": {"message": f"Bad: {KEY}"}}, status=401), "rejected the key", False),
    "no such model": (
        whole({"detail": "Model 'x' is not installed locally."}, status=404),
        "has no model `test-model`",
        False,
    ),
    "no such path": (
        whole({"detail": "Not Found"}, status=404),
        "has no such API; `base_url` usually",
        False,
    ),
    "too large": (
        whole({"error": {"message": "Maximum content size"}}, status=413),
        "so much at once",
        False,
    ),
    "too many requests": (whole({"error": {"message": "Slow"}}, status=429), "too many requests", True),
    "broken server": (whole({"error": {"message": "Oops"}}, status=500), "failed with status 500", True),
    "web page": (whole("<html>Hi</html>", "text/html"), "answered with a web page", False),
    "text": (whole("Ahoy there.", "text/plain"), "sent something that cannot be read", False),
    "error in the stream": (
        events(delta("A"), {"type": "error", "error": {"message": "Out of memory"}}),
        "broke off its answer: Out of memory",
        True,
    ),
    "cut after some words, cleanly": (events(delta("Ahoy")), "broke off its answer", True),
    "cut after some words of vLLM, cleanly": (
        events({"choices": [{"delta": {"content": "Ahoy"}, "finish_reason": None}]}),
        "broke off its answer",
        True,
    ),
    "cut in an event, cleanly": (cleanly_cut, "broke off its answer", True),
    "another answer": (
        whole({"result": "hi"}),
        'answered without a transcript: {"result": "hi"}',
        False,
    ),
    "null": (whole({"text": None}), "answered without a transcript", False),
    "other events": (events({"result": "hi"}), "answered without a transcript: data:", False),
    "nothing": (whole("", "application/json"), "answered without a transcript", False),
    "error with status 200": (whole({"error": {"message": "busy"}}), "broke off its answer: busy", True),
    "cut": (cut, "closed the connection", True),
    "silent": (hang, "sent nothing for 0.2 s", True),
}


@pytest.mark.parametrize("name", FAILURES)
def test_each_failure_is_one_line_that_says_what_to_do_without_the_key(
    chat_server, recognizer_of, recognized, humming, caplog, name
):
    caplog.set_level(logging.DEBUG)
    answer, words, retryable = FAILURES[name]
    timeout = 0.2 if name == "silent" else 30.0

    async def use(server):
        async with recognizer_of(server, max_retries=0, timeout=timeout) as recognizer:
            with pytest.raises(ProviderError) as caught:
                await recognized(recognizer, humming(SPEECH))
        return caught.value

    error = run(chat_server, answer, use)
    assert words in str(error)
    assert error.retryable is retryable
    assert "\n" not in str(error)
    assert KEY not in f"{error} {error!r} {error.__cause__!r} {caplog.text}"


def test_an_upload_that_fails_is_repeated(chat_server, recognizer_of, recognized, humming):
    answers = [whole({}, status=500)]

    async def fail_once(exchange):
        await (answers.pop() if answers else whole({"text": "Ahoy."}))(exchange)

    async def use(server):
        async with recognizer_of(server) as recognizer:
            return await recognized(recognizer, humming(SPEECH))

    assert run(chat_server, fail_once, use) == [FinalTranscript("Ahoy.")]


def test_closing_a_stream_closes_the_connection_of_its_upload(chat_server, recognizer_of, humming):
    asked = asyncio.Event()

    async def ask_and_hang(exchange):
        asked.set()
        await exchange.until_gone()

    async def use(server):
        async with recognizer_of(server) as recognizer, recognizer.listen(Hints()) as recognition:
            await recognition.write(humming(SPEECH))
            await recognition.commit()
            listening = asyncio.create_task(anext(aiter(recognition)))
            await asked.wait()
            listening.cancel()
            await asyncio.wait([listening])
            async with asyncio.timeout(5):
                await server.hung_up.wait()
        return True

    assert run(chat_server, ask_and_hang, use)
