"""Reducing the SDK's exceptions and the HTTP status codes to one of a few causes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

from voicebot_openai.server import Server

if TYPE_CHECKING:
    import openai

_SKEW = 240.0
"""Seconds by which a clock may be wrong; Entra ID allows five minutes."""
_UNKNOWN_HOST = re.compile(r"getaddrinfo|name or service|nodename|name resolution|no address", re.IGNORECASE)
_BLOCKED_NETWORK = re.compile(r"virtual network|firewall|private endpoint|public access", re.IGNORECASE)
_LOADING = re.compile(r"(?<!error )\bloading\b", re.IGNORECASE)
_ROLES = re.compile(
    r"system (?:role|message|prompt)s?\b.*\bsupport|support\w* system|\broles\b.*\b(?:alternate|supported)"
    r"|\brole\b.*\bsystem\b|\bsystem\b.*\brole\b",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|maximum (?:context|sequence|input)|(?:prompt|input) is too long"
    r"|(?<!_)tokens? .*(?:must be <|exceed|> \d+ maximum|too long)|too many (?:input )?tokens",
    re.IGNORECASE,
)
_WRONG_KEY = re.compile(r"\bapi key\b.*\b(?:not valid|invalid|incorrect|missing|required)\b", re.IGNORECASE)
_VOICE = re.compile(r"\bvoices?\b", re.IGNORECASE)
_NO_TOOLS = re.compile(
    r"^(?!.*reasoning_effort).*(?:not support (?:tool|function)|support tool use"
    r"|(?:tool|function)s?[\w` -]{0,20} (?:is|are) not supported|tools param requires|tool choice requires)",
    re.IGNORECASE,
)
_NO_PERMISSION = re.compile(r"principal|permission", re.IGNORECASE)


class Cause(Enum):
    """What went wrong; `voicebot_openai.errors.remedies` says what to do about it."""

    UNREACHABLE = auto()
    SILENT = auto()
    CONNECTION_LOST = auto()
    LOADING = auto()
    CERTIFICATE = auto()
    PROXY = auto()
    UNKNOWN_HOST = auto()
    NO_OLLAMA = auto()
    NO_LOCAL_SERVER = auto()
    NO_ANSWER = auto()
    WRONG_KEY = auto()
    NO_KEY = auto()
    WRONG_CLOCK = auto()
    TOKEN_REFUSED = auto()
    NO_PERMISSION = auto()
    WRONG_NETWORK = auto()
    BLOCKED = auto()
    FORBIDDEN = auto()
    NO_MODEL = auto()
    NO_VOICE = auto()
    NO_SYSTEM_ROLE = auto()
    NO_API = auto()
    NO_CREDIT = auto()
    THROTTLED = auto()
    TOO_LONG = auto()
    FILTERED = auto()
    UNSUPPORTED = auto()
    NO_TOOLS = auto()
    WRONG_TOOL = auto()
    SERVER_ERROR = auto()
    REFUSED = auto()
    BROKEN_OFF = auto()
    NOT_JSON = auto()
    OTHER = auto()


def cause_of(error: Exception, said: str, server: Server) -> Cause:
    """Return the cause of an exception.

    Args:
        said: the server's own error message.
    """
    import httpx2
    import openai

    match error:
        case openai.APITimeoutError():
            slow_to_connect = isinstance(error.__cause__, httpx2.ConnectTimeout)
            return Cause.UNREACHABLE if slow_to_connect else Cause.SILENT
        case openai.APIConnectionError():
            return _cause_of_connection_error(error.__cause__, server)
        case httpx2.TimeoutException():
            return Cause.SILENT
        case httpx2.TransportError():
            return _cause_of_connection_error(error, server)
        case openai.APIStatusError():
            return _cause_of_status(error, said, server)
        case openai.APIError():
            return _cause_of_error_in_stream(error, said)
        case ValueError():
            return Cause.NOT_JSON
        case _:
            return Cause.OTHER


def _cause_of_connection_error(error: BaseException | None, server: Server) -> Cause:
    import httpx2

    if isinstance(error, httpx2.ProxyError):
        return Cause.PROXY
    if not isinstance(error, httpx2.ConnectError):
        return Cause.CONNECTION_LOST
    if "certificate" in str(error).lower():
        return Cause.CERTIFICATE
    if server.is_ollama:
        return Cause.NO_OLLAMA
    if server.is_local:
        return Cause.NO_LOCAL_SERVER
    if _has_proxy(server):
        return Cause.PROXY
    return Cause.UNKNOWN_HOST if _UNKNOWN_HOST.search(str(error)) else Cause.NO_ANSWER


def _has_proxy(server: Server) -> bool:
    """Return whether the environment sets a proxy for this server."""
    proxies = getproxies()
    scheme = server.url.partition(":")[0]
    return bool(proxies.get(scheme) or proxies.get("all")) and not proxy_bypass(server.host)


def _cause_of_error_in_stream(error: openai.APIError, said: str) -> Cause:
    """Return the cause of an error that the server sends in place of a reply, or in the middle of one."""
    code = str(error.code or error.type or "")
    if code == "content_filter":
        return Cause.FILTERED
    if code == "insufficient_quota":
        return Cause.NO_CREDIT
    if code.startswith("rate_limit") or code == "429":
        return Cause.THROTTLED
    if _LOADING.search(said):
        return Cause.LOADING
    return Cause.TOO_LONG if _is_too_long(code, said) else Cause.BROKEN_OFF


def _cause_of_status(error: openai.APIStatusError, said: str, server: Server) -> Cause:
    status = error.status_code
    if status == 503 and _LOADING.search(said):
        return Cause.LOADING
    if status in {400, 422, 500} and _ROLES.search(said):
        return Cause.NO_SYSTEM_ROLE
    if status in {400, 404, 422, 500, 501} and not server.is_speech and _NO_TOOLS.search(said):
        return Cause.NO_TOOLS
    if status in {401, 403}:
        return _cause_of_denied_access(error, said, server)
    if status == 402:
        return Cause.NO_CREDIT
    if status == 400 and not server.signs_in and _WRONG_KEY.search(said):
        return Cause.WRONG_KEY if server.key else Cause.NO_KEY
    if status in {400, 404, 422} and _is_about_voice(error, said, server):
        return Cause.NO_VOICE
    if status in {400, 413, 422}:
        return _cause_of_bad_request(error, said, server)
    match status:
        case 404 if "model" in said.lower() or error.code == "DeploymentNotFound":
            return Cause.NO_MODEL
        case 404 | 405 | 501:
            return Cause.NO_API
        case 429:
            return Cause.NO_CREDIT if error.code == "insufficient_quota" else Cause.THROTTLED
        case _:
            return Cause.SERVER_ERROR if status >= 500 or status in {408, 409} else Cause.REFUSED


def _cause_of_denied_access(error: openai.APIStatusError, said: str, server: Server) -> Cause:
    if server.signs_in and clock_skew(error):
        return Cause.WRONG_CLOCK
    if server.is_azure and (error.code == "PermissionDenied" or _NO_PERMISSION.search(said)):
        return Cause.NO_PERMISSION
    if error.status_code == 401:
        if server.signs_in:
            return Cause.TOKEN_REFUSED
        return Cause.WRONG_KEY if server.key else Cause.NO_KEY
    if server.is_azure and _BLOCKED_NETWORK.search(said):
        return Cause.WRONG_NETWORK
    return Cause.BLOCKED if server.is_azure and "blocked" in said else Cause.FORBIDDEN


def _is_about_voice(error: openai.APIStatusError, said: str, server: Server) -> bool:
    return hasattr(server, "voice") and (error.param == "voice" or _VOICE.search(said) is not None)


def _cause_of_bad_request(error: openai.APIStatusError, said: str, server: Server) -> Cause:
    if _is_too_long(error.code, said) or error.status_code == 413:
        return Cause.TOO_LONG
    if error.status_code == 400 and error.code == "content_filter":
        return Cause.FILTERED
    if error.code == "invalid_function_parameters" or (error.param or "").startswith("tools"):
        return Cause.WRONG_TOOL
    if server.is_azure and error.code in {"unsupported_parameter", "unsupported_value"}:
        return Cause.UNSUPPORTED
    return Cause.REFUSED


def clock_skew(error: openai.APIStatusError) -> float:
    """Return how many seconds this machine's clock is ahead of the server's; 0 if that is tolerable."""
    try:
        server_time = parsedate_to_datetime(error.response.headers.get("date", ""))
        skew = (datetime.now(UTC) - server_time).total_seconds()
    except (ValueError, TypeError):  # no date, or one without a time zone
        return 0.0
    return skew if abs(skew) > _SKEW else 0.0


def _is_too_long(code: str | None, said: str) -> bool:
    if code == "context_length_exceeded":
        return True
    return _TOO_LONG.search(said) is not None
