"""Reading the answer to an upload: one JSON object, or a stream of events in any of the usual forms."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicebot_openai.errors.failures import failure
from voicebot_openai.recognition.languages import language_code
from voicebot_openai.response.chunks import find_error
from voicebot_openai.response.sse import EventDecoder, ServerEvent
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    import httpx2
    import openai

_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Transcript:
    """The words so far, or all of them."""

    text: str
    complete: bool = False
    language: str | None = None


async def read_answer(response: httpx2.Response, options: Connection) -> AsyncGenerator[Transcript, None]:
    """Yield the transcript as it grows; the last one is complete.

    Raises:
        RequestFailure: the answer is not a transcript.
        openai.APIError: the answer contains an error.
        ValueError: it cannot be read.
    """
    beginning = b""
    decoder = EventDecoder()
    words = _Words()
    is_json = False
    async with aclosing(_bytes(response)) as body:
        async for data in body:
            if is_json:
                beginning += data
                continue
            if not (beginning + data).strip(_BLANK):
                continue
            if not beginning:
                beginning = data.lstrip(_BLANK)
                if beginning[:1] == b"<":
                    hint = "check `endpoint`" if options.is_azure else "`base_url` usually ends in /v1"
                    raise failure(options, f"answered with a web page; {hint}")
                if is_json := beginning[:1] == b"{":
                    continue
            for event in decoder.feed(data):
                if words.read(_value(event), event.name, response):
                    yield Transcript(words.text)
    if is_json:
        words.read(json.loads(beginning), "", response)
    else:
        for event in decoder.finish():
            words.read(_value(event), event.name, response)
        if decoder.unknown_line:
            raise ValueError(decoder.unknown_line)
    yield Transcript(words.text.strip(), complete=True, language=words.language)


async def _bytes(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    async for data in response.aiter_bytes():
        yield data


def _value(event: ServerEvent) -> Any:
    return None if event.data.strip() == "[DONE]" else json.loads(event.data)


class _Words:
    """The words in the events so far."""

    def __init__(self) -> None:
        self.text = ""
        self.language: str | None = None

    def read(self, value: Any, name: str, response: httpx2.Response) -> bool:
        """Read an event; return whether it has changed the words."""
        if not isinstance(value, dict):
            return False
        if (error := find_error(value, name)) is not None:
            raise _api_error(error, response)
        before = self.text
        match value:
            case {"type": "transcript.text.delta", "delta": str(delta)}:
                self.text += delta
            case {"type": "transcript.text.done", "text": str(text)}:
                self.text = text
                self.language = _language(value)
            case {"choices": [{"delta": {"content": str(delta)}}, *_]}:  # vLLM
                self.text += delta
            case {"text": str(text)} if "type" not in value:  # one object, or the segments of older speaches
                self.text += text
                self.language = _language(value) or self.language
            case _:
                return False
        return self.text != before


def _language(value: dict[str, Any]) -> str | None:
    """Return the detected language, if the server reports it."""
    match value:
        case {"languages": [{"code": str(name)}, *_]} | {"language": str(name)}:
            return language_code(name)
        case _:
            return None


def _api_error(error: object, response: httpx2.Response) -> openai.APIError:
    import openai

    message = error.get("message") if isinstance(error, dict) else error
    return openai.APIError(str(message or ""), response.request, body=error)
