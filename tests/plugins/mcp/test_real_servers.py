"""Servers from PyPI, in the version that is installed, and the end of a bot with one.

They are skipped where these servers are not installed; set `VOICEBOT_TEST_MCP_SERVERS` to the folder with
their commands, such as the `bin` of an environment with `mcp-server-time` and `mcp-server-fetch`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from voicebot_mcp.options import McpOptions

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("stdio_server.py")
CONFIG = """\
recognizer: {{provider: pocketsphinx}}
chat: {{provider: script, default: [hi]}}
synthesizer: {{provider: espeak}}
device: {{provider: keyboard}}
tools:
  - provider: mcp
    command: [{python}, -I, {program}, child, stubborn]
    allow: []
"""


@pytest.fixture
def command() -> Iterator[str]:
    """Return a function that returns the command of a server, or skips the test."""

    def found(name: str) -> str:
        path = shutil.which(name, path=os.environ.get("VOICEBOT_TEST_MCP_SERVERS"))
        if path is None:
            pytest.skip(f"{name} is not installed; see VOICEBOT_TEST_MCP_SERVERS above")
        return path

    return found


@pytest.fixture
def page() -> Iterator[str]:
    """Serve a page of 2 MB on this machine; return its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/plain")
            self.end_headers()
            self.wfile.write(b"Opening hours: ten to six. " + b"More. " * 350_000)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, name="pages")
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_the_time_is_told(command, started, call):
    options = McpOptions(allow=(), command=(command("mcp-server-time"),), start_timeout=60)

    async def run():
        async with started(options) as toolset:
            assert {tool.name for tool in toolset.tools()} == {"get_current_time", "convert_time"}
            right = await call(toolset, "get_current_time", timezone="Asia/Tokyo")
            wrong = await call(toolset, "get_current_time", timezone="Atlantis")
            return right, wrong

    right, wrong = asyncio.run(run())

    assert json.loads(right.text)["datetime"].endswith("+09:00")
    assert wrong.failed
    assert "Atlantis" in wrong.text


def test_a_page_of_this_machine_is_fetched_in_pieces_or_whole(command, page, started, call):
    fetch = (command("mcp-server-fetch"), "--ignore-robots-txt", "--allow-private-ips")
    options = McpOptions(allow=(), command=fetch, start_timeout=60)

    async def run():
        async with started(options) as toolset:
            short = await call(toolset, "fetch", url=page, max_length=200)
            whole = await call(toolset, "fetch", url=page, max_length=999_999)
            missing = await call(toolset, "fetch", url="http://127.0.0.1:9/")
            return short, whole, missing

    short, whole, missing = asyncio.run(run())

    assert "Opening hours: ten to six." in short.text
    assert len(short.text) < 1000
    assert len(whole.text) > 990_000
    assert missing.failed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_nothing_is_left_of_a_server_when_its_bot_is_ended_by_a_signal(number, tmp_path):
    psutil = pytest.importorskip("psutil")
    config = tmp_path / "bot.yaml"
    config.write_text(CONFIG.format(python=sys.executable, program=PROGRAM), encoding="utf-8")
    command = [sys.executable, "-m", "voicebot", "-v", "run", config]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as bot:
        assert bot.stderr is not None
        assert any(": child " in line for line in bot.stderr)
        children = psutil.Process(bot.pid).children(recursive=True)
        bot.send_signal(number)
        bot.communicate()

    assert len(children) >= 2
    left = [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert left == []
