"""Our toolsets fulfil their contract: real functions, a real web server, a real chat model."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from voicebot import Choice
from voicebot.plugin.manager import installed_plugins
from voicebot.testing.contract import ToolsetContract
from voicebot.testing.contract.relay import Relay, relayed
from voicebot_tools.conversation import ConversationToolOptions, ConversationToolset
from voicebot_tools.delegate import DelegateToolOptions, DelegateToolset
from voicebot_tools.functions.toolset import PythonToolOptions, PythonToolset
from voicebot_tools.web.options import HttpToolOptions
from voicebot_tools.web.toolset import HttpToolset

FUNCTIONS = """
from voicebot import ToolProgress, tool

@tool(effect="reads")
{kind} describe(bird: str) -> str:
    "Describe a bird."
    return f"A {{bird}} has feathers."

@tool(effect="reads")
async def count(bird: str):
    "Count birds."
    yield ToolProgress("Counting birds")
    yield {{"bird": bird, "count": 3}}
"""
KEY = "a-key-that-nobody-sees"


class TestThreadedFunctions(ToolsetContract):
    kind = "def"

    @pytest.fixture(autouse=True)
    def file(self, tmp_path: Path) -> None:
        self.path = tmp_path / "tools.py"
        self.path.write_text(FUNCTIONS.format(kind=self.kind), encoding="utf-8")

    def make(self) -> PythonToolset:
        return PythonToolset(PythonToolOptions(file=self.path, allow=("describe", "count")))


@pytest.mark.slow
class TestAsyncGenerators(TestThreadedFunctions):
    kind = "async def"
    tool = "count"


@pytest.mark.slow
class TestConversation(ToolsetContract):
    tool = "remember"
    arguments: ClassVar[dict[str, Any]] = {"fact": "Anna has a parrot."}

    def make(self) -> ConversationToolset:
        return ConversationToolset(ConversationToolOptions(allow=("remember",)))


@pytest.mark.slow
class TestDelegate(ToolsetContract):
    tool = "ask_expert"

    def make(self) -> DelegateToolset:
        registration = installed_plugins().registry.get("chat", "script")
        assert registration is not None
        script = registration.options.model_validate(
            {"default": ["I would not know, matey."], "words_per_second": 200}
        )
        return DelegateToolset(DelegateToolOptions(of=Choice(registration, script), allow=("ask_expert",)))


class Birds(BaseHTTPRequestHandler):
    """Describes birds to those who have the key."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        known = self.headers["Authorization"] == f"Bearer {KEY}"
        body = json.dumps(
            {"said": f"A {query.get('bird', ['?'])[0]} has feathers."} if known else {"error": KEY}
        )
        self.send_response(200 if known else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def birds() -> Iterator[Relay]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Birds) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with relayed("127.0.0.1", server.server_port) as relay:
            yield relay
        server.shutdown()


@pytest.mark.slow
class TestHttp(ToolsetContract):
    @pytest.fixture(autouse=True)
    def served(self, birds: Relay) -> None:
        self.relay = birds

    def described(self, port: int, key: str) -> HttpToolset:
        call = {
            "description": "Describes a bird.",
            "url": f"http://127.0.0.1:{port}/birds",
            "parameters": {"bird": "string"},
            "query": {"bird": "{bird}"},
            "headers": {"Authorization": f"Bearer {key}"},
            "result": "said",
        }
        options = HttpToolOptions.model_validate({"allow": ["describe"], "tools": {"describe": call}})
        return HttpToolset(options)

    def make(self) -> HttpToolset:
        return self.described(self.relay.port, KEY)

    def broken(self) -> HttpToolset:
        return self.described(9, KEY)

    def refused(self) -> HttpToolset:
        return self.described(self.relay.port, "a-key-that-is-wrong")

    def cut(self) -> None:
        self.relay.cut()

    def restore(self) -> None:
        self.relay.restore()
