"""Recognition in real time through the SDK's websockets, against the emulator."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import pytest

from voicebot import FinalTranscript, Hints, PartialTranscript, ProviderError, install_hint
from voicebot.testing import simulated
from voicebot_openai.recognition import realtime
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.recognizer import OpenAIRecognizer
from voicebot_openai.recognition.session import Session

SPEECH = 1.2
RATE = 24_000
TALE = "Once upon a time there was a parrot that knew no song."


def texts(events, kind):
    return [event.text for event in events if isinstance(event, kind)]


def sent(emulator, kind):
    return [json.loads(entry.body) for entry in emulator.journal.find(what=kind) if entry.direction == "in"]


@pytest.mark.parametrize("where", ["openai.com", "Azure"])
def test_words_come_while_sound_is_sent_and_each_commit_has_one_final(emulated, recognized, humming, where):
    azure = where == "Azure"

    async def talk():
        async with emulated(TALE, "Aye aye.", azure=azure) as (emulator, recognizer):
            assert recognizer.input_format.rate == RATE
            sound = humming(SPEECH, RATE)
            return await recognized(recognizer, sound, b"", sound), emulator

    events, _ = asyncio.run(talk())
    assert texts(events, FinalTranscript) == [TALE, "", "Aye aye."]
    partial = texts(events, PartialTranscript)[0]
    assert TALE.startswith(partial)
    assert len(partial) < len(TALE)
    assert [event.language for event in events if isinstance(event, FinalTranscript)] == ["en", None, "en"]


def test_the_session_is_configured_for_commits_by_the_client(emulated, recognized, humming):
    async def talk():
        options = {"prompt": "Pirates", "delay": "low", "noise_reduction": "far_field"}
        async with emulated(**options) as (emulator, recognizer):
            hints = Hints(("aye aye",), ("en-US", "it-IT"))
            await recognized(recognizer, humming(SPEECH, RATE), hints=hints)
            return sent(emulator, "session.update")[-1], emulator.journal.find(what="open")[-1].body

    update, address = asyncio.run(talk())
    assert address == "/v1/realtime?intent=transcription"
    assert update["session"] == {
        "type": "transcription",
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": RATE},
                "transcription": {
                    "model": "gpt-live-transcribe",
                    "languages": ["en", "it"],
                    "keywords": ["aye aye"],
                    "prompt": "Pirates",
                    "delay": "low",
                },
                "turn_detection": None,
                "noise_reduction": {"type": "far_field"},
            }
        },
    }


def test_a_single_language_is_expected_in_the_form_that_the_model_takes(emulated, recognized, humming):
    async def talk():
        async with emulated() as (emulator, recognizer):
            events = await recognized(recognizer, humming(SPEECH, RATE), hints=Hints((), ("nb-NO",)))
            return events, sent(emulator, "session.update")[-1]

    events, update = asyncio.run(talk())
    assert events[-1] == FinalTranscript("Ahoy there.", "no")
    transcription = update["session"]["audio"]["input"]["transcription"]
    assert transcription == {"model": "gpt-live-transcribe", "languages": ["no"]}


def test_too_little_sound_is_not_committed(emulated, recognized, humming):
    async def talk():
        async with emulated() as (emulator, recognizer):
            sounds = (humming(0.09, RATE), b"", humming(SPEECH, RATE))
            events = await recognized(recognizer, *sounds)
            return events, len(sent(emulator, "input_audio_buffer.commit"))

    events, commits = asyncio.run(talk())
    assert texts(events, FinalTranscript) == ["", "", "Ahoy there."]
    assert commits == 1


def test_silence_is_not_sent(emulated, recognized):
    async def talk():
        async with emulated() as (emulator, recognizer):
            events = await recognized(recognizer, bytes(RATE * 2 * 60))
            return events, sent(emulator, "input_audio_buffer.append")

    assert asyncio.run(talk()) == ([FinalTranscript("")], [])


def test_the_rest_is_transcribed_when_the_sound_ends(emulated, humming):
    async def talk():
        async with emulated() as (_, recognizer), recognizer.listen(Hints()) as recognition:
            await recognition.write(humming(SPEECH, RATE))
            await recognition.finish()
            return [event async for event in recognition]

    assert texts(asyncio.run(talk()), FinalTranscript) == ["Ahoy there."]


FAULTS = {
    "drop@start": "closed the connection",
    "drop": "closed the connection",
    "drop@end": "closed the connection",
    "close=1011": "closed the connection",
    "error-event": "failed with status 500; try again: The transcription failed.",
    "status=500": "failed with status 500",
    "throttled": "too many requests",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_session_that_breaks_is_a_retryable_error_and_the_next_one_works(
    emulated, recognized, humming, fault
):
    async def talk():
        async with emulated(faults=(f"openai-stt:{fault}x1",)) as (_, recognizer):
            sound = humming(SPEECH, RATE)
            with pytest.raises(ProviderError) as caught:
                await recognized(recognizer, sound, finish=False)
            return caught.value, await recognized(recognizer, sound)

    error, events = asyncio.run(talk())
    assert FAULTS[fault] in str(error)
    assert error.retryable
    assert "\n" not in str(error)
    assert texts(events, FinalTranscript) == ["Ahoy there."]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"api_key": "sk-wrong-0123456789"}, "rejected the key; check `api_key`"),
        ({"model": "gpt-live-transcript"}, "has no model `gpt-live-transcript`. Correct `model`"),
        ({"model": "gpt-5.4-mini"}, "has no model `gpt-5.4-mini`. Correct `model`"),
        ({"azure": True, "deployment": "nothing"}, "has no deployment `nothing`"),
        ({"azure": True, "api_key": "wrong-0123456789"}, "rejected the key, which is wrong or belongs"),
    ],
)
def test_a_wrong_key_or_model_is_reported_at_start_without_the_key(emulated, caplog, options, words):
    caplog.set_level(logging.DEBUG)

    async def talk():
        with pytest.raises(ProviderError) as caught:
            async with emulated(**options):
                pass
        return caught.value

    error = asyncio.run(talk())
    assert words in str(error)
    assert not error.retryable
    key = options.get("api_key", "emulated-openai-key")
    assert key not in f"{error} {error!r} {error.__cause__!r} {caplog.text}"


def test_a_server_that_is_not_there_is_a_retryable_error(recognizer_of, closed_port):
    async def talk():
        class Nobody:
            base_url = f"http://127.0.0.1:{closed_port}/v1"

        async with recognizer_of(Nobody, mode="realtime"):
            pass

    with pytest.raises(ProviderError, match="does not answer: is the server running") as caught:
        asyncio.run(talk())
    assert caught.value.retryable


@pytest.mark.parametrize("status", [403, 404])
def test_a_server_without_such_sessions_is_told_from_one_that_refuses(chat_server, recognizer_of, status):
    async def talk():
        async with chat_server() as server:

            async def no_websocket(exchange):
                await exchange.send(status, "", kind="text/plain")

            server.greet = no_websocket
            with pytest.raises(ProviderError, match="no transcription in real time; write `mode: upload`"):
                async with recognizer_of(server, mode="realtime"):
                    pass

    asyncio.run(talk())


def test_a_server_that_wants_the_model_in_the_address_gets_it(chat_server, recognizer_of):
    addresses = []

    async def particular(exchange):
        addresses.append(exchange.path)
        await exchange.send(403, "", kind="text/plain")

    async def talk():
        async with chat_server() as server:
            server.greet = particular
            with pytest.raises(ProviderError):
                async with recognizer_of(server, mode="realtime"):
                    pass

    asyncio.run(talk())
    assert addresses == [
        "/v1/realtime?intent=transcription",
        "/v1/realtime?model=test-model&intent=transcription",
    ]


def test_headers_are_sent_and_replace_the_key_and_are_never_logged(emulated, recognized, humming, caplog):
    caplog.set_level(logging.DEBUG)
    headers = {"X-Team": "secret-of-the-team", "Authorization": "Bearer emulated-openai-key"}

    async def talk():
        async with emulated(api_key=None, headers=headers) as (emulator, recognizer):
            await recognized(recognizer, humming(SPEECH, RATE))
            return emulator.journal.find(what="open")[-1].headers

    sent_headers = asyncio.run(talk())
    assert sent_headers["X-Team"] == "secret-of-the-team"
    assert "secret-of-the-team" not in caplog.text
    assert "emulated-openai-key" not in caplog.text


def test_azure_gets_the_key_in_the_header_that_it_documents(emulated):
    async def talk():
        async with emulated(azure=True) as (emulator, _):
            return emulator.journal.find(what="open")[-1].headers

    headers = {name.lower() for name in asyncio.run(talk())}
    assert "api-key" in headers
    assert "authorization" not in headers


def test_a_gateway_may_have_headers_of_its_own_in_place_of_a_key(chat_server, recognizer_of):
    sent = []

    async def refuse(exchange):
        sent.append(exchange.headers)
        await exchange.send(403, "", kind="text/plain")

    async def talk():
        async with chat_server() as server:
            server.greet = refuse
            with pytest.raises(ProviderError):
                async with recognizer_of(
                    server, mode="realtime", api_key=None, headers={"X-Team": "pirates"}
                ):
                    pass

    asyncio.run(talk())
    assert sent[0]["x-team"] == "pirates"
    assert "authorization" not in sent[0]


class ScriptedSession:
    """A session that answers each commit at once."""

    url = "http://localhost"

    def __init__(self):
        self.commits = []
        self.size = 0
        self.events = asyncio.Queue()

    async def send_sound(self, audio):
        self.size += len(audio)

    async def send(self, kind, **fields):
        item = f"item_{len(self.commits)}"
        self.commits.append(self.size)
        self.events.put_nowait({"type": "input_audio_buffer.committed", "item_id": item})
        completed = "conversation.item.input_audio_transcription.completed"
        self.events.put_nowait(
            {"type": completed, "item_id": item, "transcript": f"part {len(self.commits)}"}
        )

    async def receive(self):
        return await self.events.get()


@simulated
async def test_a_session_that_does_not_open_is_given_up():
    class Silent:
        async def recv_bytes(self):
            await asyncio.Event().wait()

    options = OpenAIRecognizerOptions(model="x", api_key="sk-0123456789", timeout=5)
    session = Session(Silent(), options, "http://localhost")

    with pytest.raises(ProviderError, match="did not open a session for 5 s") as caught:
        await session.configure(Hints())
    assert caught.value.retryable


@simulated
async def test_a_commit_without_an_answer_is_an_error_although_other_words_keep_coming(humming):
    class Talkative(ScriptedSession):
        async def send(self, kind, **fields):
            self.commits.append(self.size)

        async def receive(self):
            await asyncio.sleep(1)
            return {"type": "conversation.item.input_audio_transcription.delta", "item_id": "b", "delta": "x"}

    options = OpenAIRecognizerOptions(model="x", api_key="sk-0123456789", timeout=5)
    recognition = realtime.RealtimeRecognition(Talkative(), options)
    await recognition.write(humming(SPEECH, RATE))
    await recognition.commit()

    with pytest.raises(ProviderError, match="sent nothing for 5 s"):
        async for _ in recognition:
            pass


def test_long_speech_is_committed_in_pieces_where_it_is_quiet(humming):
    sound = humming(62, RATE) + humming(1, RATE, loudness=200) + humming(80, RATE)

    async def talk():
        session = ScriptedSession()
        options = OpenAIRecognizerOptions(model="x", api_key="sk-0123456789")
        recognition = realtime.RealtimeRecognition(session, options)
        for at in range(0, len(sound), 960):
            await recognition.write(sound[at : at + 960])
        await recognition.commit()
        await recognition.finish()
        return session, [event async for event in recognition]

    session, events = asyncio.run(talk())
    seconds = [size / (RATE * 2) for size in session.commits]
    assert 62 < seconds[0] < 63  # quiet
    assert 136 < seconds[1] < 139  # 75 s later, for want of a quiet moment
    assert session.size == len(sound)
    assert texts(events, FinalTranscript) == ["part 1 part 2 part 3"]
    assert texts(events, PartialTranscript)[-1] == "part 1 part 2"


def test_without_websockets_real_time_names_the_extra_and_uploads_are_possible(monkeypatch):
    monkeypatch.setitem(sys.modules, "websockets", None)
    given = {"model": "gpt-transcribe", "api_key": "sk-example"}
    live, uploads = (OpenAIRecognizerOptions(**given, mode=mode) for mode in ("realtime", "upload"))

    [advice] = live.advice("en")
    assert (advice.option, advice.severity) == ("mode", "error")
    assert advice.message.endswith(install_hint("websockets", "voicebot-framework[realtime]"))
    assert not [*uploads.advice("en")]
    with pytest.raises(ProviderError) as raised:
        asyncio.run(OpenAIRecognizer(live).start())
    assert str(raised.value).endswith(f" cannot be used: {advice.message}")
