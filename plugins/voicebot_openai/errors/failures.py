"""Turning every failure of a request into one line that says where, what, and what to do."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NoReturn

from voicebot import ProviderError
from voicebot_openai.errors.causes import Cause, cause_of, clock_skew
from voicebot_openai.errors.remedies import REMEDIES
from voicebot_openai.errors.speech_remedies import SPEECH_REMEDIES
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    import openai

_MIN_KEY = 8
_MAX_QUOTE = 200
_ACCESS_TOKEN = re.compile(r"\beyJ[\w-]+(\.[\w-]*)*")
_LOGIN = re.compile(r"(?<=://)[^/\s@]+@")  # user name and password in an address


class RequestFailure(ProviderError):
    """A request failed.

    Args:
        retry_after: seconds after which to ask again; None if that would not help.
        loading: whether the server is still loading its model.
    """

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        loading: bool = False,
    ) -> None:
        super().__init__(message, retryable=retryable)
        self.retry_after = retry_after
        self.loading = loading


def raise_failure(error: Exception, options: Connection) -> NoReturn:
    """Raise the `RequestFailure` for an exception, without the key even if the server repeated it."""
    if isinstance(error, RequestFailure):
        raise error
    failure = explain(error, options)
    shown = f"{error} {error!r} {getattr(error, 'body', '')}"
    raise failure from (None if _without_secrets(shown, options) != shown else error)


def explain(error: Exception, options: Connection) -> RequestFailure:
    """Return the `RequestFailure` for an exception."""
    import openai

    body = error.body if isinstance(error, openai.APIError) else str(error)
    said = quote(body, options)
    cause = cause_of(error, said, options)
    remedy = (SPEECH_REMEDIES if options.is_speech else REMEDIES)[cause]
    details: dict[str, object] = {"kind": type(error).__name__}
    retry_after = remedy.retry_after
    if isinstance(error, openai.APIStatusError):
        details |= _details(error)
        if retry_after is not None:
            retry_after = _retry_after(error, retry_after)
    if cause is Cause.NO_MODEL and not options.is_azure:
        return unknown_model(options, [])
    text = (remedy.azure if options.is_azure else "") or remedy.text
    return failure(
        options,
        text.format(o=options, said=said, **details),
        retryable=remedy.retryable,
        retry_after=retry_after,
        loading=cause is Cause.LOADING,
    )


def failure(
    options: Connection,
    problem: str,
    *,
    retryable: bool = False,
    retry_after: float | None = None,
    loading: bool = False,
) -> RequestFailure:
    """Return a `RequestFailure` whose message begins with the server's address and contains no secrets."""
    message = _without_secrets(f"{options.address} {problem}", options)
    return RequestFailure(message, retryable=retryable, retry_after=retry_after, loading=loading)


def quote(body: object, options: Connection) -> str:
    """Return `: ` and the message in an error's body, shortened to one line; empty if there is none."""
    if isinstance(body, list) and body:  # Google wraps its errors in a list
        body = body[0]
    while isinstance(body, dict):
        body = body.get("message") or body.get("error") or body.get("detail") or ""
    text = " ".join(_without_secrets(str(body or ""), options).split())
    if not text or text.startswith("<"):  # an error page for browsers
        return ""
    return f": {text[: _MAX_QUOTE - 1]}…" if len(text) > _MAX_QUOTE else f": {text}"


def unknown_model(options: Connection, available: list[str]) -> RequestFailure:
    """Return the failure for a model that the server does not have; `available` are some that it has."""
    problem = f"has no model `{options.target}`"
    if available:
        problem += f"; it has {', '.join(f'`{name}`' for name in available)}"
    if options.is_ollama:
        return failure(options, f"{problem}. Get the model with `ollama pull {options.target}`")
    return failure(options, f"{problem}. Correct `model`")


def _details(error: openai.APIStatusError) -> dict[str, object]:
    """Return the values for the placeholders in the texts of remedies."""
    skew = clock_skew(error)
    delay = round(_retry_after(error, 0.0), 1)
    return {
        "status": error.status_code,
        "minutes": round(abs(skew) / 60),
        "off": "fast" if skew > 0 else "slow",
        "delay": f" and asks for a delay of {delay:g} s" if delay else "",
        "findings": _filter_findings(error.body),
    }


def _filter_findings(body: object) -> str:
    """Return what a content filter found, such as ` (violence: medium)`."""
    inner = body.get("innererror") if isinstance(body, dict) else None
    results = inner.get("content_filter_result") if isinstance(inner, dict) else None
    if not isinstance(results, dict):
        return ""
    found = (
        f"{name}: {result['severity']}" if isinstance(result.get("severity"), str) else name
        for name, result in results.items()
        if isinstance(result, dict) and result.get("filtered") is True
    )
    return f" ({', '.join(found)})"


def _retry_after(error: openai.APIStatusError, default: float) -> float:
    """Return the delay in seconds that the server asks for, `default` if it asks for none."""
    headers = error.response.headers
    milliseconds, delay = headers.get("retry-after-ms"), headers.get("retry-after", "")
    try:
        seconds = float(milliseconds) / 1000 if milliseconds is not None else float(delay)
    except ValueError:
        seconds = _seconds_until(delay, headers.get("date", ""), default)
    return max(0.0, seconds) if math.isfinite(seconds) else default


def _seconds_until(date: str, now: str, default: float) -> float:
    """Return the seconds until a date, by the server's clock if it sends the time."""
    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return default
    try:
        current = parsedate_to_datetime(now)
    except ValueError:
        current = datetime.now(UTC)
    return (then - current).total_seconds() if then.tzinfo and current.tzinfo else default


def _without_secrets(text: str, options: Connection) -> str:
    text = _LOGIN.sub("***@", _ACCESS_TOKEN.sub("***", text))
    for secret in options.secrets:
        # Anything shorter is not a real key, and may be an ordinary word: `OPENAI_API_KEY=wrong`
        if len(secret) >= _MIN_KEY:
            text = text.replace(secret, "***")
    return text
