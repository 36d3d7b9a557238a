"""Addresses of servers: which are accepted, and what the message suggests otherwise."""

from __future__ import annotations

import re

import pytest

from voicebot import ServerAddress
from voicebot_wyoming.address import parse_address
from voicebot_wyoming.options import ServerOptions


@pytest.mark.parametrize(
    "uri",
    [
        "tcp://127.0.0.1:10300",
        "tcp://homeassistant.local:10200",
        "tcp://core_whisper:10300",
        "tcp://[::1]:10300",
        "unix:///run/wyoming/tts.sock",
    ],
)
def test_an_address_is_accepted_and_written_back(uri):
    assert str(parse_address(uri)) == uri
    assert str(parse_address(f" {uri}\n")) == uri


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("localhost:10300", "did you mean tcp://localhost:10300?"),
        ("//localhost:10300", "did you mean tcp://localhost:10300?"),
        ("/run/tts.sock", "did you mean unix:///run/tts.sock?"),
        ("localhost", "write tcp://HOST:PORT or unix:///PATH"),
        ("", "write tcp://HOST:PORT or unix:///PATH"),
        ("http://localhost:10300", "has no http:// address; write tcp://HOST:PORT"),
        ("ws://localhost:10300", "has no ws:// address; write tcp://HOST:PORT"),
        ("stdio://", "has no stdio:// address; write tcp://HOST:PORT"),
        (
            "tcp://localhost",
            "has no port; write tcp://HOST:PORT or unix:///PATH, such as tcp://localhost:10300",
        ),
        ("tcp://localhost:0", "has no port"),
        ("tcp://localhost:70000", "Port out of range"),
        ("tcp://localhost:port", "write tcp://HOST:PORT"),
        ("tcp://:10300", "names no host"),
        ("tcp://<host>:10300", "names no host"),
        ("tcp://[::1:10300", "write tcp://HOST:PORT"),
        ("tcp://localhost:10300/api", "did you mean tcp://localhost:10300?"),
        ("unix://run/tts.sock", "such as unix:///run/tts.sock"),
        ("unix://", "such as unix:///run/tts.sock"),
    ],
)
def test_what_is_no_address_gets_a_message_that_says_what_to_write(uri, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        parse_address(uri)


def test_a_password_is_refused_and_not_shown():
    with pytest.raises(ValueError, match="knows no users and passwords") as caught:
        parse_address("tcp://me:secret@localhost:10300")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("tcp://localhost:10300", [ServerAddress("localhost", 10300, tls=False, http=False)]),
        ("unix:///run/tts.sock", []),
    ],
)
def test_a_server_in_the_network_is_one_that_doctor_visits(uri, expected):
    assert list(ServerOptions(uri=uri).server_addresses()) == expected
