"""Twilio Media Streams, in both directions, with marks (twilio.com/docs/voice/media-streams)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from voicebot import Options, SecretStr
from voicebot_serve import g711
from voicebot_serve.telephony import json_messages
from voicebot_serve.telephony.carrier import (
    CallEnded,
    CallerAudio,
    CallEvent,
    CallProtocol,
    CallStarted,
    Carrier,
    CarrierMessageError,
    CarrierRequest,
    KeyPress,
    MarkPlayed,
)

_FORMAT = ("audio/x-mulaw", 8000)


class TwilioOptions(Options):
    """Options of `twilio`."""

    auth_token: SecretStr
    """The account's Auth Token, with which Twilio signs its requests."""


class Twilio(Carrier[TwilioOptions]):
    """Calls by Twilio: point a number's webhook ("A call comes in") at `/telephony/twilio`."""

    options_type = TwilioOptions

    def is_genuine(self, request: CarrierRequest) -> bool:
        """Check the header `X-Twilio-Signature` (twilio.com/docs/usage/security)."""
        given = request.headers.get("x-twilio-signature", "")
        key = self.options.auth_token.get_secret_value()
        fields = "".join(name + value for name, value in sorted(set(request.form)))
        return any(
            hmac.compare_digest(_signature(key, url + fields).encode(), given.encode())
            for url in _spellings(request.url)
        )

    def answer(self, request: CarrierRequest, stream_url: str) -> tuple[str, str]:
        """Return TwiML; when the stream ends, so does the call."""
        caller = dict(request.form).get("From", "")
        return "text/xml", (
            f'<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url={quoteattr(stream_url)}>'
            f'<Parameter name="from" value={quoteattr(caller)}/></Stream></Connect></Response>'
        )

    def call(self) -> TwilioCall:
        """Return the messages of a new call."""
        return TwilioCall()


class TwilioCall(CallProtocol):
    """The messages of one call."""

    format = g711.FORMAT

    def __init__(self) -> None:
        self._stream = ""

    def receive(self, message: str | bytes) -> Iterable[CallEvent]:
        """Return what a message says."""
        parsed = json_messages.read(message)
        match parsed.get("event"):
            case "media" if self._stream and json_messages.text(parsed, "media", "track") == "inbound":
                return (CallerAudio(g711.MULAW.decode(json_messages.sound(parsed, "media", "payload"))),)
            case "dtmf":
                return (KeyPress(json_messages.text(parsed, "dtmf", "digit")),)
            case "mark":
                return (MarkPlayed(json_messages.text(parsed, "mark", "name")),)
            case "start":
                return (self._start(parsed),)
            case "stop":
                return (CallEnded(),)
            case _:
                return ()

    def audio(self, audio: bytes) -> str:
        """Return the message that plays sound."""
        payload = json_messages.base64_text(g711.MULAW.encode(audio))
        return json.dumps({"event": "media", "streamSid": self._stream, "media": {"payload": payload}})

    def mark(self, name: str) -> str:
        """Return the message that asks to be told when the sound so far was played."""
        return json.dumps({"event": "mark", "streamSid": self._stream, "mark": {"name": name}})

    def clear(self) -> str:
        """Return the message that discards what was not played; all open marks then come back at once."""
        return json.dumps({"event": "clear", "streamSid": self._stream})

    def _start(self, parsed: dict[str, object]) -> CallStarted:
        self._stream = json_messages.text(parsed, "start", "streamSid")
        start = parsed["start"]
        media = start.get("mediaFormat") if isinstance(start, dict) else None
        found = (media.get("encoding"), media.get("sampleRate")) if isinstance(media, dict) else None
        if found != _FORMAT:
            raise CarrierMessageError("a stream that is not mu-law at 8000 Hz")
        return CallStarted(
            json_messages.text(parsed, "start", "callSid"),
            json_messages.texts(parsed, "start", "customParameters"),
        )


def _signature(key: str, signed: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), signed.encode(), hashlib.sha1).digest()).decode("ascii")


def _spellings(url: str) -> Iterable[str]:
    """Return the ways in which Twilio may have written an address: it leaves out, or adds, the usual port."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    usual = 80 if parts.scheme in ("http", "ws") else 443
    host = parts.hostname or ""
    yield url
    if parts.port == usual:
        yield parts._replace(netloc=host).geturl()
    elif parts.port is None:
        yield parts._replace(netloc=f"{host}:{usual}").geturl()
