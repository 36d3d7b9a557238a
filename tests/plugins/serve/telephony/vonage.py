"""Vonage as a plugin of a stranger: 16 kHz in binary messages, JSON for the rest, an answer in JSON.

Written from the guides "WebSockets" and "Signed webhooks" of developer.vonage.com, and from its reference of
NCCOs, in one file.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Any, ClassVar

from voicebot import AudioFormat, Options, SecretStr
from voicebot_serve.telephony.carrier import (
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


class VonageOptions(Options):
    """Options of `vonage`."""

    signature_secret: SecretStr


class Vonage(Carrier[VonageOptions]):
    """Calls by Vonage; webhooks and WebSockets carry a JSON Web Token."""

    options_type = VonageOptions

    def is_genuine(self, request: CarrierRequest) -> bool:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        signed, _, signature = token.rpartition(".")
        key = self.options.signature_secret.get_secret_value().encode()
        expected = base64.urlsafe_b64encode(hmac.new(key, signed.encode(), hashlib.sha256).digest())
        return hmac.compare_digest(expected.rstrip(b"="), signature.encode())

    def answer(self, request: CarrierRequest, stream_url: str) -> tuple[str, str]:
        endpoint = {
            "type": "websocket",
            "uri": stream_url,
            "content-type": "audio/l16;rate=16000",
            "headers": {"call": request.query.get("uuid", "")},
            "authorization": {"type": "vonage"},  # without it, the WebSocket is not signed
        }
        return "application/json", json.dumps([{"action": "connect", "endpoint": [endpoint]}])

    def call(self) -> VonageCall:
        return VonageCall()


class VonageCall(CallProtocol):
    """The messages of one call; the end of the socket is the end of the call."""

    format = AudioFormat(16000)
    frame: ClassVar[float] = 0.02

    def receive(self, message: str | bytes) -> Iterable[CallEvent]:
        if isinstance(message, bytes):
            return (CallerAudio(message),)
        try:
            parsed: dict[str, Any] = json.loads(message)
            match parsed["event"]:
                case "websocket:connected":  # with what `headers` of the answer had
                    return (CallStarted(parsed["call"]),)
                case "websocket:dtmf":
                    return (KeyPress(parsed["digit"]),)
                case "websocket:notify":
                    return (MarkPlayed(parsed["payload"]["mark"]),)
        except (ValueError, KeyError, TypeError):
            raise CarrierMessageError("a message that is not Vonage's") from None
        return ()

    def audio(self, audio: bytes) -> bytes:
        return audio

    def mark(self, name: str) -> str:
        return json.dumps({"action": "notify", "payload": {"mark": name}})

    def clear(self) -> str:
        return json.dumps({"action": "clear"})
