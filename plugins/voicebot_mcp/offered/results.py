"""What a tool gave back, as text for the chat model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from voicebot import ToolResult, printable

if TYPE_CHECKING:
    import mcp_types

_NOTHING = "The tool returned nothing."
_FAILED = "The tool failed and gave no reason."


def tool_result(result: mcp_types.CallToolResult) -> ToolResult:
    """Return the text of a result; what is not text becomes a short note."""
    text = "\n".join(filter(None, map(_block, result.content)))
    if not text and result.structured_content is not None:
        text = json.dumps(result.structured_content, ensure_ascii=False)
    failed = bool(result.is_error)
    return ToolResult(text or (_FAILED if failed else _NOTHING), failed=failed)


def _block(block: mcp_types.ContentBlock) -> str:
    match block.type:
        case "text":
            return block.text
        case "image" | "audio":
            what = "an image" if block.type == "image" else "sound"
            return f"[{what} ({_kind(block.mime_type)}) of {_size(block.data)}, which cannot be shown here]"
        case "resource_link":
            title = block.title or block.name
            about = f": {block.description}" if block.description else ""
            return f"[link to {printable(title)}, {printable(str(block.uri))}{about}]"
        case "resource":
            resource = block.resource
            if (text := getattr(resource, "text", None)) is not None:
                return str(text)
            size = _size(getattr(resource, "blob", ""))
            return f"[{printable(str(resource.uri))}, {size}, which cannot be shown here]"
    return f"[{printable(block.type)}, which cannot be shown here]"


def _kind(mime_type: str) -> str:
    return printable(mime_type[:40])


def _size(base64: str) -> str:
    size = len(base64) * 3 // 4
    return f"{size / 1024:.0f} KB" if size >= 1024 else f"{size} bytes"
