"""The toolset `http`: calls of web services that the config describes, without code."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from voicebot import ProviderError, Tool, ToolCall, ToolCaller, ToolEvent, ToolResult, Toolset
from voicebot_tools.arguments import BadArguments
from voicebot_tools.threads import Threads
from voicebot_tools.web.client import make_client
from voicebot_tools.web.exchange import exchange
from voicebot_tools.web.options import HttpToolOptions

if TYPE_CHECKING:
    import httpx2


class HttpToolset(Toolset[HttpToolOptions]):
    """Calls of web services over HTTP, with JSON or text as the result.

    Arguments are encoded, so that they cannot lead to another host or path. No cookies are kept. A redirect
    is followed only on the same server, and only for GET. A status of 400 or more, a web page instead of data
    and a response over `limit` are failed results; so is everything that prevents a response.
    """

    def __init__(self, options: HttpToolOptions) -> None:
        super().__init__(options)
        self._arguments = {name: each.arguments() for name, each in options.tools.items()}
        self._tools = [each.tool(name) for name, each in options.tools.items()]
        self._client: httpx2.AsyncClient | None = None

    async def start(self) -> None:
        """Import the HTTP client; connect to nothing."""
        if self._client is not None:
            return
        tools = self.options.tools.values()
        local = {each.host for each in tools if each.is_local}
        encrypted = any(each.is_encrypted for each in tools)
        outcome = await Threads().run(partial(make_client, local, encrypted=encrypted))
        if outcome.error is not None:  # such as a proxy in the environment that is not an address
            reason = f"{type(outcome.error).__name__}; check HTTPS_PROXY and SSL_CERT_FILE in the environment"
            raise ProviderError(f"the HTTP client cannot be made: {reason}") from outcome.error
        self._client = outcome.value

    async def aclose(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def tools(self) -> Sequence[Tool]:
        """Return all calls that are described."""
        return self._tools

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        """Send one request."""
        each = self.options.tools.get(call.name)
        if each is None:
            yield ToolResult(f"there is no tool called '{call.name}'", failed=True)
            return
        if self._client is None:
            raise ProviderError("the toolset is not started")
        try:
            values = self._arguments[call.name].read(call.arguments)
            events = await exchange(self._client, each, _given(values))
        except BadArguments as error:
            events = [ToolResult(str(error), failed=True)]
        for event in events:
            yield event


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
