"""Reading the answer to an upload: one JSON object, or a stream of events in any of the usual forms."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicebot_openai.errors.failures import failure, quote
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
    words = _Words()
    async with aclosing(_bytes(response)) as body:
        beginning = await _beginning(body)
        if beginning[:1] == b"<":
            hint = "check `endpoint`" if options.is_azure else "`base_url` usually ends in /v1"
            raise failure(options, f"answered with a web page; {hint}")
        if beginning[:1] == b"{":
            async for data in body:
                beginning += data
            words.read(json.loads(beginning), "", response)
        else:
            async with aclosing(_events(beginning, body)) as events:
                async for event in events:
                    if words.read_event(event, response):
                        yield Transcript(words.text)
    if words.broken_off:
        raise _api_error("", response)
    if not words.found and (beginning or not _is_event_stream(response)):
        said = quote(beginning.decode("utf-8", "replace"), options)
        raise failure(options, f"answered without a transcript{said}")
    yield Transcript(words.text.strip(), complete=True, language=words.language)


async def _bytes(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    async for data in response.aiter_bytes():
        yield data


async def _beginning(body: AsyncGenerator[bytes, None]) -> bytes:
    """Return the first bytes of a body that are not blank; none if all are."""
    async for data in body:
        if beginning := data.lstrip(_BLANK):
            return beginning
    return b""


async def _events(beginning: bytes, body: AsyncGenerator[bytes, None]) -> AsyncGenerator[ServerEvent, None]:
    decoder = EventDecoder()
    for event in decoder.feed(beginning):
        yield event
    async for data in body:
        for event in decoder.feed(data):
            yield event
    rest = list(decoder.finish())
    if decoder.unknown_line:
        raise ValueError(decoder.unknown_line)
    for event in rest:
        yield event


def _is_event_stream(response: httpx2.Response) -> bool:
    return response.headers.get("content-type", "").startswith("text/event-stream")


class _Words:
    """The words in the events so far."""

    def __init__(self) -> None:
        self.text = ""
        self.language: str | None = None
        self.found = False
        """Whether there was a transcript, perhaps an empty one."""
        self.broken_off = False
        """Whether an end must follow. Only older speaches marks none."""

    def read_event(self, event: ServerEvent, response: httpx2.Response) -> bool:
        """Read an event of a stream; return whether it has changed the words."""
        if event.data.strip() == "[DONE]":
            self.found, self.broken_off = True, False
            return False
        try:
            value = json.loads(event.data)
        except ValueError:
            if event.complete:
                raise
            self.broken_off = True  # in the middle of this event
            return False
        return self.read(value, event.name, response)

    def read(self, value: Any, name: str, response: httpx2.Response) -> bool:
        """Read a JSON object; return whether it has changed the words."""
        if not isinstance(value, dict):
            return False
        if (error := find_error(value, name)) is not None:
            raise _api_error(error, response)
        before = self.text
        match value:
            case {"type": "transcript.text.delta", "delta": str(delta)}:
                self.text += delta
                self.broken_off = True
            case {"type": "transcript.text.done", "text": str(text)}:
                self.text, self.broken_off = text, False
                self.language = _language(value)
            case {"choices": [{"delta": {"content": str(delta)}} as choice, *_]}:  # vLLM
                self.text += delta
                self.broken_off = not choice.get("finish_reason")
            case {"text": str(text)} if "type" not in value:  # one object, or the segments of older speaches
                self.text += text
                self.language = _language(value) or self.language
            case _:
                return False
        self.found = True
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
