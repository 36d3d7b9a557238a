"""The journal of the emulator keeps no keys, whichever way they came."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from voicebot_emulator.journal import Entry, Journal
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator

KEY = "s3cr3t/K3y+of=mine"
PLAIN = "pl41nk3y0fm1ne"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def told(journal: Journal) -> str:
    return "\n".join(f"{entry.what} {dict(entry.headers)} {entry.body}" for entry in journal.entries)


@pytest.mark.parametrize(
    "name",
    [
        "Ocp-Apim-Subscription-Key",
        "ocp-apim-subscription-key",
        "API-KEY",
        "x-ms-client-secret",
        "Cookie",
        "X-Auth",
        "X-Api-Key-2",
        "apikeys",
        "X-Passphrase",
        "X-Private-Key-Pem",
        "X-JWT",
    ],
)
def test_keys_in_headers_are_left_out(name):
    journal = Journal()
    journal.add(Entry(0, "stt", 1, "in", "open", {name: KEY, "X-ConnectionId": "abc"}, "/x"))
    assert KEY not in told(journal)
    assert journal.entries[0].headers["X-ConnectionId"] == "abc"


@pytest.mark.parametrize(
    "value", [f"Bearer {TOKEN}", f"bearer {PLAIN}", f"Basic {PLAIN}", f"Bearer aad#res#{PLAIN}"]
)
def test_tokens_in_headers_are_left_out_there_and_everywhere_else(value):
    journal = Journal()
    journal.add(Entry(0, "stt", 1, "in", "open", {"AUTHORIZATION": value}, "/x"))
    token = value.rpartition(" ")[2].rpartition("#")[2]
    journal.add(
        Entry(0, "stt", 1, "in", "ssml", {}, f"<speak>{token} {quote(token)} {token.upper()}</speak>")
    )
    assert token.lower() not in told(journal).lower()


@pytest.mark.parametrize(
    "query",
    [
        f"api-key={PLAIN}",
        f"Api-Key={PLAIN}&language=de",
        f"language=de&subscription-key={PLAIN}",
        f"Ocp-Apim-Subscription-Key={PLAIN}",
        f"ocp%2Dapim%2dsubscription%2Dkey={PLAIN}",
        f"{quote('api-key')}={quote(KEY, safe='')}",
        f"api%2Dkey={quote(KEY, safe='').lower()}",
        f"Authorization=Bearer%20{PLAIN}",
        f"access_token={TOKEN};x=1",
        f"sig={PLAIN}",
        f"code={PLAIN}",
        f"auth={PLAIN}",
        f"passphrase={PLAIN}",
        f"api_key[]={PLAIN}&api_key[0]={PLAIN}",
    ],
)
def test_keys_in_addresses_are_left_out(query):
    journal = Journal()
    journal.add(Entry(0, "stt", 1, "in", "open", {"Referer": f"http://here/?{query}"}, f"/stt/v2?{query}"))
    text = told(journal)
    for secret in (KEY, PLAIN, TOKEN, quote(KEY, safe=""), quote(KEY, safe="").lower()):
        assert secret not in text
    assert "/stt/v2?" in text


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"api_key": KEY, "messages": []}),
        json.dumps({"context": {"system": {"subscriptionKey": KEY}, "more": [{"authToken": PLAIN}]}}),
        json.dumps({"password": {"inner": PLAIN}}),
        json.dumps(json.dumps({"api-key": PLAIN})),
        f"api-key: {PLAIN}\nOcp-Apim-Subscription-Key={PLAIN}",
        f'{{"broken": true, "api-key": "{PLAIN}"',
        f"Authorization: Bearer {PLAIN}",
        f"the token is {TOKEN}.",
        json.dumps({"api_keys": [PLAIN], "x_key_1": PLAIN, "auth": {"a": PLAIN}, "jwt": PLAIN}),
        f"https://user:{PLAIN}@host/ wss://{PLAIN}@host",
    ],
)
def test_keys_in_bodies_are_left_out(body):
    journal = Journal()
    journal.add(Entry(0, "stt", 1, "in", "speech.config", {"path": "speech.config"}, body))
    text = told(journal)
    assert all(secret not in text for secret in (KEY, PLAIN, TOKEN, json.dumps(KEY)[1:-1]))


def test_a_key_among_the_subprotocols_of_a_websocket_is_left_out():
    journal = Journal()
    protocols = f"realtime, openai-insecure-api-key.{PLAIN}, openai-beta.realtime-v1"
    journal.add(Entry(0, "tts", 1, "in", "open", {"Sec-WebSocket-Protocol": protocols}, "/x"))
    assert journal.entries[0].headers == {
        "Sec-WebSocket-Protocol": "realtime, openai-insecure-api-key.***, openai-beta.realtime-v1"
    }


def test_values_that_are_not_keys_stay():
    journal = Journal()
    body = json.dumps(
        {"max_tokens": 5, "prompt_cache_key": "a", "usage": {"total_tokens": 7}, "text": "the key to it"}
    )
    headers = {"Sec-WebSocket-Key": "abc", "x-client-commit-token": "3"}
    journal.add(Entry(0, "chat", 1, "in", "completion", headers, body))
    assert (journal.entries[0].body, journal.entries[0].headers) == (body, headers)


def test_a_key_once_seen_is_left_out_of_all_messages(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "journal.jsonl"

    async def talk() -> tuple[str, str]:
        emulator = Emulator(Script(answered=(f"Your key is {PLAIN}.",)), journal=file)
        async with emulator, ClientSession() as http:
            address = f"http://127.0.0.1:{emulator.port}"
            right = emulator.account.openai_key
            for key in (PLAIN, right):
                body = {
                    "model": "chat",
                    "messages": [{"role": "user", "content": f"{PLAIN} {right}"}],
                    PLAIN: 1,
                }
                for path in ("/openai/v1/chat/completions", f"/openai/deployments/{key}/chat/completions"):
                    async with http.post(
                        f"{address}{path}?api-key={PLAIN}", json=body, headers={"api-key": key}
                    ):
                        pass
            _, writer = await asyncio.open_connection("127.0.0.1", emulator.port)
            writer.write(f"GET /?api-key={PLAIN} HTTP/1.1\r\nbroken {PLAIN}\r\n\r\n".encode())
            await writer.drain()
            await asyncio.sleep(0)
            writer.close()
            await writer.wait_closed()
            return told(emulator.journal), right

    text, right = asyncio.run(talk())
    written = file.read_text()
    assert "completion" in text
    for each in (text, written, caplog.text):
        assert PLAIN not in each
        assert right not in each


def test_hiding_keys_is_fast_for_every_message():
    journal = Journal(keys=("emulated-speech-key",))
    for body in (
        "a" * 70_000,
        "key" * 20_000,
        "key  " * 20_000,
        "%" * 60_000,
        "eyJ" * 20_000,
        "[" * 60_000,
        "://a" * 20_000,
    ):
        journal.add(Entry(0, "tts", 1, "in", "ssml", {}, body))
    assert len(journal.entries) == 7


def test_the_file_of_the_journal_can_be_shown_on_a_terminal(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.add(Entry(0, "tts", 1, "in", "\x1b[2J", {"a": "\x9b\u202e"}, "\x1b]52;c;x\x07\x7f\u2066"))
    journal.close()
    written = (tmp_path / "journal.jsonl").read_text().rstrip("\n")
    assert written.isprintable()
    assert json.loads(written)["body"] == "\x1b]52;c;x\x07\x7f\u2066"


def test_a_full_disk_ends_the_file_and_not_the_emulator(caplog):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    journal = Journal(Path("/dev/full"))
    for _ in range(3):
        journal.add(Entry(0, "tts", 1, "in", "ssml", {}, "x"))
    journal.close()
    assert len(journal.entries) == 3
    assert [m for m in caplog.messages if "No space left" in m]
