"""Whatever goes wrong between us and the server, as one line that says where, what, and what to do."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NoReturn

from voicebot import ProviderError
from voicebot_openai.errors.causes import Cause, cause_of, clock_skew
from voicebot_openai.errors.remedies import REMEDIES
from voicebot_openai.options import ChatOptions

if TYPE_CHECKING:
    import openai

_SHORTEST_KEY = 8
_LONGEST_QUOTE = 200
_TOKEN = re.compile(r"\beyJ[\w-]+(\.[\w-]*)*")  # a token of Entra ID begins so
_LOGIN = re.compile(r"(?<=://)[^/\s@]+@")  # user name and password in an address


class ChatFailure(ProviderError):
    """A reply failed; after `wait` seconds it may be asked for again, if `wait` is not None.

    `loading` when the server only has to load its model.
    """

    def __init__(
        self, message: str, *, retryable: bool = False, wait: float | None = None, loading: bool = False
    ) -> None:
        super().__init__(message, retryable=retryable)
        self.wait = wait
        self.loading = loading


def raise_failure(error: Exception, options: ChatOptions) -> NoReturn:
    """Raise the `ChatFailure` that stands for `error`, without the key even if the server repeated it."""
    if isinstance(error, ChatFailure):
        raise error
    failure = explain(error, options)
    shown = f"{error} {error!r} {getattr(error, 'body', '')}"
    raise failure from (None if _safe(shown, options) != shown else error)


def explain(error: Exception, options: ChatOptions) -> ChatFailure:
    """Return the `ChatFailure` that stands for `error`."""
    import openai

    body = error.body if isinstance(error, openai.APIError) else str(error)
    said = quote(body, options)
    cause = cause_of(error, said, options)
    remedy = REMEDIES[cause]
    facts: dict[str, object] = {"kind": type(error).__name__}
    wait = remedy.wait
    if isinstance(error, openai.APIStatusError):
        facts |= _facts(error)
        if wait is not None:
            wait = _pause(error, wait)
    if cause is Cause.NO_MODEL and not options.is_azure:
        return unknown_model(options, [])
    text = (remedy.azure if options.is_azure else "") or remedy.text
    told = failure(options, text.format(o=options, said=said, **facts), retryable=remedy.retryable, wait=wait)
    told.loading = cause is Cause.LOADING
    return told


def failure(
    options: ChatOptions, what: str, *, retryable: bool = False, wait: float | None = None
) -> ChatFailure:
    """Return a `ChatFailure` that says where it happened."""
    return ChatFailure(_safe(f"{options.address} {what}", options), retryable=retryable, wait=wait)


def quote(body: object, options: ChatOptions) -> str:
    """Return `: ` and what an error's body says, shortened to fit a line; nothing if it says nothing."""
    if isinstance(body, list) and body:  # as Google wraps its errors
        body = body[0]
    while isinstance(body, dict):
        body = body.get("message") or body.get("error") or body.get("detail") or ""
    text = " ".join(_safe(str(body or ""), options).split())
    if not text or text.startswith("<"):  # an error page for browsers
        return ""
    return f": {text[: _LONGEST_QUOTE - 1]}…" if len(text) > _LONGEST_QUOTE else f": {text}"


def unknown_model(options: ChatOptions, near: list[str]) -> ChatFailure:
    """Return the failure of a model that the server does not have; `near` are names it has."""
    what = f"has no model `{options.target}`"
    if near:
        what += f"; it has {', '.join(f'`{name}`' for name in near)}"
    if options.is_ollama:
        return failure(options, f"{what}. Get the model with `ollama pull {options.target}`")
    return failure(options, f"{what}. Correct `model`")


def _facts(error: openai.APIStatusError) -> dict[str, object]:
    """Return what the texts of remedies want to have filled in."""
    skew = clock_skew(error)
    pause = round(_pause(error, 0.0), 1)
    return {
        "status": error.status_code,
        "minutes": round(abs(skew) / 60),
        "off": "fast" if skew > 0 else "slow",
        "pause": f" and asks us to wait for {pause:g} s" if pause else "",
        "findings": _findings(error.body),
    }


def _findings(body: object) -> str:
    """Return what a content filter found, as ` (violence: medium)`."""
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


def _pause(error: openai.APIStatusError, otherwise: float) -> float:
    """Return for how many seconds the server wants us to wait, `otherwise` if it does not say."""
    headers = error.response.headers
    milliseconds, pause = headers.get("retry-after-ms"), headers.get("retry-after", "")
    try:
        seconds = float(milliseconds) / 1000 if milliseconds is not None else float(pause)
    except ValueError:
        seconds = _until(pause, headers.get("date", ""), otherwise)
    return max(0.0, seconds) if math.isfinite(seconds) else otherwise


def _until(date: str, now: str, otherwise: float) -> float:
    """Return the seconds until a date, by the server's own clock if it tells the time."""
    try:
        there = parsedate_to_datetime(date)
    except ValueError:
        return otherwise
    try:
        here = parsedate_to_datetime(now)
    except ValueError:
        here = datetime.now(UTC)
    return (there - here).total_seconds() if there.tzinfo and here.tzinfo else otherwise


def _safe(text: str, options: ChatOptions) -> str:
    text = _LOGIN.sub("***@", _TOKEN.sub("***", text))
    for secret in options.secrets:
        # What is so short is no key, and may be a word of our own: `OPENAI_API_KEY=wrong`
        if len(secret) >= _SHORTEST_KEY:
            text = text.replace(secret, "***")
    return text
