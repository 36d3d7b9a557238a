"""Toolsets: functions in Python, calls over HTTP, the conversation itself, and another chat model.

functions | web | conversation | delegate     the toolsets `python`, `http`, `conversation`, `delegate`
arguments                                     their parameters: JSON Schema, and reading arguments
json_schema | threads                         schemas that chat models accept; blocking functions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the toolsets."""
    package = "voicebot_tools"
    for name, module, provider in (
        ("python", "functions.toolset", "PythonToolset"),
        ("http", "web.toolset", "HttpToolset"),
        ("conversation", "conversation", "ConversationToolset"),
        ("delegate", "delegate", "DelegateToolset"),
    ):
        place = f"{package}.{module}"
        options = f"{provider.removesuffix('set')}Options"
        registry.add(name, f"{place}:{provider}", f"{place}:{options}", kind="toolset")
