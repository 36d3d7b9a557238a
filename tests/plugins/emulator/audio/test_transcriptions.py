"""Emulated transcriptions of files: the real SDK accepts them, and what OpenAI refuses is refused."""

from __future__ import annotations

import asyncio

import httpx2
import openai
import pytest

from .clients import HEARD, SURFACES, emulating, hum, name_of, wav

SPEECH = wav(hum(1.0))


def transcribe(client, **request):
    usual = {"model": "gpt-4o-transcribe", "file": SPEECH}
    return client.audio.transcriptions.create(**usual | request)


@pytest.mark.parametrize("surface", SURFACES)
def test_each_surface_transcribes_by_the_script(surface):
    async def talk():
        async with emulating() as (_, clients):
            return await transcribe(clients[surface], model=name_of(surface, "gpt-4o-transcribe"))

    found = asyncio.run(talk())
    assert found.text == HEARD
    assert found.usage.seconds == 1


def test_a_transcript_is_streamed_word_by_word():
    async def talk():
        async with emulating() as (_, clients):
            return [event async for event in await transcribe(clients["openai.com"], stream=True)]

    events = asyncio.run(talk())
    assert [event.type for event in events] == ["transcript.text.delta"] * 2 + ["transcript.text.done"]
    assert "".join(event.delta for event in events[:-1]) == events[-1].text == HEARD


def test_lines_of_the_script_are_used_in_order_and_silence_takes_none():
    async def talk():
        async with emulating(heard=("One.", "Two.")) as (_, clients):
            sounds = (SPEECH, wav(bytes(32_000)), wav(hum(0.5, 48_000), 48_000))
            return [(await transcribe(clients["openai.com"], file=sound)).text for sound in sounds]

    assert asyncio.run(talk()) == ["One.", "", "Two."]


def test_whisper_does_not_stream_and_has_more_formats():
    async def talk():
        async with emulating() as (_, clients):
            client = clients["openai.com"]
            plain = await transcribe(client, model="whisper-1", response_format="text")
            verbose = await transcribe(client, model="whisper-1", response_format="verbose_json")
            raw = client.audio.transcriptions.with_raw_response
            whole = await raw.create(model="whisper-1", file=SPEECH, stream=True)
            return plain, verbose, whole.http_response.headers["content-type"]

    plain, verbose, kind = asyncio.run(talk())
    assert plain.strip() == verbose.text == HEARD
    assert verbose.language == "english"
    assert kind.startswith("application/json")


def test_whisper_names_the_language_that_was_spoken():
    async def talk():
        heard = ({"text": "Ciao.", "language": "it-IT"}, "Hallo.", "Hello.")
        async with emulating(heard=heard) as (_, clients):
            request = {"model": "whisper-1", "response_format": "verbose_json"}
            asked = ({}, {"language": "de"}, {})
            return [(await transcribe(clients["openai.com"], **request, **more)).language for more in asked]

    assert asyncio.run(talk()) == ["italian", "german", "english"]


REFUSED = [
    ({"file": wav(hum(0.09))}, 400, "audio_too_short", "Minimum audio length is 0.1 seconds"),
    ({"file": ("speech.wav", b"RIFFnonsense", "audio/wav")}, 400, "invalid_value", "corrupted"),
    ({"file": ("speech.pcm", hum(1.0), "audio/pcm")}, 400, "invalid_value", "Unrecognized file format"),
    ({"file": wav(hum(1.0), channels=2)}, 400, "invalid_value", "mono WAV files"),
    ({"model": "gpt-9-transcribe"}, 404, "model_not_found", "does not exist"),
    ({"model": "gpt-4o-mini-tts"}, 400, "invalid_value", "not supported for transcriptions"),
    ({"model": "gpt-live-transcribe"}, 400, "invalid_value", "not supported for transcriptions"),
    ({"language": "xx"}, 400, "invalid_language_format", "Invalid language 'xx'"),
    ({"language": "en-US"}, 400, "invalid_language_format", "must be specified in ISO-639-1"),
    ({"response_format": "srt"}, 400, "unsupported_value", "Use 'json' instead"),
    ({"keywords": ["arr"]}, 400, "unsupported_parameter", "'keywords' is not supported"),
    ({"model": "gpt-transcribe", "language": "en"}, 400, "unsupported_parameter", "Use 'languages'"),
    ({"model": "gpt-transcribe", "keywords": ["a\nb"]}, 400, "invalid_value", "must not contain"),
    ({"temperature": 2}, 400, "invalid_value", "between 0 and 1"),
    ({"extra_body": {"vad_filter": True}}, 400, "unknown_parameter", "Unknown parameter: 'vad_filter'"),
    ({"file": wav(hum(70.0))}, 413, "RequestTooLarge", "more than"),
]


def test_what_the_service_refuses_is_refused():
    async def talk():
        errors = []
        async with emulating() as (_, clients):
            for request, *_ in REFUSED:
                with pytest.raises(openai.APIStatusError) as caught:
                    await transcribe(clients["openai.com"], **request)
                errors.append(caught.value)
        return errors

    for error, (request, status, code, words) in zip(asyncio.run(talk()), REFUSED, strict=True):
        assert (error.status_code, error.code) == (status, code), request
        assert words in error.body["message"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"model": "whisper-1"}'),
        ("multipart/form-data", b"nonsense"),
        ("multipart/form-data; boundary=x", b"nonsense"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\n\xff',
        ),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(kind, body):
    async def talk():
        async with emulating() as (emulator, _), httpx2.AsyncClient(verify=False) as http:
            return await http.post(
                f"http://127.0.0.1:{emulator.port}/v1/audio/transcriptions",
                headers={"Authorization": f"Bearer {emulator.account.openai_key}", "content-type": kind},
                content=body,
            )

    response = asyncio.run(talk())
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", ["drop@start", "drop", "drop@end", "error-event"])
def test_a_transcript_that_a_fault_prevents_is_sent_the_next_time(fault, stream):
    async def talk():
        async with emulating(f"openai-stt:{fault}x1", heard=("One.", "Two.")) as (_, clients):
            client = clients["openai.com"]
            broken = None
            try:
                answer = await transcribe(client, stream=stream)
                if stream:
                    assert [event async for event in answer][-1].type != "transcript.text.done"
            except Exception as error:
                broken = error
            return broken, (await transcribe(client)).text

    broken, text = asyncio.run(talk())
    assert broken is not None
    assert text == "One."


def test_the_final_comes_as_late_as_the_script_says():
    async def talk():
        async with emulating(heard=({"text": "Late.", "final_after": 0.2},)) as (_, clients):
            loop = asyncio.get_running_loop()
            begun = loop.time()
            text = (await transcribe(clients["openai.com"])).text
            return text, loop.time() - begun

    text, seconds = asyncio.run(talk())
    assert text == "Late."
    assert seconds >= 0.2
