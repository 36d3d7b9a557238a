"""Sending a request, again if the server fails before anything of its answer was used."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from voicebot_openai.errors.failures import RequestFailure
from voicebot_openai.request.fields import RequestFields
from voicebot_openai.retries import Retries
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    import httpx2

logger = logging.getLogger(__name__)
T = TypeVar("T")


async def with_retries(
    options: Connection, attempt: Callable[[], AsyncGenerator[T, None]]
) -> AsyncGenerator[T, None]:
    """Yield what an attempt yields; make another if it fails before it yields anything.

    Raises:
        RequestFailure: the last attempt failed.
    """
    retries = Retries(options)
    while True:
        begun = False
        try:
            async with aclosing(attempt()) as answer:
                async for item in answer:
                    begun = True
                    yield item
            return
        except RequestFailure as error:
            if begun or (delay := retries.delay_after(error)) is None:
                raise
            logger.info("%s (retrying)", error)
        await asyncio.sleep(delay)


@asynccontextmanager
async def open_response(
    send: Callable[[dict[str, Any]], AbstractAsyncContextManager[Any]], fields: RequestFields
) -> AsyncGenerator[httpx2.Response, None]:
    """Send a request with these fields, and yield the response before its body is read.

    Optional fields that the server rejects are left out, and the request is sent again.
    """
    import openai

    while True:
        async with AsyncExitStack() as stack:
            try:
                response = await stack.enter_async_context(send(fields.current()))
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not fields.change_rejected(error):
                    raise
                continue
            yield response.http_response
            return


class SpeechFields(RequestFields):
    """Fields of which the server may reject the optional ones.

    Args:
        optional: names of fields that a request can do without.
    """

    def __init__(
        self, fields: dict[str, object], optional: frozenset[str], rejected: set[str] | None = None
    ) -> None:
        super().__init__({name: value for name, value in fields.items() if value is not None}, rejected)
        self._optional = optional

    def _is_optional(self, name: str) -> bool:
        return name in self._optional
