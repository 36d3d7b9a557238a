"""What the chat model calls, checked: whether there is such a tool, and whether the arguments fit it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from voicebot.dataclass import dataclass
from voicebot.engine.tools.arguments import InvalidArguments, canonical, check, parse_object
from voicebot.engine.tools.catalogue import OfferedTool
from voicebot.engine.tools.records import CallRecord
from voicebot.messages import ToolCall

_NOT_IN_A_NAME = re.compile(r"[^a-zA-Z0-9_-]+")
_LONGEST_NAME = 64


@dataclass(slots=True)
class PlannedCall:
    """A call that passed all checks.

    Args:
        arguments: JSON.
        key: the same for all calls of this tool with these arguments.
    """

    record: CallRecord
    offered: OfferedTool
    arguments: str
    key: str


def planned(record: CallRecord, offered: OfferedTool, arguments: dict[str, Any]) -> PlannedCall:
    """Return a call with these arguments, which have been checked."""
    key = f"{offered.tool.name} {canonical(arguments)}"
    return PlannedCall(record, offered, json.dumps(arguments, ensure_ascii=False), key)


def plan(call: ToolCall, offered: Mapping[str, OfferedTool]) -> tuple[OfferedTool, dict[str, Any]]:
    """Return the tool that is called, and the arguments.

    Raises:
        InvalidArguments: it cannot be called like this.
    """
    arguments = parse_object(call.arguments)
    if (tool := offered.get(call.name)) is None:
        raise InvalidArguments(f"there is no such tool; there are: {', '.join(offered) or 'none'}")
    check(arguments, tool.tool.parameters)
    return tool, arguments


def as_sent(call: ToolCall) -> ToolCall:
    """Return a call as it can be sent to every server in later requests, whatever the chat model wrote."""
    name = _NOT_IN_A_NAME.sub("_", call.name)[:_LONGEST_NAME] or "unknown"
    try:
        arguments = call.arguments if parse_object(call.arguments) else "{}"
    except InvalidArguments:
        arguments = "{}"
    return ToolCall(call.id, name, arguments)
