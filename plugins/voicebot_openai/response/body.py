"""The body of a chat server's response: usually server-sent events, sometimes one JSON object instead.

The first character tells which; the content type is wrong too often.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from voicebot_openai.errors.failures import RequestFailure, explain, failure, quote
from voicebot_openai.response.chunks import DONE, CompletionChunk, find_error, read_chunk
from voicebot_openai.response.sse import EventDecoder, ServerEvent
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    import httpx2
    import openai

_BLANK = b"\xef\xbb\xbf \t\r\n"
_JSON = re.compile(r'[{}\[\]"]')
_DONE = re.compile(r"\s*\"?\[done\]", re.IGNORECASE)
_DECODER = json.JSONDecoder()
_NOT_BLANK = re.compile(r"\S")


async def read_chunks(
    response: httpx2.Response, options: Connection
) -> AsyncGenerator[CompletionChunk, None]:
    """Yield the chunks of a response.

    Raises:
        RequestFailure: the response is not a chat completion.
        openai.APIError: the response contains an error.
    """
    beginning = b""
    async with aclosing(_bytes(response)) as body:
        async for data in body:
            beginning += data
            if first := beginning.lstrip(_BLANK)[:1]:
                break
        else:
            return
        if first == b"<":
            hint = "check `endpoint`" if options.is_azure else "`base_url` usually ends in /v1"
            raise failure(options, f"answered with a web page; {hint}")
        if first in b'{["':
            whole = b"".join([beginning, *[data async for data in body]])
            for chunk in _chunks_of_json(whole, response, options):
                yield chunk
            return
        decoder = EventDecoder()
        async with aclosing(_events(decoder, beginning, body)) as events:
            event = None
            async for event in events:
                for chunk in _chunks_of_event(event, response):
                    yield chunk
            if event is None and decoder.unknown_line:
                raise _not_streamed(decoder.unknown_line, options)


async def _bytes(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    async for data in response.aiter_bytes():
        yield data


async def _events(
    decoder: EventDecoder, beginning: bytes, body: AsyncIterator[bytes]
) -> AsyncGenerator[ServerEvent, None]:
    for event in decoder.feed(beginning):
        yield event
    async for data in body:
        for event in decoder.feed(data):
            yield event
    for event in decoder.finish():
        yield event


def _chunks_of_event(event: ServerEvent, response: httpx2.Response) -> Iterator[CompletionChunk]:
    """Yield the chunks in an event; none if it is a keep-alive, or incomplete."""
    if _DONE.match(event.data):
        yield DONE
        return
    try:
        values = _parse(event.data)
    except ValueError:
        if event.name == "error":
            raise _api_error(event.data, response) from None
        if event.complete and event.name in ("", "message") and _JSON.search(event.data):
            raise
        return
    for value in values:
        if isinstance(value, str) and event.name == "error":
            raise _api_error(value, response)
        if not isinstance(value, dict):
            continue
        if (error := find_error(value, event.name)) is not None:
            raise _api_error(error, response)
        yield read_chunk(value)


def _chunks_of_json(body: bytes, response: httpx2.Response, options: Connection) -> Iterator[CompletionChunk]:
    """Yield the chunks of a body that is not an event stream: one completion, or its chunks as plain JSON."""
    values = _parse(body.decode("utf-8-sig", "replace"))
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0] or values
    for value in values:
        chunk = read_chunk(value) if isinstance(value, dict) else CompletionChunk()
        error = find_error(value) if isinstance(value, dict) else None
        if error is not None:
            explained = explain(_api_error(error, response), options)
            clear = explained.loading or not explained.retryable
            raise explained if clear else _not_streamed(value, options)
        if not chunk.choice and chunk.usage is None:
            raise _not_streamed(value, options)
        yield chunk
    yield DONE


def _not_streamed(value: object, options: Connection) -> RequestFailure:
    return failure(options, f"did not stream its reply{quote(value, options)}", retryable=True)


def _parse(text: str) -> list[Any]:
    """Return the JSON values in a text: usually one, several if events are not separated by blank lines."""
    values, at = [], _skip_blanks(text, 0)
    try:
        while True:
            value, end = _DECODER.raw_decode(text, at)
            values.append(value)
            at = _skip_blanks(text, end)
            if at == len(text) or _DONE.match(text, at):
                break
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return values


def _skip_blanks(text: str, start: int) -> int:
    """Return the position of the next character that is not blank, or the end of the text."""
    found = _NOT_BLANK.search(text, start)
    return found.start() if found else len(text)


def _api_error(error: object, response: httpx2.Response) -> openai.APIError:
    import openai

    message = error.get("message") if isinstance(error, dict) else error
    return openai.APIError(str(message or ""), response.request, body=error)
