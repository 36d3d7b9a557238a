"""The tools of a request, and the parameters that depend on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from voicebot import Tool
from voicebot_emulator.chat.refusals import (
    check_count,
    check_length,
    check_name,
    invalid,
    missing,
    unknown,
    unsupported,
)
from voicebot_emulator.chat.schemas import check_schema

_MOST = 128
_LONGEST_DESCRIPTION = 1024
_TOOL_FIELDS = ("type", "function")
_FUNCTION_FIELDS = ("name", "description", "parameters", "strict")
_ONLY_WITH_TOOLS = ("tool_choice", "parallel_tool_calls")
_NOT_WITH_EFFORT = re.compile(r"gpt-(5\.([4-9]|\d\d)|[6-9]|\d\d)(?!.*\bchat\b)")
"""Models that reason, or take tools, but in chat completions not both."""


def read_tools(body: Mapping[str, Any], model: str) -> tuple[Tool, ...]:
    """Return the tools of a request.

    Raises:
        Refusal: one is invalid, or does not go with the model or other parameters.
    """
    given = body.get("tools")
    if given is None:
        for name in _ONLY_WITH_TOOLS:
            if body.get(name) is not None:
                message = f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified."
                raise invalid(message, param=name)
        return ()
    if not isinstance(given, list):
        raise invalid("'tools' must be an array.", "invalid_type", "tools")
    check_count(given, _MOST, "tools")
    tools = tuple(_tool(item, f"tools[{index}]") for index, item in enumerate(given))
    _check_with_model(body, model)
    return tools


def _check_with_model(body: Mapping[str, Any], model: str) -> None:
    effort = body.get("reasoning_effort")
    if effort not in (None, "none") and _NOT_WITH_EFFORT.match(model):
        raise invalid(
            f"Function tools with reasoning_effort are not supported for {model} in /v1/chat/completions. To "
            "use function tools, use /v1/responses or set reasoning_effort to 'none'.",
            param="reasoning_effort",
        )
    if body.get("parallel_tool_calls") is not None and re.match(r"o\d", model):
        raise unsupported("parallel_tool_calls")
    if body.get("parallel_tool_calls") and effort == "minimal":
        message = (
            "Unsupported parameter: 'parallel_tool_calls' is not supported with 'minimal' reasoning effort."
        )
        raise invalid(message, "unsupported_parameter", "parallel_tool_calls")


def _tool(item: Any, where: str) -> Tool:
    item = item if isinstance(item, dict) else {}
    if item.get("type") is None:
        raise missing(f"{where}.type")
    if item["type"] != "function":
        message = f"Invalid value: '{item['type']}'. Supported values are: 'function'."
        raise invalid(message, "invalid_value", f"{where}.type")
    if not isinstance(function := item.get("function"), dict):
        raise missing(f"{where}.function")
    _check_fields(item, _TOOL_FIELDS, where)
    _check_fields(function, _FUNCTION_FIELDS, f"{where}.function")
    name = check_name(function.get("name"), f"{where}.function.name")
    description = function.get("description") or ""
    if not isinstance(description, str):
        place = f"{where}.function.description"
        raise invalid(f"'{place}' must be text.", "invalid_type", place)
    check_length(description, _LONGEST_DESCRIPTION, f"{where}.function.description")
    if "parameters" not in function:
        return Tool(name, description)
    strict = function.get("strict") is True
    check_schema(name, function["parameters"], f"{where}.function.parameters", strict=strict)
    return Tool(name, description, function["parameters"])


def _check_fields(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    if strange := next((name for name in given if name not in known), None):
        raise unknown(f"{where}.{strange}")
