"""What goes wrong with a websocket is explained like the same failure of a request."""

from __future__ import annotations

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidMessage, InvalidProxyMessage, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response

from voicebot_openai.errors.failures import explain
from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.recognition.websocket_errors import connection_error, event_failure

OPENAI = OpenAIRecognizerOptions(model="gpt-live-transcribe", api_key="sk-0123456789")
URL = "https://api.openai.com/v1"


def refused(status, body, **headers):
    return InvalidStatus(Response(status, "X", Headers(headers), body))


@pytest.mark.parametrize(
    ("error", "words", "retryable"),
    [
        (
            refused(401, b'{"error": {"message": "Incorrect key", "code": "invalid_api_key"}}'),
            "rejected",
            False,
        ),
        (refused(429, b'{"error": {"message": "Slow down"}}'), "too many requests; wait a little", True),
        (refused(429, b'{"error": {"code": "insufficient_quota"}}'), "has no credit left", False),
        (refused(429, b"", **{"retry-after": "7"}), "asks for a delay of 7 s", True),
        (refused(502, b"<html>Bad gateway</html>"), "failed with status 502; try again", True),
        (ConnectionClosedError(Close(1011, "keepalive ping timeout"), None), "closed the connection", True),
        (ConnectionClosedError(None, None), "closed the connection", True),
        (
            ConnectionClosedError(Close(3000, "invalid_request_error.invalid_model"), None),
            "rejected the request with status 400",
            False,
        ),
        (InvalidMessage("did not receive a valid HTTP response"), "closed the connection", True),
        (InvalidProxyMessage("did not receive a valid HTTP response from proxy"), "the proxy; check", True),
        (TimeoutError("timed out during opening handshake"), "cannot be reached within 5 s", True),
        (OSError("[Errno -2] Name or service not known"), "does not answer; check `base_url`", True),
        (OSError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"), "has a certificate", True),
    ],
)
def test_a_connection_that_fails_says_why(error, words, retryable):
    failure = explain(connection_error(error, URL), OPENAI)

    assert words in str(failure)
    assert failure.retryable is retryable
    assert str(failure).startswith(URL)


@pytest.mark.parametrize(
    ("error", "words", "retryable"),
    [
        ({"code": "session_expired", "message": "60 minutes"}, "ended the session, as it does after", True),
        (
            {
                "type": "invalid_request_error",
                "code": "invalid_value",
                "param": "session.audio.input.transcription.model",
                "message": "Invalid value: 'x'.",
            },
            "has no model `gpt-live-transcribe`",
            False,
        ),
        (
            {"type": "invalid_request_error", "code": "unknown_parameter", "message": "Unknown 'delay'."},
            "check the options: Unknown 'delay'.",
            False,
        ),
        ({"type": "server_error", "message": "Oops"}, "failed with status 500; try again: Oops", True),
        ({"type": "tokens", "code": "rate_limit_exceeded"}, "receives too many requests", True),
        ("something else", "failed with status 500; try again: something else", True),
        (None, "failed with status 500", True),
    ],
)
def test_an_error_that_is_sent_as_an_event_says_why(error, words, retryable):
    failure = event_failure(error, OPENAI, URL)

    assert words in str(failure)
    assert failure.retryable is retryable
