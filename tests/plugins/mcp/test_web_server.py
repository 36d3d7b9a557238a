"""Servers with an HTTP address: refused, wrong, restarted, with a token that is renewed."""

from __future__ import annotations

import asyncio
import gzip
import socket
from contextlib import aclosing

import httpx2
import pytest

from voicebot import ToolCall, ToolProgress, ToolResult
from voicebot_mcp.limits import LONGEST_MESSAGE
from voicebot_mcp.options import McpOptions
from voicebot_mcp.transports.http_client import Responses, http_client, responses_of_call

pytestmark = pytest.mark.slow


def options(url, **values):
    return McpOptions(**{"allow": (), "url": url, "start_timeout": 60} | values)


def test_tools_are_run_and_results_limited(web, started, call):
    web.start()

    async def run():
        async with started(options(web.url)) as toolset:
            assert [tool.name for tool in toolset.tools()] == ["echo", "big", "learn", "repeat", "wait"]
            assert await call(toolset, "echo", text="hello") == ToolResult("hello")
            assert len((await call(toolset, "big", size=1_500_000)).text) == 1_500_000
            too_long = await call(toolset, "big", size=LONGEST_MESSAGE)
            assert too_long.failed
            assert "ask for less" in too_long.text
            assert await call(toolset, "echo", text="on") == ToolResult("on")

    asyncio.run(run())


def test_a_change_of_tools_is_seen(web, started, call):
    web.start()

    async def run():
        async with started(options(web.url)) as toolset:
            assert all(tool.name != "sing" for tool in toolset.tools())
            await call(toolset, "learn")
            while all(tool.name != "sing" for tool in toolset.tools()):
                await call(toolset, "echo", text="has it learned?")

    asyncio.run(run())


def test_the_end_during_a_call_reaches_nobody_else(web, started, call, caller, warned):
    """The package `mcp` cancels the task that opened the connection."""
    web.start()

    async def run():
        async with started(options(web.url)) as toolset:
            lost = asyncio.create_task(warned())
            async with aclosing(toolset.call(ToolCall("1", "wait", "{}"), caller)) as events:
                assert await anext(events) == ToolProgress("waiting")
                await asyncio.to_thread(web.stop)
                result = await anext(events)
            assert result.failed
            assert "unknown whether this was done" in result.text
            await lost
            down = await call(toolset, "echo", text="hello")
            assert "nothing accepts connections there; start the server, or correct `url`" in down.text
            await asyncio.to_thread(web.start)
            assert await call(toolset, "echo", text="back") == ToolResult("back")

    asyncio.run(run())
    assert web.calls == ["wait", "back"]


@pytest.mark.parametrize("posted", [True, False])
def test_a_message_counts_as_never_sent_only_if_none_was(web, posted):
    """After a message was sent, resuming the stream of its answer may fail to connect."""
    web.start()
    web.page = b"an answer that is no message"

    async def run():
        responses_of_call.set(seen := Responses())
        async with http_client(options(web.url), Responses()) as client:
            if posted:
                await client.post(web.url)
            await asyncio.to_thread(web.stop)
            for request in ("GET",) if posted else ("GET", "POST"):
                assert not seen.never_sent
                with pytest.raises(httpx2.ConnectError):
                    await client.request(request, web.url)
        return seen.never_sent

    assert asyncio.run(run()) is not posted


def test_a_server_that_was_restarted_between_calls_is_connected_again(web, started, call):
    web.start()

    async def run():
        async with started(options(web.url)) as toolset:
            await asyncio.to_thread(web.stop)
            await asyncio.to_thread(web.start)
            return await call(toolset, "echo", text="again")

    assert asyncio.run(run()) == ToolResult("again")
    assert web.calls == ["again"]


def test_a_renewed_token_is_used_and_a_refused_one_reported(web, started, call, tmp_path, warnings_logged):
    web.start()
    file = tmp_path / "token"
    file.write_text("old\n", encoding="utf-8")
    web.tokens = {"old"}

    async def run():
        async with started(options(web.url, token_file=file)) as toolset:
            assert (await call(toolset, "echo", text="1")).text == "1"
            web.tokens = {"new"}
            refused = await call(toolset, "echo", text="2")
            file.write_text("new", encoding="utf-8")
            assert (await call(toolset, "echo", text="3")).text == "3"
            return refused

    refused = asyncio.run(run())

    assert refused.failed
    assert "does not accept the credentials (401); correct `headers` or `token_file`" in refused.text
    assert web.calls == ["1", "3"]
    assert "old" not in str(warnings_logged())


def send_bomb(web):
    web.page, web.compressed = gzip.compress(b" " * 20_000_000), True


def want_token(web):
    web.tokens = {"right"}


def send_page(web):
    web.page = b"<h1>Sign in</h1>"


@pytest.mark.parametrize(
    ("set_up", "values", "cause"),
    [
        (want_token, {"headers": {"Authorization": "Bearer wr0ng"}}, "(401); correct `headers` or"),
        (send_bomb, {}, "it is compressed, which was not asked for"),
        (send_page, {}, "it answers with a web page, not with messages of MCP; correct `url`"),
        (None, {"url": "http://127.0.0.1:{port}/other"}, "there is no MCP server at this path (404); "),
        (None, {"url": "https://127.0.0.1:{port}/mcp"}, "it does not answer with TLS; correct `url`, "),
        (None, {"url": "http://nowhere.invalid/mcp"}, "there is no such host; correct `url`"),
        (None, {"token_file": "/no/such/token"}, "the token in /no/such/token cannot be read: No such"),
    ],
    ids=["unauthorized", "bomb", "page", "path", "tls", "host", "token"],
)
def test_what_is_wrong_is_one_warning_and_the_bot_starts(
    web, started, warnings_logged, set_up, values, cause
):
    web.start()
    if set_up is not None:
        set_up(web)
    values = {
        name: value.format(port=web.port) if isinstance(value, str) else value
        for name, value in values.items()
    }

    async def run():
        async with started(options(**{"url": web.url} | values)) as toolset:
            return toolset.tools()

    assert asyncio.run(run()) == ()
    (warning,) = warnings_logged()
    assert cause in warning
    assert warning.isprintable()
    assert "wr0ng" not in warning


def test_credentials_are_sent_without_blanks_and_hidden_when_they_are_repeated(web, started, call, tmp_path):
    web.start()
    web.tokens = {"s3cret-1"}
    file = tmp_path / "token"
    file.write_text("s3cret-1", encoding="utf-8")

    async def run(**values):
        async with started(options(web.url, **values)) as toolset:
            return await call(toolset, "repeat")

    headers = {"Authorization": " Bearer s3cret-1 "}
    assert asyncio.run(run(headers=headers)) == ToolResult("***")
    assert asyncio.run(run(token_file=file)) == ToolResult("Bearer ***")


def test_the_bot_starts_without_a_server_that_does_not_answer(started, warnings_logged):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/mcp?key=s3cret"

        async def run():
            async with started(options(url, start_timeout=0.01)) as toolset:
                return toolset.tools()

        assert asyncio.run(run()) == ()
    (warning,) = warnings_logged()
    assert warning.startswith(f"MCP server {url.partition('?')[0]} has not answered within 0.01 s")
