"""The body of a chat server's response: mostly events, sometimes one JSON object instead of a stream.

What it is can be seen by how it begins; the content type is wrong too often.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from voicebot_openai.errors.failures import ChatFailure, explain, failure, quote
from voicebot_openai.options import ChatOptions
from voicebot_openai.response.chunks import DONE, Answer, error_in, read_answer
from voicebot_openai.response.sse import EventDecoder, ServerEvent

if TYPE_CHECKING:
    import httpx2
    import openai

_BLANK = b"\xef\xbb\xbf \t\r\n"
_JSON = re.compile(r'[{}\[\]"]')
_DONE = re.compile(r"\s*\"?\[done\]", re.IGNORECASE)
_VALUE = json.JSONDecoder()
_SHOWN = re.compile(r"\S")


async def answers(response: httpx2.Response, options: ChatOptions) -> AsyncGenerator[Answer, None]:
    """Give what a response says, piece by piece.

    Raises:
        ChatFailure: the response is no answer.
        openai.APIError: the server says in it that something went wrong.
    """
    beginning = b""
    async with aclosing(_bytes(response)) as body:
        async for data in body:
            beginning += data
            if shown := beginning.lstrip(_BLANK)[:1]:
                break
        else:
            return
        if shown == b"<":
            hint = "check `endpoint`" if options.is_azure else "`base_url` mostly ends in /v1"
            raise failure(options, f"answered with a web page; {hint}")
        if shown in b'{["':
            whole = b"".join([beginning, *[data async for data in body]])
            for answer in _whole_answers(whole, response, options):
                yield answer
            return
        decoder = EventDecoder()
        async with aclosing(_events(decoder, beginning, body)) as events:
            event = None
            async for event in events:
                for answer in _answers(event, response):
                    yield answer
            if event is None and decoder.no_field:
                raise _not_streamed(decoder.no_field, options)


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


def _answers(event: ServerEvent, response: httpx2.Response) -> Iterator[Answer]:
    """Give what an event says; nothing where it only keeps the connection alive, or is torn."""
    if _DONE.match(event.data):
        yield DONE
        return
    try:
        values = _parsed(event.data)
    except ValueError:
        if event.name == "error":
            raise _error(event.data, response) from None
        if event.whole and event.name in ("", "message") and _JSON.search(event.data):
            raise
        return
    for said in values:
        if isinstance(said, str) and event.name == "error":
            raise _error(said, response)
        if not isinstance(said, dict):
            continue
        if (error := error_in(said, event.name)) is not None:
            raise _error(error, response)
        yield read_answer(said)


def _whole_answers(body: bytes, response: httpx2.Response, options: ChatOptions) -> Iterator[Answer]:
    """Give what a body says that is no stream of events: one answer, or the pieces of one as plain JSON."""
    values = _parsed(body.decode("utf-8-sig", "replace"))
    if len(values) == 1 and isinstance(values[0], list):
        values = values[0] or values
    for said in values:
        answer = read_answer(said) if isinstance(said, dict) else Answer()
        error = error_in(said) if isinstance(said, dict) else None
        if error is not None:
            told = explain(_error(error, response), options)
            raise told if told.loading or not told.retryable else _not_streamed(said, options)
        if not answer.choice and answer.usage is None:
            raise _not_streamed(said, options)
        yield answer
    yield DONE


def _not_streamed(said: object, options: ChatOptions) -> ChatFailure:
    return failure(options, f"did not stream its answer{quote(said, options)}", retryable=True)


def _parsed(text: str) -> list[Any]:
    """Return the values of a text in JSON: mostly one, several where lines are not kept apart as events."""
    values, at = [], _shown(text, 0)
    try:
        while True:
            value, end = _VALUE.raw_decode(text, at)
            values.append(value)
            at = _shown(text, end)
            if at == len(text) or _DONE.match(text, at):
                break
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return values


def _shown(text: str, start: int) -> int:
    """Return where the next character is that is no blank, or the end of the text."""
    found = _SHOWN.search(text, start)
    return found.start() if found else len(text)


def _error(error: object, response: httpx2.Response) -> openai.APIError:
    import openai

    message = error.get("message") if isinstance(error, dict) else error
    return openai.APIError(str(message or ""), response.request, body=error)
