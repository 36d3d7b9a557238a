"""The emulator serves programs of this machine, as much as there is room for, and no page of the web."""

from __future__ import annotations

import asyncio
import io

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from voicebot_emulator import journal as journals
from voicebot_emulator.http.admission import LARGEST_BODY
from voicebot_emulator.http.visit import Visit
from voicebot_emulator.journal import Entry, Journal
from voicebot_emulator.script import Script, Spoken
from voicebot_emulator.server import Emulator
from voicebot_emulator.speech_to_text import inbox
from voicebot_emulator.speech_to_text.turn import RecognitionTurn

SCRIPT = Script(heard=("Hello.",), answered=("Ahoy.",), spoken=Spoken(tone=True))
SPEECH = "/stt/speech/universal/v2"
VOICE = "/tts/cognitiveservices/websocket/v1"
CHAT = "/openai/v1/chat/completions"


async def statuses(headers, *, hosts=()):
    """Return what a request, the control of faults, and both websockets answer to headers."""
    async with Emulator(SCRIPT, hosts=hosts) as emulator, ClientSession() as http:
        port, speech = emulator.port, emulator.account.speech_key
        headers = {name: value.format(port=port) for name, value in headers.items()}
        keys = {"chat": {"api-key": emulator.account.openai_key}, "speech": {"api-key": speech}}
        address = f"http://127.0.0.1:{port}"
        found = []
        body = {"model": "chat", "messages": [{"role": "user", "content": "hi"}]}
        async with http.post(f"{address}{CHAT}", json=body, headers=headers | keys["chat"]) as answer:
            found.append(answer.status)
            text = await answer.text()
        async with http.put(f"{address}/emulator/faults", json=["chat:burst"], headers=headers) as answer:
            found.append(answer.status)
        for path in (SPEECH, VOICE):
            try:
                async with http.ws_connect(f"{address}{path}", headers=headers | keys["speech"]):
                    found.append(101)
            except WSServerHandshakeError as error:
                found.append(error.status)
        return found, text, [str(fault) for fault in emulator.faults]


SERVED = [200, 200, 101, 101]
REFUSED = [403, 403, 403, 403]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "localhost:{port}"},
        {"Host": "LOCALHOST:{port}"},
        {"Host": "[::1]:{port}"},
        {"Host": "127.0.0.1:1234"},  # a relay
        {"Origin": "http://127.0.0.1:{port}"},
        {"Host": "localhost:{port}", "Origin": "http://localhost:{port}"},
    ],
)
def test_programs_on_this_machine_are_served(headers):
    found, _, faults = asyncio.run(statuses(headers))
    assert (found, faults) == (SERVED, ["chat:burst"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example:{port}"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:{port}"},
        {"Host": "localhost.evil.example"},
        {"Host": "localhost@evil.example"},
        {"Host": "evil.example#localhost"},
        {"Host": "127.0.0.2:{port}"},
        {"Host": "0.0.0.0:{port}"},
        {"Host": "127.0.0.1:port"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://evil.example:{port}"},
        {"Origin": "null"},
        {"Origin": "file://"},
        {"Origin": "http://127.0.0.1:{port}.evil.example"},
    ],
)
def test_web_pages_are_refused_whatever_they_ask_for(headers):
    found, text, faults = asyncio.run(statuses(headers))
    assert (found, faults) == (REFUSED, [])
    assert "--allow-host NAME" in text


@pytest.mark.parametrize("hosts", [["emulator"], ["emulator:{port}"], ["EMULATOR"]])
def test_another_name_can_be_allowed(hosts):
    hosts = [host for host in hosts if "{" not in host] or ["emulator:99"]
    headers = {"Host": "emulator:99", "Origin": "http://emulator:99"}
    found, _, _ = asyncio.run(statuses(headers, hosts=hosts))
    assert found == SERVED
    found, _, _ = asyncio.run(statuses({"Host": "emulator2:99"}, hosts=hosts))
    assert found == REFUSED


@pytest.mark.parametrize(
    ("method", "path", "key", "body", "status"),
    [
        ("POST", "/openai/v1/chat/completions", "\udcff\udce9", b"{}", 401),
        ("POST", "/openai/v1/chat/completions", "emulated-openai-key", b"\xff\xfe{", 400),
        ("PUT", "/emulator/faults", "", b"[" * 200_000, 400),
    ],
    ids=["key", "body", "depth"],
)
def test_unreadable_requests_are_refused_without_an_error_in_the_emulator(method, path, key, body, status):
    async def ask():
        async with Emulator(Script(answered=("Hi",))) as emulator:
            reader, writer = await asyncio.open_connection("127.0.0.1", emulator.port)
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                f"Content-Length: {len(body)}\r\napi-key: {key}\r\n\r\n"
            )
            writer.write(head.encode(errors="surrogateescape") + body)
            answer = await reader.read()
            writer.close()
            return int(answer.split()[1])

    assert asyncio.run(ask()) == status


def test_a_body_that_is_too_large_is_refused():
    async def ask():
        async with Emulator(SCRIPT) as emulator, ClientSession() as http:
            address, key = f"http://127.0.0.1:{emulator.port}", emulator.account.openai_key
            body = b"x" * (LARGEST_BODY + 1)
            async with http.post(
                f"{address}{CHAT}", data=io.BytesIO(body), headers={"api-key": key}
            ) as answer:
                chat = answer.status, (await answer.json())["error"]["code"]
            async with http.put(f"{address}/emulator/faults", data=io.BytesIO(body)) as answer:
                return chat, answer.status

    assert asyncio.run(ask()) == ((413, "RequestTooLarge"), 413)


def test_requests_over_the_limit_are_asked_to_try_again_later():
    async def ask():
        async with Emulator(SCRIPT, most_requests=3) as emulator, ClientSession() as http:
            address = f"http://127.0.0.1:{emulator.port}"
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            connect = lambda: http.ws_connect(f"{address}{SPEECH}", headers=headers)  # noqa: E731
            sockets = [await connect() for _ in range(3)]
            async with http.get(f"{address}/emulator/faults") as answer:
                full = answer.status, answer.headers["Retry-After"]
            with pytest.raises(WSServerHandshakeError) as refused:
                await connect()
            for socket in sockets:
                await socket.close()
            async with http.get(f"{address}/emulator/faults") as answer:
                return full, refused.value.status, answer.status

    assert asyncio.run(ask()) == ((429, "1"), 429, 200)


@pytest.mark.parametrize("path", [SPEECH, VOICE])
def test_a_message_that_is_too_large_closes_the_connection(path):
    async def ask():
        async with Emulator(SCRIPT) as emulator, ClientSession() as http:
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            async with http.ws_connect(f"http://127.0.0.1:{emulator.port}{path}", headers=headers) as socket:
                await socket.send_bytes(bytes(2**20 + 1))
                async for message in socket:
                    assert message.type is not WSMsgType.ERROR
                return socket.close_code

    assert asyncio.run(ask()) == 1009


@pytest.mark.parametrize(
    ("path", "message", "bodies"),
    [
        (
            VOICE,
            "synthesis.context",
            [
                "[]",
                "5",
                '{"synthesis": []}',
                '{"synthesis": {"audio": 7}}',
                '{"synthesis": {"audio": {"outputFormat": 5, "metadataOptions": 5}}}',
                '{"synthesis": {"input": {"bidirectionalStreamingMode": 1, "voiceName": 5, "language": 7}}}',
            ],
        ),
        (
            SPEECH,
            "speech.context",
            [
                "[]",
                '{"languageId": {"languages": 5}}',
                '{"dgi": {"Groups": 5}}',
                '{"dgi": {"Groups": [{"Items": [{}]}]}}',
                '{"phraseDetection": {"initialSilenceTimeout": 1e999}}',
            ],
        ),
    ],
    ids=["voice", "speech"],
)
def test_a_message_of_unexpected_form_does_not_make_the_emulator_fail(caplog, path, message, bodies):
    async def ask():
        async with Emulator(SCRIPT) as emulator, ClientSession() as http:
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            for body in bodies:
                async with http.ws_connect(
                    f"http://127.0.0.1:{emulator.port}{path}", headers=headers
                ) as socket:
                    for name, text in (("speech.config", "{}"), (message, body), ("ssml", "<speak/>")):
                        await socket.send_str(f"Path: {name}\r\nX-RequestId: {'a' * 32}\r\n\r\n{text}")
                    while (await socket.receive()).type not in {WSMsgType.CLOSE, WSMsgType.CLOSED}:
                        pass

    asyncio.run(asyncio.wait_for(ask(), 60))
    assert caplog.messages == []


def test_hours_of_text_are_refused():
    async def ask():
        script = Script(spoken=Spoken(tone=True, first_byte=60))
        async with Emulator(script) as emulator, ClientSession() as http:
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            async with http.ws_connect(f"http://127.0.0.1:{emulator.port}{VOICE}", headers=headers) as socket:
                speak = "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='en-US'>"
                voice = f"<voice name='en-US-AvaNeural'>{'word ' * 12_000}</voice></speak>"
                sent = 0
                while not socket.closed and sent < 100:
                    try:
                        await socket.send_str(f"Path: ssml\r\nX-RequestId: {sent:032}\r\n\r\n{speak}{voice}")
                    except ConnectionError:
                        break
                    sent += 1
                async for _ in socket:
                    pass
                return sent, socket.close_code

    sent, code = asyncio.run(ask())
    assert sent >= 8
    assert code == 1013


def test_sound_that_is_not_processed_waits_in_the_socket():
    async def flood():
        turn = RecognitionTurn(Visit(Emulator().emulation, None, "stt", 1), None, None, "0")
        taken = 0

        async def feed():
            nonlocal taken
            for _ in range(200):
                await turn.take(bytes(32_000))
                taken += 32_000

        feeding = asyncio.create_task(feed())
        await asyncio.sleep(0)
        waiting = taken
        with pytest.raises(ValueError, match="RIFF"):  # the turn is over, and what comes is for nobody
            await turn.run()
        await feeding
        return waiting, taken

    waiting, taken = asyncio.run(flood())
    assert 0 < waiting <= inbox.MOST_WAITING + 32_000
    assert taken == 200 * 32_000


def test_the_journal_keeps_the_latest_within_bounds(monkeypatch):
    monkeypatch.setattr(journals, "_MOST_CHARACTERS", 500_000)
    journal = Journal()
    for number in range(20):
        journal.add(Entry(number, "chat", 1, "in", "completion", {"x": "y" * 5000}, "z" * 70_000))
    kept = sum(len(entry.body) + len(entry.headers["x"]) for entry in journal.entries)
    assert kept <= 500_000
    assert journal.entries[-1].at == 19
    assert journal.entries[-1].body.endswith("z… and 4464 characters more")
    journal.entries.clear()
    journal.add(Entry(0, "chat", 1, "in", "completion", {}, "a"))
    assert [entry.body for entry in journal.entries] == ["a"]
