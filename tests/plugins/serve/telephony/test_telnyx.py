"""A carrier of a stranger that signs the bytes of its webhooks, and not its WebSockets: Telnyx."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from xml.etree import ElementTree

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from voicebot import SecretStr
from voicebot_serve.g711 import ALAW, MULAW
from voicebot_serve.telephony.carrier import (
    CallEnded,
    CallerAudio,
    CallStarted,
    CarrierMessageError,
    CarrierRequest,
    KeyPress,
    MarkPlayed,
)

from .telnyx import Telnyx, TelnyxOptions

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = base64.b64encode(PRIVATE.public_key().public_bytes_raw()).decode()
TELNYX = Telnyx(TelnyxOptions(public_key=PUBLIC, stream_secret=SecretStr("secret")))
URL, STREAM = "https://bot.example/telephony/telnyx", "wss://bot.example/telephony/telnyx"
BODY = b"CallSid=v3%3AabC&From=%2B13122010094"


def request(body: bytes = BODY, signed: bytes = b"1780000000|" + BODY) -> CarrierRequest:
    signature = base64.b64encode(PRIVATE.sign(signed)).decode()
    headers = {"telnyx-timestamp": "1780000000", "telnyx-signature-ed25519": signature}
    return CarrierRequest(URL, headers, body=body)


def started(encoding: str = "PCMU"):
    media_format = {"encoding": encoding, "sample_rate": 8000, "channels": 1}
    start = {"call_control_id": "v3:abC", "from": "+13122010094", "media_format": media_format}
    call = TELNYX.call()
    message = {"event": "start", "sequence_number": "1", "start": start, "stream_id": "32DE0DEA"}
    assert list(call.receive(json.dumps({"event": "connected", "version": "1.0.0"}))) == []
    assert list(call.receive(json.dumps(message))) == [CallStarted("v3:abC")]
    return call


def test_only_what_it_signed_is_genuine() -> None:
    assert TELNYX.is_genuine(request())
    assert not TELNYX.is_genuine(request(body=BODY + b"0"))
    assert not TELNYX.is_genuine(request(signed=b"1780000001|" + BODY))
    assert not TELNYX.is_genuine(CarrierRequest(URL, {}, body=BODY))


def test_the_answer_has_the_token_that_lets_its_websocket_in() -> None:
    kind, text = TELNYX.answer(request(), STREAM)
    stream = ElementTree.fromstring(text).find("Connect/Stream")
    assert kind == "text/xml"
    assert stream is not None
    assert (stream.get("bidirectionalMode"), stream.get("bidirectionalCodec")) == ("rtp", "PCMU")
    url, _, token = str(stream.get("url")).partition("?token=")
    assert url == STREAM
    assert TELNYX.is_genuine(CarrierRequest(STREAM, {}, query={"token": token}))
    assert not TELNYX.is_genuine(CarrierRequest(STREAM, {}, query={"token": "guess"}))
    assert not TELNYX.is_genuine(CarrierRequest(STREAM, {}))


@pytest.mark.parametrize(
    ("message", "events"),
    [
        (
            {"event": "media", "media": {"track": "inbound", "payload": "/wCA"}},
            [CallerAudio(MULAW.decode(b"\xff\x00\x80"))],
        ),
        ({"event": "media", "media": {"track": "outbound", "payload": "/wCA"}}, []),
        ({"event": "dtmf", "occurred_at": "2025-06-05T08:54:19Z", "dtmf": {"digit": "1"}}, [KeyPress("1")]),
        ({"event": "mark", "sequence_number": "5", "mark": {"name": "0.2"}}, [MarkPlayed("0.2")]),
        ({"event": "stop", "stop": {"call_control_id": "v3:abC"}}, [CallEnded()]),
        ({"event": "error", "payload": {"code": 100004, "title": "invalid_media"}}, []),
    ],
)
def test_what_a_message_says(message: Mapping[str, object], events: list[object]) -> None:
    assert list(started().receive(json.dumps(message))) == events


def test_the_codec_is_that_of_the_call() -> None:
    media = {"event": "media", "media": {"track": "inbound", "payload": "/wCA"}}
    assert list(started("PCMA").receive(json.dumps(media))) == [CallerAudio(ALAW.decode(b"\xff\x00\x80"))]
    with pytest.raises(CarrierMessageError, match="neither PCMU nor PCMA"):
        started("OPUS")


def test_what_is_sent() -> None:
    call = started()
    media = json.loads(call.audio(b"\0\0\0\0"))
    assert base64.b64decode(media["media"].pop("payload")) == b"\xff\xff"
    assert media == {"event": "media", "media": {}}
    assert json.loads(call.mark("7")) == {"event": "mark", "mark": {"name": "7"}}
    assert json.loads(call.clear()) == {"event": "clear"}
