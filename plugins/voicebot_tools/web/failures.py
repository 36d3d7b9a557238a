"""Why a call of a web service failed, in one line for the chat model and for people."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from voicebot import printable_words
from voicebot_tools.web.client import CONNECT_TIMEOUT, SILENCE

if TYPE_CHECKING:
    import httpx2

_UNKNOWN_HOST = re.compile(r"getaddrinfo|name or service|nodename|name resolution|no address", re.IGNORECASE)
_MESSAGES = ("message", "error_description", "detail", "error", "title", "reason", "msg")
_LONGEST = 200
_SERVER_ERROR = 500
_CHECK_HEADERS = "check `headers` and `secret_query`"
_REMEDIES = {401: _CHECK_HEADERS, 403: _CHECK_HEADERS}


class Failure(NamedTuple):
    """Why a call failed, and what the owner of the bot can do about it, if that is known.

    `undone` says that the server has certainly not done what was asked.
    """

    text: str
    remedy: str = ""
    undone: bool = False


def failure_of_exception(error: Exception, host: str) -> Failure:
    """Return what an exception of the client means."""
    import httpx2

    match error:
        case httpx2.ConnectTimeout():
            return Failure(f"{host} did not accept a connection within {CONNECT_TIMEOUT:g} s", undone=True)
        case httpx2.TimeoutException():
            return Failure(f"{host} sent nothing for {SILENCE:g} s")
        case httpx2.ProxyError():
            remedy = "check HTTPS_PROXY in the environment"
            return Failure(f"the proxy does not connect to {host}", remedy, undone=True)
        case httpx2.ConnectError():
            return _failure_to_connect(error, host)
        case httpx2.DecodingError():
            return Failure(f"the response of {host} is compressed in a wrong way")
        case httpx2.RemoteProtocolError() | httpx2.NetworkError():
            return Failure(f"{host} closed the connection")
    return Failure(f"the request to {host} failed ({type(error).__name__})")


def failure_of_status(response: httpx2.Response, body: bytes, host: str) -> Failure:
    """Return what an HTTP status means, with the server's own words if there are some."""
    code = response.status_code
    try:
        phrase = f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        phrase = str(code)
    said = _message(body)
    text = f"{host} answered {phrase}{f': {said}' if said else ''}"
    return Failure(text, _REMEDIES.get(code, ""), undone=code < _SERVER_ERROR)


def _failure_to_connect(error: Exception, host: str) -> Failure:
    causes = list(_causes(error))
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        remedy = "name the file of its certificate authority in SSL_CERT_FILE"
        return Failure(f"the certificate of {host} is not trusted", remedy, undone=True)
    if any(isinstance(each, ssl.SSLError) for each in causes):
        return Failure(f"{host} does not accept an encrypted connection", undone=True)
    if _UNKNOWN_HOST.search(str(error)):
        return Failure(f"there is no host called {host}, or no network", undone=True)
    return Failure(f"{host} cannot be reached", undone=True)


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
