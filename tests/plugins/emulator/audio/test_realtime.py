"""Emulated transcription in real time: the real SDK accepts it, and what OpenAI refuses is refused."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from voicebot import ProviderError
from voicebot.testing.scripted import ScriptedRecognition, ScriptedRecognizer
from voicebot_emulator.providers import Providers

from .clients import HEARD, emulating, hum

RATE = 24_000
TRANSCRIPT = "conversation.item.input_audio_transcription."


def settings(**more):
    transcription = {"model": "gpt-live-transcribe", **more.pop("transcription", {})}
    audio = {"format": {"type": "audio/pcm", "rate": RATE}, "transcription": transcription}
    return {"type": "transcription", "audio": {"input": audio | {"turn_detection": None} | more}}


def connected(client, **query):
    return client.realtime.connect(extra_query={"intent": "transcription", **query})


async def until(connection, ending):
    events = []
    while True:
        event = await connection.recv()
        events.append(event)
        if event.type.endswith(ending) or event.type == "error":
            return events


async def say(connection, seconds):
    sound = hum(seconds, RATE)
    for at in range(0, len(sound), 4_800):
        audio = base64.b64encode(sound[at : at + 4_800]).decode()
        await connection.input_audio_buffer.append(audio=audio)


def test_words_come_before_the_commit_and_everything_after_it_in_order():
    async def talk():
        async with emulating() as (_, clients), connected(clients["openai.com"]) as connection:
            created = await until(connection, "session.created")
            await connection.session.update(session=settings())
            updated = await until(connection, "session.updated")
            await say(connection, 1.5)
            early = await until(connection, ".delta")
            await connection.input_audio_buffer.commit()
            return created, updated, early, await until(connection, ".completed")

    created, updated, early, late = asyncio.run(talk())
    assert created[0].session.audio.input.turn_detection.type == "server_vad"
    assert updated[0].session.audio.input.turn_detection is None
    kinds = [event.type for event in late if not event.type.endswith(".delta")]
    assert kinds == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        TRANSCRIPT + "completed",
    ]
    deltas = [event for event in early + late if event.type == TRANSCRIPT + "delta"]
    assert "".join(event.delta for event in deltas) == late[-1].transcript == HEARD
    assert {event.item_id for event in deltas} == {late[-1].item_id}
    assert late[-1].usage.seconds == 2


def test_other_models_send_words_after_the_commit_only():
    async def talk():
        async with emulating() as (_, clients), connected(clients["openai.com"]) as connection:
            model = {"transcription": {"model": "gpt-4o-transcribe"}}
            await connection.session.update(session=settings(**model))
            await until(connection, "session.updated")
            await say(connection, 1.5)
            await connection.input_audio_buffer.commit()
            return [event.type for event in await until(connection, ".completed")]

    kinds = asyncio.run(talk())
    assert kinds[0] == "input_audio_buffer.committed"
    assert kinds[-2:] == [TRANSCRIPT + "delta", TRANSCRIPT + "completed"]


@pytest.mark.parametrize("milliseconds", [0, 50])
def test_a_commit_of_too_little_sound_is_refused_and_the_session_goes_on(milliseconds):
    async def talk():
        async with emulating() as (_, clients), connected(clients["openai.com"]) as connection:
            await connection.session.update(session=settings())
            await until(connection, "session.updated")
            if milliseconds:
                await say(connection, milliseconds / 1000)
            await connection.input_audio_buffer.commit(event_id="mine")
            refused = (await until(connection, "error"))[-1]
            await say(connection, 1.0)
            await connection.input_audio_buffer.commit()
            return refused, (await until(connection, ".completed"))[-1]

    refused, completed = asyncio.run(talk())
    assert refused.error.code == "input_audio_buffer_commit_empty"
    assert refused.error.event_id == "mine"
    assert f"buffer only has {milliseconds}.00ms of audio" in refused.error.message
    assert completed.transcript == HEARD


WRONG = {
    "another session": ({"type": "realtime"}, "session.type"),
    "no type": ({"audio": {}}, "session.type"),
    "an unknown field": ({"type": "transcription", "voice": "alloy"}, "session.voice"),
    "another rate": (
        settings(format={"type": "audio/pcm", "rate": 16_000}),
        "session.audio.input.format.rate",
    ),
    "another format": (settings(format={"type": "audio/wav"}), "session.audio.input.format.type"),
    "no model": (
        {"type": "transcription", "audio": {"input": {"transcription": {"language": "en"}}}},
        "session.audio.input.transcription.model",
    ),
    "an unknown model": (
        settings(transcription={"model": "whisper-9"}),
        "session.audio.input.transcription.model",
    ),
    "a model that cannot": (
        settings(transcription={"model": "gpt-5.4-mini"}),
        "session.audio.input.transcription.model",
    ),
    "a language with a region": (
        settings(transcription={"model": "gpt-4o-transcribe", "language": "en-US"}),
        "session.audio.input.transcription.language",
    ),
    "a language with a region, in the list": (
        settings(transcription={"languages": ["en-US"]}),
        "session.audio.input.transcription.languages",
    ),
    "one language for a model that takes several": (
        settings(transcription={"language": "en"}),
        "session.audio.input.transcription.language",
    ),
    "keywords with brackets": (
        settings(transcription={"keywords": ["<b>arr"]}),
        "session.audio.input.transcription.keywords",
    ),
    "keywords for another model": (
        settings(transcription={"model": "whisper-1", "keywords": ["arr"]}),
        "session.audio.input.transcription.keywords",
    ),
    "an unknown delay": (
        settings(transcription={"delay": "bogus"}),
        "session.audio.input.transcription.delay",
    ),
    "turn detection of a live model": (
        settings(turn_detection={"type": "server_vad"}),
        "session.audio.input.turn_detection",
    ),
    "unknown noise": (
        settings(noise_reduction={"type": "loud"}),
        "session.audio.input.noise_reduction.type",
    ),
}


def test_wrong_settings_are_refused_with_the_parameter():
    async def talk():
        refused = {}
        async with emulating() as (_, clients), connected(clients["openai.com"]) as connection:
            await until(connection, "session.created")
            for name, (session, _) in WRONG.items():
                await connection.session.update(session=session)
                refused[name] = await connection.recv()
        return refused

    refused = asyncio.run(talk())
    assert {event.type for event in refused.values()} == {"error"}
    assert {name: event.error.param for name, event in refused.items()} == {
        name: param for name, (_, param) in WRONG.items()
    }


def test_settings_of_any_type_are_refused_or_accepted_and_the_session_goes_on():
    odd = (None, 5, "", "x", [], [5], [[]], {}, {"a": {}}, True)
    names = ("languages", "keywords", "language", "prompt", "delay", "model")
    sessions = [settings(transcription={name: value}) for name in names for value in odd]
    sessions += [
        {"type": "transcription", "audio": {"input": {name: value}}}
        for name in ("format", "transcription", "turn_detection", "noise_reduction")
        for value in odd
    ]
    sessions += [{"type": "transcription", "audio": value} for value in odd]

    async def talk():
        async with emulating() as (_, clients), connected(clients["openai.com"]) as connection:
            await until(connection, "session.created")
            kinds = set()
            for session in (*sessions, *odd):
                await connection.send({"type": "session.update", "session": session})
                kinds.add((await connection.recv()).type)
            return kinds

    assert asyncio.run(talk()) == {"error", "session.updated"}


def test_sound_and_events_that_cannot_be_read_are_refused():
    async def talk():
        params = []
        async with emulating() as (_, clients), connected(clients["openai.com"]) as connection:
            await until(connection, "session.created")
            for audio in ("", "!!!", "QUJD"):  # the last is three bytes
                await connection.input_audio_buffer.append(audio=audio)
                params.append((await connection.recv()).error.param)
            for text in ("nonsense", "[]", '{"type": "response.create"}'):
                await connection.send_raw(text)
                params.append((await connection.recv()).error.param)
        return params

    assert asyncio.run(talk()) == ["audio"] * 3 + ["type"] * 3


@pytest.mark.parametrize(
    ("surface", "query", "status"),
    [
        ("openai.com", {"intent": "chat"}, 400),
        ("openai.com", {"model": "gpt-realtime"}, 400),
        ("v1", {"intent": ""}, 400),
        ("v1", {"deployment": "live"}, 400),
    ],
)
def test_a_session_that_is_not_for_transcription_is_refused(surface, query, status):
    async def talk():
        async with emulating() as (_, clients):
            with pytest.raises(InvalidStatus) as caught:
                await connected(clients[surface], **query).enter()
            return caught.value.response.status_code

    assert asyncio.run(talk()) == status


def test_azure_has_withdrawn_sessions_with_a_version():
    async def talk():
        async with emulating() as (_, clients):
            query = {"intent": "transcription"}
            with pytest.raises(InvalidStatus) as caught:
                await clients["deployments"].realtime.connect(model="live", extra_query=query).enter()
            return caught.value.response.status_code

    assert asyncio.run(talk()) == 404


@pytest.mark.parametrize("at", ["in its events", "while sound is written"])
def test_a_recogniser_that_fails_behind_the_emulator_ends_the_session(at):
    class Failing(ScriptedRecognition):
        async def write(self, audio):
            if at != "in its events":
                raise ProviderError("out of order")

        async def commit(self):
            committed.set()

        async def __aiter__(self):
            await committed.wait()
            raise ProviderError("out of order")
            yield

    class Recognizer(ScriptedRecognizer):
        @asynccontextmanager
        async def listen(self, hints):
            yield Failing(self, hints)

    async def spoken_and_answered(connection):
        await say(connection, 1.0)
        await connection.input_audio_buffer.commit()
        await until(connection, ".completed")

    async def talk():
        nonlocal committed
        committed = asyncio.Event()
        providers = Providers(Recognizer())
        async with (
            emulating(heard=(), providers=providers) as (_, clients),
            connected(clients["openai.com"]) as connection,
        ):
            await connection.session.update(session=settings())
            await until(connection, "session.updated")
            with pytest.raises(ConnectionClosed) as caught:
                await spoken_and_answered(connection)
            return caught.value.rcvd.code

    committed = None
    assert asyncio.run(talk()) == 1011


def test_a_wrong_key_is_refused_before_the_upgrade():
    async def talk():
        async with emulating() as (_, clients):
            with pytest.raises(InvalidStatus) as caught:
                await connected(clients["openai.com"].with_options(api_key="wrong")).enter()
            return caught.value.response.status_code

    assert asyncio.run(talk()) == 401


@pytest.mark.parametrize(("fault", "code"), [("drop", 1006), ("close=1011", 1011), ("close=1006@end", 1006)])
def test_a_session_is_cut_by_a_fault_and_its_line_is_used_again(fault, code):
    async def once(client):
        async with connected(client) as connection:
            await connection.session.update(session=settings())
            await until(connection, "session.updated")
            await say(connection, 1.0)
            await connection.input_audio_buffer.commit()
            return (await until(connection, ".completed"))[-1].transcript

    async def talk():
        heard = ("One.", "Two.")
        async with emulating(f"openai-stt:{fault}x1", heard=heard) as (_, clients):
            with pytest.raises(ConnectionClosed) as caught:
                await once(clients["openai.com"])
            return caught.value, await once(clients["openai.com"])

    closed, text = asyncio.run(talk())
    assert (closed.rcvd.code if closed.rcvd else 1006) == code
    assert text == "One."


def test_a_transcription_that_fails_is_reported_with_its_item():
    async def talk():
        faults = ("openai-stt:error-event",)
        async with emulating(*faults) as (_, clients), connected(clients["openai.com"]) as connection:
            await connection.session.update(session=settings())
            await until(connection, "session.updated")
            await say(connection, 1.0)
            await connection.input_audio_buffer.commit()
            return (await until(connection, ".failed"))[-1]

    failed = asyncio.run(talk())
    assert failed.item_id
    assert failed.error.message == "The transcription failed."
