"""Messages in the output of a program, one JSON object a line, among whatever else it prints."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mcp.shared.message import SessionMessage

logger = logging.getLogger(__name__)
_ID = re.compile(rb'"id"\s*:\s*(\d{1,15})')
_EDGE = 256
"""Bytes at either end of a message that is too long, of which one has its id."""


async def read_messages(stdout: asyncio.StreamReader, limit: int) -> AsyncGenerator[SessionMessage, None]:
    """Yield the messages until the output ends.

    Lines that are no messages, such as a banner, are skipped. In place of an answer with more than `limit`
    bytes, which must be the limit of the reader, there is an error with the same id.
    """
    from mcp.shared.message import SessionMessage
    from mcp_types import INTERNAL_ERROR, ErrorData, JSONRPCError, jsonrpc_message_adapter

    while True:
        try:
            line = await stdout.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            return
        except asyncio.LimitOverrunError:
            size, edges = await _skip_line(stdout)
            found = _ID.search(edges)
            if found is None:
                logger.debug("skipped a message of %d bytes", size)
                continue
            error = ErrorData(code=INTERNAL_ERROR, message=too_long(size, limit))
            yield SessionMessage(JSONRPCError(jsonrpc="2.0", id=int(found[1]), error=error))
            continue
        line = line.strip()
        if not line.startswith(b"{"):
            logger.debug("skipped a line of %d bytes that is no message", len(line))
            continue
        try:
            message = jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError:
            logger.debug("skipped a line of %d bytes that is no valid message", len(line))
            continue
        yield SessionMessage(message)


def too_long(size: int, limit: int) -> str:
    """Return the error for an answer that is too long."""
    return f"Its answer has {size / 2**20:.1f} MB, of at most {limit / 2**20:g} MB; ask for less."


async def _skip_line(stdout: asyncio.StreamReader) -> tuple[int, bytes]:
    """Skip the rest of a line; return its size, and its beginning and end."""
    size, begin, end = 0, b"", b""
    while True:
        try:
            piece = await stdout.readuntil(b"\n")
            last = True
        except asyncio.IncompleteReadError as error:
            piece, last = error.partial, True
        except asyncio.LimitOverrunError as error:
            piece, last = await stdout.readexactly(error.consumed), False
        size += len(piece)
        begin = begin or piece[:_EDGE]
        end = (end + piece)[-_EDGE:]
        if last:
            return size, begin + end
