"""From a web service's response to the result of a call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from voicebot_tools.web.selection import NotFound, selected

if TYPE_CHECKING:
    import httpx2

_UTF_8 = "utf-8"


class BadResponse(Exception):
    """The response cannot be used; the text says why, in one line without the host."""


async def read_limited(response: httpx2.Response, limit: int) -> bytes:
    """Return the body.

    Raises:
        BadResponse: it has more bytes.
    """
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            raise BadResponse(f"sent more than {limit:,} bytes (`limit`)")
    return bytes(body)


def result_text(body: bytes, content_type: str, charset: str | None, path: str) -> str:
    """Return the part of a body that the chat model gets: text as it is, anything else as JSON.

    Args:
        content_type: the header, in lower case.
        charset: the one in that header.
        path: the part of the JSON to return; empty for the whole body.

    Raises:
        BadResponse: it is not what was expected.
    """
    text = _decoded(body, charset).removeprefix("\ufeff").strip()
    if not text:
        if path:
            raise BadResponse("sent nothing")
        return "done"
    if "html" in content_type or text[:15].lower().startswith(("<!doctype html", "<html")):
        raise BadResponse("sent a web page (HTML) instead of data")
    document: Any = None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        if path or "json" in content_type:
            raise BadResponse("did not send valid JSON") from None
        return text
    try:
        found = selected(document, path)
    except NotFound as error:
        raise BadResponse(f"sent JSON that has no '{path}' ({error})") from error
    if isinstance(found, str):
        return found.strip() or "(empty)"
    return json.dumps(found, ensure_ascii=False, separators=(", ", ": "))


def _decoded(body: bytes, charset: str | None) -> str:
    """Decode a body by its declared character set; if that does not exist or is wrong, as UTF-8."""
    for name in (charset or _UTF_8, _UTF_8):
        try:
            return body.decode(name)
        except (LookupError, UnicodeError):
            continue
    return body.decode(_UTF_8, "replace")
