"""The toolset without the distribution `mcp`."""

from __future__ import annotations

import asyncio
import sys

import pytest

from voicebot import ProviderError
from voicebot_mcp.options import McpOptions
from voicebot_mcp.toolset import McpToolset


def test_a_package_that_is_not_installed_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "mcp.client.streamable_http", None)

    async def run():
        toolset = McpToolset(McpOptions(allow=(), command=("uvx",)))
        with pytest.raises(ProviderError) as caught:
            await toolset.start()
        await toolset.aclose()
        return caught.value

    error = asyncio.run(run())

    assert str(error).startswith("the package mcp is not installed; ")
    assert "pip install" in str(error)
