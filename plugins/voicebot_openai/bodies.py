"""The body of a chat server's response: mostly events, sometimes one JSON object instead of a stream.

What it is can be seen by how it begins; the content type is wrong too often.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from voicebot_openai.answers import DONE, Answer, error_in, read_answer
from voicebot_openai.failures import explain, failure, quote
from voicebot_openai.options import ChatOptions
from voicebot_openai.sse import EventDecoder, ServerEvent

if TYPE_CHECKING:
    import httpx2
    import openai

_BLANK = b"\xef\xbb\xbf \t\r\n"
_JSON = re.compile(r'[{}\[\]"]')


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
        if shown in b"{[":
            whole = b"".join([beginning, *[data async for data in body]])
            yield _whole_answer(whole, response, options)
            return
        async with aclosing(_events(beginning, body)) as events:
            async for event in events:
                if (answer := _answer(event, response)) is not None:
                    yield answer


async def _bytes(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    async for data in response.aiter_bytes():
        yield data


async def _events(beginning: bytes, body: AsyncIterator[bytes]) -> AsyncGenerator[ServerEvent, None]:
    decoder = EventDecoder()
    for event in decoder.feed(beginning):
        yield event
    async for data in body:
        for event in decoder.feed(data):
            yield event
    for event in decoder.finish():
        yield event


def _answer(event: ServerEvent, response: httpx2.Response) -> Answer | None:
    """Return what an event says; nothing where it only keeps the connection alive, or is torn."""
    if event.data.startswith("[DONE]"):
        return DONE
    try:
        said = _parsed(event.data)
    except ValueError:
        if event.name == "error":
            raise _error(event.data, response) from None
        if event.whole and event.name in ("", "message") and _JSON.search(event.data):
            raise
        return None
    if isinstance(said, str) and event.name == "error":
        raise _error(said, response)
    if not isinstance(said, dict):
        return None
    if (error := error_in(said, event.name)) is not None:
        raise _error(error, response)
    return read_answer(said)


def _whole_answer(body: bytes, response: httpx2.Response, options: ChatOptions) -> Answer:
    said = _parsed(body.decode("utf-8-sig", "replace"))
    if isinstance(said, list) and said:
        said = said[0]
    answer = read_answer(said) if isinstance(said, dict) else Answer()
    if answer.choice and not error_in(said):
        return replace(answer, done=True)
    if isinstance(said, dict) and (error := error_in(said)) is not None:
        told = explain(_error(error, response), options)
        if told.loading or not told.retryable:
            raise told
    raise failure(options, f"did not stream its answer{quote(said, options)}", retryable=True)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _error(error: object, response: httpx2.Response) -> openai.APIError:
    import openai

    message = error.get("message") if isinstance(error, dict) else error
    return openai.APIError(str(message or ""), response.request, body=error)
