"""Telnyx as a plugin of a stranger: messages much like Twilio's, 16 kHz, webhooks signed with a public key.

Written from the pages "Media Streaming over WebSockets", "Stream" (TeXML) and "Webhook fundamentals" of
developers.telnyx.com, in one file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from voicebot import AudioFormat, Options, SecretStr
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

LAWS = {"PCMU": g711.MULAW, "PCMA": g711.ALAW}


class TelnyxOptions(Options):
    """Options of `telnyx`."""

    public_key: str
    """With which webhooks are checked, in base64."""
    stream_secret: SecretStr
    """Any text; what proves that a WebSocket belongs to a call that was answered is derived from it."""


class Telnyx(Carrier[TelnyxOptions]):
    """Calls by Telnyx, answered in TeXML; a WebSocket is not signed, so the address has a token of ours."""

    options_type = TelnyxOptions

    def is_genuine(self, request: CarrierRequest) -> bool:
        if request.url.startswith("ws"):
            return hmac.compare_digest(request.query.get("token", "").encode(), self._token().encode())
        signed = request.headers.get("telnyx-timestamp", "").encode() + b"|" + request.body
        try:
            signature = base64.b64decode(request.headers.get("telnyx-signature-ed25519", ""))
            Ed25519PublicKey.from_public_bytes(base64.b64decode(self.options.public_key)).verify(
                signature, signed
            )
        except (InvalidSignature, binascii.Error):
            return False
        return True

    def answer(self, request: CarrierRequest, stream_url: str) -> tuple[str, str]:
        url = quoteattr(f"{stream_url}?token={self._token()}")
        return "text/xml", (
            f'<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url={url} '
            'codec="PCMU" bidirectionalMode="rtp" bidirectionalCodec="PCMU"/></Connect></Response>'
        )

    def call(self) -> TelnyxCall:
        return TelnyxCall()

    def _token(self) -> str:
        key = self.options.stream_secret.get_secret_value().encode()
        return hmac.new(key, b"telnyx stream", hashlib.sha256).hexdigest()


class TelnyxCall(CallProtocol):
    """The messages of one call, whose codec the first one says."""

    format = AudioFormat(8000)

    def __init__(self) -> None:
        self._law = g711.MULAW

    def receive(self, message: str | bytes) -> Iterable[CallEvent]:
        parsed = json_messages.read(message)
        match parsed.get("event"):
            case "media" if json_messages.text(parsed, "media", "track") == "inbound":
                return (CallerAudio(self._law.decode(json_messages.sound(parsed, "media", "payload"))),)
            case "dtmf":
                return (KeyPress(json_messages.text(parsed, "dtmf", "digit")),)
            case "mark":
                return (MarkPlayed(json_messages.text(parsed, "mark", "name")),)
            case "start":
                encoding = json_messages.text(parsed, "start", "media_format", "encoding")
                if encoding not in LAWS:
                    raise CarrierMessageError("a stream that is neither PCMU nor PCMA")
                self._law = LAWS[encoding]
                return (CallStarted(json_messages.text(parsed, "start", "call_control_id")),)
            case "stop":
                return (CallEnded(),)
            case _:
                return ()

    def audio(self, audio: bytes) -> str:
        payload = json_messages.base64_text(g711.MULAW.encode(audio))  # what `answer` asked for
        return json.dumps({"event": "media", "media": {"payload": payload}})

    def mark(self, name: str) -> str:
        return json.dumps({"event": "mark", "mark": {"name": name}})

    def clear(self) -> str:
        return json.dumps({"event": "clear"})
