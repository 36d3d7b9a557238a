"""Send a completion in the order and form of Azure OpenAI, with the faults that are due."""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from voicebot import ProviderError
from voicebot_emulator.chat import content_filter
from voicebot_emulator.chat.pieces import CallPiece, Piece, calls_of, text_of
from voicebot_emulator.http.visit import as_json

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.chat.request import ChatCall
    from voicebot_emulator.http.visit import Visit

_BURST = 12
_BEFORE_A_FAULT = 4
"""Tokens sent before a fault in mid-stream."""
_numbers = itertools.count(1)


class _Over(Exception):
    """The stream ends here, complete or not."""


class CompletionStream:
    """Sends a completion as server-sent events."""

    def __init__(self, visit: Visit, call: ChatCall) -> None:
        from aiohttp import web

        self._visit = visit
        self._call = call
        self._head = _head(call, "chat.completion.chunk")
        self._prompt = sum(len(message.content) for message in call.messages)
        self._sent = ""
        self._tokens = 0
        self._has_calls = False
        self._response = web.StreamResponse(headers=_headers(visit) | {"Content-Type": "text/event-stream"})

    async def send(self, pieces: AsyncGenerator[Piece, None], filtered: str) -> web.StreamResponse:
        """Send the answer; `filtered` is what the content filter does to it, or empty.

        Raises:
            ProviderError: the model failed before the first piece.
        """
        # A failure before the first piece can still be reported by the HTTP status.
        first = await anext(pieces, None)
        await self._response.prepare(self._visit.request)
        try:
            await self._apply_faults("start")
            await self._event(
                _head(self._call, "", empty=True)
                | {
                    "choices": [],
                    "prompt_filter_results": [
                        {"prompt_index": 0, "content_filter_results": content_filter.results()}
                    ],
                }
            )
            await self._choice({"role": "assistant", "content": None if isinstance(first, CallPiece) else ""})
            finish = await self._content(_chained(first, pieces), filtered)
            await self._finish(finish)
        except _Over:
            pass
        except ProviderError as error:
            await self._error(f"The answer was cut off: {error}")
        else:
            await self._response.write(b"data: [DONE]\n\n")
            self._visit.note("out", "done", body=self._sent)
            await self._response.write_eof()
        return self._response

    async def _content(self, pieces: AsyncIterator[Piece], filtered: str) -> str:
        """Send the text; return the finish reason, or an empty string if it has been sent already."""
        burst_size = _BURST if self._visit.fault("burst") else 1
        waiting: list[Piece] = []
        async for piece in pieces:
            waiting.append(piece)
            if len(waiting) < burst_size:
                continue
            if self._tokens >= _BEFORE_A_FAULT and (reason := await self._mid_stream(filtered)) is not None:
                return reason
            await self._send(waiting)
        if self._tokens < _BEFORE_A_FAULT or waiting:
            # a short answer has a middle too, or it would escape every fault
            if (reason := await self._mid_stream(filtered)) is not None:
                return reason
            await self._send(waiting)
        if filtered == "withdraw":  # the verdict comes after everything was sent
            await self._withdraw()
            return ""
        return "tool_calls" if self._has_calls else "stop"

    async def _send(self, waiting: list[Piece]) -> None:
        self._tokens += len(waiting)
        if text := text_of(waiting):
            self._sent += text
            await self._choice({"content": text})
        for piece in waiting:
            if isinstance(piece, CallPiece):
                self._has_calls = True
                await self._choice({"tool_calls": [piece.delta]})
        waiting.clear()

    async def _mid_stream(self, filtered: str) -> str | None:
        """Apply the faults of the middle; return the finish reason if the answer ends here."""
        await self._apply_faults("middle")
        if self._visit.fault("error-event"):
            await self._error("The server had an error while it processed the request.")
            raise _Over
        return "content_filter" if filtered == "stream" else None

    async def _withdraw(self) -> None:
        """Report like the asynchronous filter that the first half is fine and the second is not."""
        start, end = self._prompt, self._prompt + len(self._sent)
        allowed = start + len(self._sent) // 2
        for reason, first, category in ((None, start, ""), ("content_filter", allowed, "violence")):
            choice = {
                "index": 0,
                "finish_reason": reason,
                "content_filter_results": content_filter.results(category),
                "content_filter_offsets": content_filter.offsets(first, end if reason else allowed, first),
            }
            await self._event(_head(self._call, "", empty=True) | {"choices": [choice]})

    async def _finish(self, reason: str) -> None:
        if reason:
            await self._choice({}, reason)
        if self._call.usage:
            await self._event(self._head | {"choices": [], "usage": _usage(self._prompt, self._tokens)})
        await self._apply_faults("end")

    async def _apply_faults(self, point: str) -> None:
        if self._visit.fault("hang", point=point):
            await self._visit.hang()
        if self._visit.fault("drop", point=point):
            self._visit.cut()
            raise _Over

    async def _choice(self, delta: dict[str, Any], reason: str | None = None) -> None:
        choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": reason}
        if reason == "content_filter":
            choice["content_filter_results"] = content_filter.results("violence")
        await self._event(self._head | {"choices": [choice]})

    async def _error(self, message: str) -> None:
        await self._event({"error": {"message": message, "type": "server_error", "code": None}})
        await self._response.write_eof()

    async def _event(self, document: dict[str, Any]) -> None:
        data = as_json(document)
        self._visit.note("out", "chunk", body=data)
        await self._response.write(f"data: {data}\n\n".encode())


async def completion(
    visit: Visit, call: ChatCall, pieces: AsyncGenerator[Piece, None], filtered: str
) -> web.StreamResponse:
    """Send the answer as a single response."""
    from aiohttp import web

    for point in ("start", "middle", "end"):
        if visit.fault("hang", point=point):
            await visit.hang()
        if visit.fault("drop", point=point):
            visit.cut()
            return web.Response(status=500)
    tokens = [piece async for piece in pieces]
    if filtered:
        tokens = tokens[: len(tokens) // 2]
    calls = calls_of(tokens) if not filtered else []
    message: dict[str, Any] = {"role": "assistant", "content": text_of(tokens) or (None if calls else "")}
    choice = {
        "index": 0,
        "finish_reason": "content_filter" if filtered else "tool_calls" if calls else "stop",
        "message": message | ({"tool_calls": calls} if calls else {}),
        "content_filter_results": content_filter.results("violence" if filtered else ""),
    }
    prompt = sum(len(message.content) for message in call.messages)
    body = _head(call, "chat.completion") | {"choices": [choice], "usage": _usage(prompt, len(tokens))}
    visit.note("out", "completion", body=as_json(body))
    return web.json_response(body, headers=_headers(visit), dumps=as_json)


def _head(call: ChatCall, kind: str, *, empty: bool = False) -> dict[str, Any]:
    if empty:
        return {"id": "", "object": "", "created": 0, "model": ""}
    number = f"chatcmpl-{next(_numbers):08d}"
    return {"id": number, "object": kind, "created": int(datetime.now(UTC).timestamp()), "model": call.model}


def _headers(visit: Visit) -> dict[str, str]:
    return {"apim-request-id": f"emulated-{visit.number}", "x-ms-region": visit.emulation.account.region}


def _usage(prompt: int, tokens: int) -> dict[str, int]:
    asked = max(1, prompt // 4)  # a token is about four characters
    return {"prompt_tokens": asked, "completion_tokens": tokens, "total_tokens": asked + tokens}


async def _chained(first: Piece | None, rest: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    if first is not None:
        yield first
        async for piece in rest:
            yield piece
