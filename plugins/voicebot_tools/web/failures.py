"""Why a call of a web service failed, in one line for the chat model and for people."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from voicebot import printable_words
from voicebot_tools.web.client import CONNECT_TIMEOUT, SILENCE

if TYPE_CHECKING:
    import httpx2

_UNKNOWN_HOST = re.compile(r"getaddrinfo|name or service|nodename|name resolution|no address", re.IGNORECASE)
_MESSAGES = ("message", "error_description", "detail", "error", "title", "reason", "msg")
_LONGEST = 200
_REMEDIES = {401: "; check the `headers` in the config", 403: "; check the `headers` in the config"}


def exception_text(error: Exception, host: str) -> str:
    """Return what an exception of the client means."""
    import httpx2

    match error:
        case httpx2.ConnectTimeout():
            return f"{host} did not accept a connection within {CONNECT_TIMEOUT:g} s"
        case httpx2.TimeoutException():
            return f"{host} sent nothing for {SILENCE:g} s"
        case httpx2.ProxyError():
            return f"the proxy does not connect to {host}"
        case httpx2.ConnectError():
            causes = list(_causes(error))
            if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
                return f"the certificate of {host} is not valid"
            if any(isinstance(each, ssl.SSLError) for each in causes):
                return f"{host} does not accept an encrypted connection"
            if _UNKNOWN_HOST.search(str(error)):
                return f"there is no host called {host}, or no network"
            return f"{host} cannot be reached"
        case httpx2.DecodingError():
            return f"the response of {host} is compressed in a wrong way"
        case httpx2.RemoteProtocolError() | httpx2.NetworkError():
            return f"{host} closed the connection"
    return f"the request to {host} failed ({type(error).__name__})"


def status_text(response: httpx2.Response, body: bytes, host: str) -> str:
    """Return what an HTTP status means, with the server's own words if there are some."""
    code = response.status_code
    try:
        phrase = f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        phrase = str(code)
    said = _message(body)
    return f"{host} answered {phrase}{f': {said}' if said else ''}"


def remedy(response: httpx2.Response) -> str:
    """Return what the bot's owner can do about a status; empty if nothing is known."""
    return _REMEDIES.get(response.status_code, "")


def _message(body: bytes) -> str:
    """Return the message in the JSON of an error, shortened; empty if there is none."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for _ in range(3):  # such as {"errors": [{"message": ...}]}
        match found:
            case str():
                return printable_words(found)[:_LONGEST]
            case [first, *_]:
                found = first
            case {"errors": inner}:
                found = inner
            case dict():
                found = next((found[key] for key in _MESSAGES if found.get(key)), None)
            case _:
                return ""
    return printable_words(found)[:_LONGEST] if isinstance(found, str) else ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
