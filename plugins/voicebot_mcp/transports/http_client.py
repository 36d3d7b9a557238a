"""The HTTP client of a server: its headers, a token that may be renewed, and limits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicebot_mcp.address import is_local
from voicebot_mcp.limits import LONGEST_MESSAGE
from voicebot_mcp.options import McpOptions
from voicebot_mcp.token_file import Unusable, read_token
from voicebot_mcp.transports.message_lines import too_long

if TYPE_CHECKING:
    import httpx2

_CONNECT_TIMEOUT = 10.0
_UNAUTHORIZED = 401
_MESSAGES = ("application/json", "text/event-stream")


class Responses:
    """What happened to requests, of which the package `mcp` does not tell enough."""

    def __init__(self) -> None:
        self.status = 0
        """HTTP status of the last answer that was not a message; 0 if there was none."""
        self.content_type = ""
        self._was_sent = False
        self._could_not_connect = False

    @property
    def never_sent(self) -> bool:
        """Whether no connection could be made for a message, and none was sent either."""
        return self._could_not_connect and not self._was_sent

    def note_unconnected(self, request: httpx2.Request) -> None:
        """Note that no connection could be made; for a GET, which resumes a stream, that tells nothing."""
        self._could_not_connect = self._could_not_connect or request.method == "POST"

    def note_sent(self, request: httpx2.Request) -> None:
        """Note that a request may have arrived, whatever became of it."""
        self._was_sent = self._was_sent or request.method == "POST"

    def note_answer(self, response: httpx2.Response) -> None:
        """Look at a response."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_answer = response.is_error or response.status_code == 200
        if response.request.method == "POST" and is_answer and (response.is_error or kind not in _MESSAGES):
            self.status, self.content_type = response.status_code, kind


responses_of_call: ContextVar[Responses | None] = ContextVar("responses_of_call", default=None)
"""Where to note what happens to requests of a call; the package `mcp` sends them in its context."""


def http_client(options: McpOptions, responses: Responses) -> httpx2.AsyncClient:
    """Return a client for the server of the options, which notes what happens to requests.

    A call may take as long as it likes, since the engine limits it. On this machine, no proxy is used.
    """
    import httpx2

    class Client(httpx2.AsyncClient):
        async def send(self, request: httpx2.Request, **values: Any) -> httpx2.Response:
            noting = [responses] if (of_call := responses_of_call.get()) is None else [responses, of_call]
            try:
                response = await super().send(request, **values)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, Unusable):
                for each in noting:
                    each.note_unconnected(request)
                raise
            except BaseException:
                for each in noting:
                    each.note_sent(request)
                raise
            for each in noting:
                each.note_sent(request)
                each.note_answer(response)
            return response

    assert options.url is not None
    transport = httpx2.AsyncHTTPTransport(
        trust_env=options.url.startswith("https:"), limits=httpx2.Limits(keepalive_expiry=60)
    )
    return Client(
        headers=_headers(options),
        auth=None if options.token_file is None else _token_auth(options.token_file),
        timeout=httpx2.Timeout(_CONNECT_TIMEOUT, read=None),
        transport=transport if is_local(options.url) else None,
        event_hooks={"response": [_limit]},
    )


def _headers(options: McpOptions) -> dict[str, str]:
    """Return the headers of every request.

    Answers are not to be compressed: some kilobytes of that can become gigabytes.
    """
    own = {name.lower(): value.get_secret_value() for name, value in options.headers.items()}
    return own | {"accept-encoding": "identity"}


async def _limit(response: httpx2.Response) -> None:
    """Let reading a response fail if it is too long; the package `mcp` limits event streams itself."""
    import httpx2

    if response.headers.get("content-type", "").lower().startswith("text/event-stream"):
        return
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    declared = response.headers.get("content-length", "")
    compressed = response.headers.get("content-encoding", "identity").lower() != "identity"
    size = int(declared) if declared.isdecimal() else 0
    response.stream = _limited(response.stream, size, compressed=compressed)


def _limited(stream: httpx2.AsyncByteStream, declared: int, *, compressed: bool) -> httpx2.AsyncByteStream:
    import httpx2

    class Limited(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            if compressed:
                raise httpx2.StreamError("it is compressed, which was not asked for")
            size = 0
            async for piece in stream:
                size += len(piece)
                if size > LONGEST_MESSAGE:
                    raise httpx2.StreamError(too_long(max(size, declared), LONGEST_MESSAGE))
                yield piece

        async def aclose(self) -> None:
            await stream.aclose()

    return Limited()


def _token_auth(file: Path) -> httpx2.Auth:
    import httpx2

    class Token(httpx2.Auth):
        """Sends the token in the file; if it is refused and there is a new one by then, sends that."""

        def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
            token = read_token(file)
            request.headers["Authorization"] = f"Bearer {token}"
            response = yield request
            if response.status_code == _UNAUTHORIZED and (renewed := read_token(file)) != token:
                request.headers["Authorization"] = f"Bearer {renewed}"
                yield request

    return Token()
