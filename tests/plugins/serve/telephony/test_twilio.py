"""Twilio's messages and signatures; the expected ones are those of its documentation."""

import base64
import json

import pytest

from voicebot import SecretStr
from voicebot_serve.g711 import MULAW
from voicebot_serve.telephony.carrier import (
    CallEnded,
    CallerAudio,
    CallStarted,
    CarrierMessageError,
    CarrierRequest,
    KeyPress,
    MarkPlayed,
)
from voicebot_serve.telephony.twilio import Twilio, TwilioOptions

TWILIO = Twilio(TwilioOptions(auth_token=SecretStr("12345")))
URL = "https://example.com/myapp.php?foo=1&bar=2"
FORM = {
    "Digits": "1234",
    "To": "+18005551212",
    "From": "+14158675310",
    "Caller": "+14158675310",
    "CallSid": "CA1234567890ABCDE",
}
SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="
START = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC0",
        "streamSid": "MZ0",
        "callSid": "CA0",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"from": "+14158675310"},
    },
    "streamSid": "MZ0",
}


def request(url=URL, form=FORM, signature=SIGNATURE):
    return CarrierRequest(url, {"x-twilio-signature": signature}, tuple(form.items()))


def started():
    call = TWILIO.call()
    assert list(call.receive(json.dumps(START))) == [CallStarted("CA0", {"from": "+14158675310"})]
    return call


def test_a_signed_request_is_genuine():
    assert TWILIO.is_genuine(request())


@pytest.mark.parametrize(
    "forged",
    [
        request(signature=""),
        request(signature="L/OH5YylLD5NRKLltdqwSvS0BnV="),
        request(signature="L/OH5YylLD5NRKLltdqwSvS0BnU\xff"),
        request(url=URL.replace("foo=1", "foo=2")),
        request(url=URL.replace("https", "http")),
        request(url=URL.replace(".com", ".com:8443")),
        request(form={**FORM, "From": "+1"}),
        request(form={**FORM, "More": "1"}),
        request(form={}),
        CarrierRequest(URL, {}, tuple(FORM.items())),
    ],
)
def test_any_other_request_is_not(forged):
    assert not TWILIO.is_genuine(forged)


def test_the_usual_port_may_be_written_or_left_out():
    assert TWILIO.is_genuine(request(url=URL.replace(".com", ".com:443")))


def test_the_answer_streams_the_call_and_is_xml_whatever_the_caller_is_named():
    from xml.etree import ElementTree

    kind, text = TWILIO.answer(
        request(form={"From": "\"/><Hangup/>'&"}), "wss://example.com/telephony/twilio?a&b"
    )
    stream = ElementTree.fromstring(text).find("Connect/Stream")
    assert kind == "text/xml"
    assert stream.get("url") == "wss://example.com/telephony/twilio?a&b"
    assert [dict(each.attrib) for each in stream] == [{"name": "from", "value": "\"/><Hangup/>'&"}]


@pytest.mark.parametrize(
    ("message", "events"),
    [
        ({"event": "connected", "protocol": "Call", "version": "1.0.0"}, []),
        (
            {"event": "media", "media": {"track": "inbound", "payload": "/wCA"}, "streamSid": "MZ0"},
            [CallerAudio(MULAW.decode(b"\xff\x00\x80"))],
        ),
        ({"event": "media", "media": {"track": "outbound", "payload": "/wCA"}}, []),
        ({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "#"}}, [KeyPress("#")]),
        ({"event": "mark", "mark": {"name": "7"}}, [MarkPlayed("7")]),
        ({"event": "stop", "stop": {"accountSid": "AC0", "callSid": "CA0"}}, [CallEnded()]),
        ({"event": "something new"}, []),
        ({}, []),
    ],
)
def test_what_a_message_says(message, events):
    assert list(started().receive(json.dumps(message))) == events


def test_sound_before_the_start_is_left_out():
    media = {"event": "media", "media": {"track": "inbound", "payload": "/wCA"}}
    assert list(TWILIO.call().receive(json.dumps(media))) == []


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        (b"\x00", "binary"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "no JSON object"),
        ('{"event": "media", "media": {"track": "inbound"}}', "without the text `media.payload`"),
        ('{"event": "media", "media": "inbound"}', "without the text `media.track`"),
        (
            '{"event": "media", "media": {"track": "inbound", "payload": "a\\u00e9="}}',
            "`media.payload` is not base64",
        ),
        ('{"event": "dtmf", "dtmf": {"digit": 5}}', "without the text `dtmf.digit`"),
        ('{"event": "start", "start": []}', "without the text `start.streamSid`"),
        ('{"event": "start", "start": {"streamSid": "MZ0", "callSid": "CA0"}}', "not mu-law at 8000 Hz"),
    ],
)
def test_what_cannot_be_understood_is_refused(message, complaint):
    with pytest.raises(CarrierMessageError, match=complaint):
        list(started().receive(message))


def test_what_is_sent():
    call = started()
    media = json.loads(call.audio(b"\0\0\0\0"))
    assert base64.b64decode(media["media"].pop("payload")) == b"\xff\xff"
    assert media == {"event": "media", "streamSid": "MZ0", "media": {}}
    assert json.loads(call.mark("7")) == {"event": "mark", "streamSid": "MZ0", "mark": {"name": "7"}}
    assert json.loads(call.clear()) == {"event": "clear", "streamSid": "MZ0"}
