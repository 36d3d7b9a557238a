"""What a function returned, as the result of its call."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from voicebot import ToolResult

_NOTHING = "done"
_NO_TEXT = "(empty)"
"""Instead of an empty text, which some servers refuse."""


def result_of(value: Any) -> ToolResult:
    """Return a `ToolResult` as it is, None as "done", text as it is, and anything else as JSON.

    What cannot be written as JSON is a failed result that names the type.
    """
    match value:
        case ToolResult():
            return value
        case None:
            return ToolResult(_NOTHING)
        case str():
            return ToolResult(value if value.strip() else _NO_TEXT)
    try:
        return ToolResult(to_json(value, inf_nan_mode="strings").decode())
    except (PydanticSerializationError, ValueError, RecursionError):
        kind = type(value).__name__
        return ToolResult(
            f"the tool returned a value of the type {kind}, which is not text or JSON", failed=True
        )
