"""The toolset `mcp` fulfils its contract, with a small program as the server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voicebot.testing.contract import ToolsetContract
from voicebot_mcp.options import McpOptions
from voicebot_mcp.toolset import McpToolset

PROGRAM = Path(__file__).parents[1] / "plugins" / "mcp" / "stdio_server.py"
KEY = "a-key-that-nobody-sees"


@pytest.mark.slow
class TestMcpProgram(ToolsetContract):
    tool = "echo"

    def make(self) -> McpToolset:
        command = (sys.executable, "-I", str(PROGRAM))
        return McpToolset(McpOptions(allow=("echo",), command=command, env={"KEY": KEY}, trust_hints=True))
