"""Failures of a websocket, as the SDK's exceptions, so that they are explained like those of requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voicebot_openai.errors.failures import RequestFailure, explain, failure
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    import openai

_STATUS = {
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_error": 403,
    "model_not_found": 404,
    "DeploymentNotFound": 404,
    "insufficient_quota": 429,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "server_error": 500,
    "invalid_request_error": 400,
}
"""HTTP statuses of what would be the same failure of a request, by the code or the type of the error."""
_EXPIRED = "session_expired"


def connection_error(error: Exception, url: str) -> Exception:
    """Return the SDK's exception for one that was raised when a websocket was opened or used."""
    import httpx2
    import openai
    from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus, ProxyError

    request = httpx2.Request("GET", url)
    match error:
        case InvalidStatus():
            answer = error.response
            headers = [(name, value) for name, value in answer.headers.raw_items()]
            return _status_error(answer.status_code, _read(bytes(answer.body or b"")), request, headers)
        case ConnectionClosed():
            reason = error.rcvd.reason if error.rcvd is not None else ""
            for name, status in _STATUS.items():
                if name in reason:
                    return _status_error(status, {"code": name, "message": reason}, request)
            return httpx2.RemoteProtocolError(reason, request=request)
        case InvalidMessage():  # the server closed the connection before it answered
            return httpx2.RemoteProtocolError(str(error), request=request)
        case ProxyError():
            unreachable = openai.APIConnectionError(request=request)
            unreachable.__cause__ = httpx2.ProxyError(str(error), request=request)
            return unreachable
        case TimeoutError():
            timeout = openai.APITimeoutError(request=request)
            timeout.__cause__ = httpx2.ConnectTimeout("", request=request)
            return timeout
        case OSError():
            unreachable = openai.APIConnectionError(request=request)
            unreachable.__cause__ = httpx2.ConnectError(str(error), request=request)
            return unreachable
        case _:
            return error


def event_failure(error: Any, options: Connection, url: str) -> RequestFailure:
    """Return the failure for an error that the service has sent as an event."""
    import httpx2

    details = error if isinstance(error, dict) else {"message": str(error)}
    code, kind = str(details.get("code") or ""), str(details.get("type") or "")
    if code == _EXPIRED:
        return failure(
            options, "ended the session, as it does after an hour", retryable=True, retry_after=0.0
        )
    if code == "invalid_value" and str(details.get("param")).endswith("model"):
        code = "model_not_found"
        details = details | {"message": f"model: {details.get('message')}"}
    status = _STATUS.get(code) or _STATUS.get(kind, 500)
    return explain(_status_error(status, details, httpx2.Request("GET", url)), options)


def _status_error(
    status: int, body: Any, request: Any, headers: list[tuple[str, str]] | None = None
) -> openai.APIStatusError:
    import httpx2
    import openai

    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        body = body["error"]
    response = httpx2.Response(status, headers=headers or [], request=request)
    kinds: dict[int, type[openai.APIStatusError]] = {
        400: openai.BadRequestError,
        401: openai.AuthenticationError,
        403: openai.PermissionDeniedError,
        404: openai.NotFoundError,
        429: openai.RateLimitError,
    }
    kind = kinds.get(status, openai.InternalServerError if status >= 500 else openai.APIStatusError)
    return kind(str(body or ""), response=response, body=body)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
