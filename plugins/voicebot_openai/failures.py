"""Whatever goes wrong between us and the server, as one line that says where, what, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from voicebot import ProviderError
from voicebot_openai.options import OpenAIChatOptions

if TYPE_CHECKING:
    import openai

_LONGEST_QUOTE = 200
_SOON = 0.25
_TOO_LATE = 2.0


class ChatFailure(ProviderError):
    """A reply failed; after `wait` seconds it may be asked for again, if `wait` is not None."""

    def __init__(self, message: str, *, retryable: bool = False, wait: float | None = None) -> None:
        super().__init__(message, retryable=retryable)
        self.wait = wait


def raise_failure(error: Exception, options: OpenAIChatOptions) -> NoReturn:
    """Raise the `ChatFailure` that stands for `error`, without the key even if the server repeated it."""
    failure = explain(error, options)
    leaks = bool(options.key) and options.key in f"{error} {error!r} {getattr(error, 'body', '')}"
    raise failure from (None if leaks else error)


def explain(error: Exception, options: OpenAIChatOptions) -> ChatFailure:
    """Return the `ChatFailure` that stands for `error`."""
    import openai

    match error:
        case openai.APITimeoutError():
            return _timed_out(error, options)
        case openai.APIConnectionError():
            return _unconnected(error, options)
        case openai.APIStatusError():
            return _refused(error, options)
        case openai.APIError():
            return failure(
                options, f"broke the reply off{quote(error.body, options)}", retryable=True, wait=_SOON
            )
        case ValueError():
            return failure(options, "sent something that is not JSON; is `base_url` right?")
        case _:
            return failure(
                options, f"failed: {type(error).__name__}{quote(str(error), options)}", retryable=True
            )


def failure(
    options: OpenAIChatOptions, what: str, *, retryable: bool = False, wait: float | None = None
) -> ChatFailure:
    """Return a `ChatFailure` that says where it happened."""
    return ChatFailure(_safe(f"{options.address} {what}", options), retryable=retryable, wait=wait)


def quote(body: object, options: OpenAIChatOptions) -> str:
    """Return `: ` and what an error's body says, shortened to fit a line; nothing if it says nothing."""
    while isinstance(body, dict):
        body = body.get("message") or body.get("error") or body.get("detail") or ""
    text = " ".join(_safe(str(body or ""), options).split())
    if not text or text.startswith("<"):  # an error page for browsers
        return ""
    return f": {text[: _LONGEST_QUOTE - 1]}…" if len(text) > _LONGEST_QUOTE else f": {text}"


def unknown_model(options: OpenAIChatOptions, near: list[str]) -> ChatFailure:
    """Return the failure of a model that the server does not have; `near` are names it has."""
    what = f"has no model `{options.model}`"
    if near:
        what += f"; it has {', '.join(f'`{name}`' for name in near)}"
    if options.is_ollama:
        return failure(options, f"{what}. Get the model with `ollama pull {options.model}`")
    return failure(options, f"{what}. Correct `model`")


def _timed_out(error: openai.APITimeoutError, options: OpenAIChatOptions) -> ChatFailure:
    import httpx2

    if isinstance(error.__cause__, httpx2.ConnectTimeout):
        what = f"cannot be reached within {options.connect_timeout:g} s; check `base_url` and the network"
    else:
        what = f"said nothing for {options.timeout:g} s; raise `timeout` if the model needs longer"
    return failure(options, what, retryable=True)


def _unconnected(error: openai.APIConnectionError, options: OpenAIChatOptions) -> ChatFailure:
    import httpx2

    cause = error.__cause__
    if not isinstance(cause, httpx2.ConnectError):
        return failure(options, "cut the connection in the middle of a reply", retryable=True, wait=0.0)
    if "certificate" in str(cause).lower():
        what = "has a certificate that this machine does not trust; check the address and the clock"
    elif options.is_ollama:
        what = "does not answer: is Ollama running? Start it with `ollama serve`"
    elif options.is_local:
        what = "does not answer: is the server running, and on this port?"
    else:
        what = "does not answer; check `base_url` and the network"
    return failure(options, what, retryable=True, wait=_SOON)


def _refused(error: openai.APIStatusError, options: OpenAIChatOptions) -> ChatFailure:
    said = quote(error.body, options)
    match error.status_code:
        case 401 if options.key:
            return failure(options, "does not accept the key; check `api_key`")
        case 401:
            return failure(options, "asks for a key; set `api_key`")
        case 403:
            return failure(options, f"does not allow this; may the key use `{options.model}`?{said}")
        case 404 if "model" in said.lower():
            return unknown_model(options, [])
        case 404 | 405:
            return failure(options, "has no chat completions API; `base_url` mostly ends in /v1")
        case 429 if error.code == "insufficient_quota":
            return failure(options, "has no credit left for this key; look at the account's billing page")
        case 429:
            return failure(
                options, f"gets too many requests; wait a little{said}", retryable=True, wait=_pause(error)
            )
        case 400 | 413 | 422 if _too_long(error, said):
            return failure(options, f"finds the conversation too long; lower `history.budget`{said}")
        case 400 if error.code == "content_filter":
            return failure(options, f"held the question back with its content filter{said}")
        case status if status >= 500 or status in {408, 409}:
            what = f"failed with status {status}; try again{said}"
            return failure(options, what, retryable=True, wait=_pause(error))
        case status:
            return failure(options, f"refused the request with status {status}; check the options{said}")


def _too_long(error: openai.APIStatusError, said: str) -> bool:
    if error.code == "context_length_exceeded" or error.status_code == 413:
        return True
    return any(words in said.lower() for words in ("context length", "context size", "context window"))


def _pause(error: openai.APIStatusError) -> float | None:
    """Return for how many seconds the server wants us to wait, or None if nobody would."""
    try:
        pause = float(error.response.headers.get("retry-after", _SOON))
    except ValueError:  # a date, which is always far away
        return None
    return pause if pause <= _TOO_LATE else None


def _safe(text: str, options: OpenAIChatOptions) -> str:
    return text.replace(options.key, "***") if options.key else text
