"""Emulated speech: the real SDK accepts it, and what OpenAI refuses is refused."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import wave

import httpx2
import openai
import pytest

from .clients import SURFACES, emulating, name_of

TEXT = "Ahoy there, matey."
REQUEST = {"model": "gpt-4o-mini-tts", "voice": "coral", "input": TEXT, "response_format": "pcm"}


async def speech(client, **request):
    async with client.audio.speech.with_streaming_response.create(**REQUEST | request) as response:
        return b"".join([chunk async for chunk in response.iter_bytes()]), response.headers


@pytest.mark.parametrize("surface", SURFACES)
def test_each_surface_speaks_in_pcm(surface):
    async def talk():
        async with emulating() as (_, clients):
            return await speech(clients[surface], model=name_of(surface, "gpt-4o-mini-tts"))

    sound, headers = asyncio.run(talk())
    assert headers["content-type"] == "audio/pcm"
    assert len(sound) / 48_000 == pytest.approx(len(TEXT) / 15 + 0.4, abs=0.01)


def test_speed_changes_the_length():
    async def talk():
        async with emulating() as (_, clients):
            return await speech(clients["openai.com"], speed=2)

    sound, _ = asyncio.run(talk())
    assert len(sound) / 48_000 == pytest.approx(len(TEXT) / 30 + 0.4, abs=0.01)


def test_a_wav_file_has_the_same_sound():
    async def talk():
        async with emulating() as (_, clients):
            wav, _ = await speech(clients["openai.com"], response_format="wav")
            pcm, _ = await speech(clients["openai.com"])
            return wav, pcm

    file, pcm = asyncio.run(talk())
    with wave.open(io.BytesIO(file)) as opened:
        assert opened.getframerate() == 24_000
    assert file[44:] == pcm


def test_sound_can_be_sent_as_events():
    async def talk():
        async with emulating() as (_, clients):
            text, headers = await speech(clients["openai.com"], stream_format="sse")
            pcm, _ = await speech(clients["openai.com"])
            return text.decode(), headers, pcm

    text, headers, pcm = asyncio.run(talk())
    events = [json.loads(line.removeprefix("data: ")) for line in text.split("\n\n") if line]
    assert headers["content-type"] == "text/event-stream"
    assert b"".join(base64.b64decode(event["audio"]) for event in events[:-1]) == pcm
    assert events[-1]["type"] == "speech.audio.done"


REFUSED = [
    ({"voice": "coral2"}, 400, "Invalid value: 'coral2'. Supported values are: 'alloy'"),
    ({"model": "tts-1", "voice": "marin"}, 400, "Invalid value: 'marin'"),
    ({"model": "gpt-5.4-mini"}, 400, "cannot be used for speech"),
    ({"model": "tts-9"}, 404, "The model `tts-9` does not exist"),
    ({"input": ""}, 400, "string too short"),
    ({"input": "x" * 4_097}, 400, "maximum length 4096, but got a string with length 4097"),
    ({"input": "字" * 4_000}, 400, "longer than 2000 tokens"),
    ({"speed": 9}, 400, "'speed': 9 is not between 0.25 and 4"),
    ({"response_format": "midi"}, 400, "Invalid value: 'midi'"),
    ({"response_format": "mp3"}, 400, "The emulator makes wav and pcm only"),
    ({"model": "tts-1", "stream_format": "sse"}, 400, "'sse' is not supported by tts-1"),
    ({"extra_body": {"sample_rate": 8_000}}, 400, "Unknown parameter: 'sample_rate'"),
    ({"extra_body": {"voice": None}}, 400, "Missing required parameter: 'voice'"),
    ({"extra_body": {"input": None}}, 400, "Missing required parameter: 'input'"),
    ({"extra_body": {"model": None}}, 400, "you must provide a model parameter"),
]


def test_what_the_service_refuses_is_refused():
    async def talk():
        errors = []
        async with emulating() as (_, clients):
            for request, _, _ in REFUSED:
                with pytest.raises(openai.APIStatusError) as caught:
                    await speech(clients["openai.com"], **request)
                errors.append(caught.value)
        return errors

    for error, (request, status, words) in zip(asyncio.run(talk()), REFUSED, strict=True):
        assert (error.status_code, error.body["type"]) == (status, "invalid_request_error"), request
        assert words in error.body["message"]


@pytest.mark.parametrize("surface", ["v1", "deployments"])
def test_a_deployment_that_does_not_exist_is_refused(surface):
    async def talk():
        async with emulating() as (_, clients):
            with pytest.raises(openai.NotFoundError) as caught:
                await speech(clients[surface], model="gpt-4o-mini-tts")
            return caught.value.code

    assert asyncio.run(talk()) == "DeploymentNotFound"


@pytest.mark.parametrize("surface", SURFACES)
def test_a_wrong_key_is_refused(surface):
    async def talk():
        async with emulating() as (_, clients):
            with pytest.raises(openai.AuthenticationError) as caught:
                await speech(clients[surface].with_options(api_key="wrong"))
            return caught.value.code

    assert asyncio.run(talk()) == ("invalid_api_key" if surface == "openai.com" else "401")


@pytest.mark.parametrize(
    ("fault", "received"), [("drop@start", 0), ("drop", 4_801), ("drop@end", None), ("burst", None)]
)
def test_faults_happen_where_they_are_set(fault, received):
    async def talk():
        async with emulating(f"openai-tts:{fault}") as (emulator, clients):
            chunks = []
            create = clients["openai.com"].audio.speech.with_streaming_response.create
            try:
                async with create(**REQUEST) as response:
                    async for chunk in response.iter_bytes():
                        chunks.append(chunk)  # noqa: PERF401 - the error would take them along
            except (openai.APIConnectionError, httpx2.HTTPError) as error:
                return b"".join(chunks), type(error).__name__
            return b"".join(chunks), emulator.journal.find(what="done")[0].size

    sound, end = asyncio.run(talk())
    if received is not None:
        assert len(sound) == received
    if fault == "burst":
        assert len(sound) == end
    else:
        assert isinstance(end, str)


@pytest.mark.parametrize(
    ("kind", "content_type", "begins"),
    [
        ("mp3", "audio/mpeg", b"ID3"),
        ("wav", "audio/wav", b"RIFF"),
        ("html", "text/html; charset=utf-8", b"<!doctype"),
        ("json", "application/json; charset=utf-8", b"{"),
    ],
)
def test_another_format_can_be_sent_than_was_asked_for(kind, content_type, begins):
    async def talk():
        async with emulating(f"wrong-format={kind}") as (_, clients):
            return await speech(clients["openai.com"])

    sound, headers = asyncio.run(talk())
    assert sound.startswith(begins)
    assert headers["content-type"].startswith(content_type.partition(";")[0])


def test_the_journal_has_the_request_and_the_size_of_the_sound_but_no_key():
    async def talk():
        async with emulating() as (emulator, clients):
            sound, _ = await speech(clients["openai.com"])
            return emulator, len(sound)

    emulator, size = asyncio.run(talk())
    entries = emulator.journal.find(service="openai-tts")
    assert [entry.what for entry in entries if entry.what != "audio"] == ["open", "speech", "done", "close"]
    assert sum(entry.size for entry in entries if entry.what == "audio") == size
    assert json.loads(entries[1].body)["input"] == TEXT
    assert emulator.account.openai_key not in str(entries)


def test_models_are_listed_by_their_names_on_openai_com():
    async def talk():
        async with emulating() as (_, clients):
            return [model.id async for model in clients["openai.com"].models.list()]

    assert {"gpt-4o-mini-tts", "gpt-4o-transcribe", "gpt-live-transcribe"} <= set(asyncio.run(talk()))
