"""The list of voices, and what is checked at start."""

from __future__ import annotations

import asyncio

import pytest

from voicebot import ProviderError, VoiceDescription
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions
from voicebot_openai.synthesis.synthesizer import OpenAISynthesizer


def listing(lists):
    """Answer GET requests with these bodies by path; others do not exist."""

    async def answer(exchange):
        body = lists.get(exchange.path.removeprefix("/v1"))
        await exchange.send(
            200 if body is not None else 404, body if body is not None else {"detail": "Not Found"}
        )

    return answer


@pytest.mark.parametrize(
    "lists",
    [
        {"/audio/voices": {"voices": ["af_heart", "bm_lewis"]}},  # Kokoro-FastAPI
        {"/audio/voices": {"voices": [{"id": "af_heart", "name": "Heart"}, {"id": "bm_lewis"}]}},
        {"/audio/speech/voices": [{"voice_id": "af_heart"}, {"voice_id": "bm_lewis"}]},  # speaches
        {"/audio/voices": {"data": [{"name": "af_heart"}, {"name": "bm_lewis"}, {"name": "af_heart"}]}},
    ],
)
def test_the_voices_of_a_server_are_read_in_any_of_the_usual_forms(chat_server, voice_of, lists):
    async def talk():
        async with chat_server() as server, voice_of(server) as voice:
            server.greet = listing(lists)
            return await voice.voices()

    assert asyncio.run(talk()) == [VoiceDescription("af_heart", ()), VoiceDescription("bm_lewis", ())]


def test_a_server_without_a_list_of_voices_has_none(chat_server, voice_of):
    async def talk():
        async with chat_server() as server, voice_of(server) as voice:
            server.greet = listing({})
            return list(await voice.voices())

    assert asyncio.run(talk()) == []


@pytest.mark.parametrize(("model", "missing"), [("tts-1", {"marin", "ballad"}), ("gpt-4o-mini-tts", set())])
def test_the_voices_of_openai_are_known(model, missing):
    options = OpenAISynthesizerOptions(model=model, api_key="sk-0123456789")
    names = {voice.name for voice in asyncio.run(OpenAISynthesizer(options).voices())}

    assert {"alloy", "coral", "marin", "ballad"} - names == missing


def test_a_model_that_the_server_does_not_list_is_tried_before_it_is_given_up(chat_server, voice_of):
    async def refuse(exchange):
        status, error = (404, "The model `kokro` does not exist")
        await exchange.send(status, {"error": {"message": error, "code": "model_not_found"}})

    async def talk():
        async with chat_server(refuse) as server:
            server.models = ("kokoro", "piper")
            with pytest.raises(ProviderError) as caught:
                async with voice_of(server, model="kokro"):
                    pass
            return str(caught.value), server.requests[0].body["input"]

    message, text = asyncio.run(talk())
    assert message.endswith("has no model `kokro`; it has `kokoro`. Correct `model`")
    assert text == ""


def test_a_wrong_address_of_a_server_without_a_list_is_reported_at_start(chat_server, voice_of):
    async def not_found(exchange):
        await exchange.send(404, {"detail": "Not Found"})

    async def talk():
        async with chat_server(not_found) as server:
            server.greet = not_found
            with pytest.raises(ProviderError, match="has no such API; `base_url` usually ends in /v1"):
                async with voice_of(server):
                    pass

    asyncio.run(talk())


@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_server_without_a_list_may_refuse_a_request_without_text(chat_server, voice_of, caplog, status):
    async def refuse(exchange):
        await exchange.send(status, {"detail": "no text"})

    async def not_found(exchange):
        await exchange.send(404, {"detail": "Not Found"})

    async def talk():
        async with chat_server(refuse) as server:
            server.greet = not_found
            async with voice_of(server):
                pass

    asyncio.run(talk())
    assert "WARNING" not in caplog.text


def test_a_model_that_works_although_it_is_not_listed_is_used(chat_server, voice_of, sending, humming):
    async def talk():
        async with chat_server(sending(humming(0.1))) as server:
            server.models = ("other",)
            async with voice_of(server):
                return len(server.requests)

    assert asyncio.run(talk()) == 1
