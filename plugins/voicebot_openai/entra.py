"""Signing in with Microsoft Entra ID instead of a key, with the identity that this machine has."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voicebot import install_hint
from voicebot_openai.errors.failures import RequestFailure, failure
from voicebot_openai.server import Connection

if TYPE_CHECKING:
    from azure.identity.aio import DefaultAzureCredential

_CODE = re.compile(r"AADSTS\d+")
_WRONG_CLOCK = {"AADSTS700024", "AADSTS50012", "AADSTS700082"}
"""Error codes for an assertion or token that is not yet, or no longer, valid."""


class EntraToken:
    """Provides access tokens for one resource; each is cached until shortly before it expires."""

    def __init__(self, options: Connection) -> None:
        self._options = options
        self._credential: DefaultAzureCredential | None = None
        self._provider: Callable[[], Awaitable[str]] | None = None

    async def start(self) -> None:
        """Sign in.

        Raises:
            RequestFailure: azure-identity is not installed, or signing in fails.
        """
        try:
            self._credential, self._provider = await asyncio.to_thread(self._make)
        except ImportError:
            hint = install_hint("azure.identity", "voicebot-framework[entra]")
            raise failure(self._options, f"cannot be signed in to without azure-identity; {hint}") from None
        await self()

    async def aclose(self) -> None:
        """Sign out."""
        credential, self._credential, self._provider = self._credential, None, None
        if credential is not None:
            await credential.close()

    async def __call__(self) -> str:
        """Return a token; raise `RequestFailure` if that fails."""
        from azure.core.exceptions import AzureError

        if self._provider is None:
            raise failure(self._options, "is not connected: it was not started, or was closed")
        try:
            return await self._provider()
        except AzureError as error:
            raise self._explain(error) from None  # its message lists every credential tried, on many lines

    def _make(self) -> tuple[DefaultAzureCredential, Callable[[], Awaitable[str]]]:
        import aiohttp  # noqa: F401 - azure-identity needs it, and does not require it
        from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider

        credential = DefaultAzureCredential()
        return credential, get_bearer_token_provider(credential, self._options.scope)

    def _explain(self, error: Exception) -> RequestFailure:
        from azure.core.exceptions import ServiceRequestError, ServiceResponseError

        if isinstance(error, ServiceRequestError | ServiceResponseError):
            problem = "cannot be signed in to: Entra ID does not answer; check the network"
            return failure(self._options, problem, retryable=True)
        code = found.group() if (found := _CODE.search(str(error))) else ""
        if code in _WRONG_CLOCK:
            return failure(self._options, f"cannot be signed in to ({code}); set this machine's clock")
        cause = f"Entra ID refused the sign-in ({code})" if code else "this machine has no Entra ID identity"
        return failure(
            self._options, f"cannot be signed in to: {cause}; run `az login`, or use `api_key` instead"
        )
