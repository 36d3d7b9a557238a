"""Signing in by Microsoft Entra ID instead of a key, with whatever identity this machine has."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voicebot import install_hint
from voicebot_openai.azure_options import AzureChatOptions
from voicebot_openai.errors.failures import ChatFailure, failure

if TYPE_CHECKING:
    from azure.identity.aio import DefaultAzureCredential

_CODE = re.compile(r"AADSTS\d+")
_CLOCK = {"AADSTS700024", "AADSTS50012", "AADSTS700082"}
"""What Entra ID says to an assertion or a token that is not yet, or no longer, valid."""


class EntraToken:
    """Gives tokens that are good for one resource; each is kept until shortly before it expires."""

    def __init__(self, options: AzureChatOptions) -> None:
        self._options = options
        self._credential: DefaultAzureCredential | None = None
        self._provider: Callable[[], Awaitable[str]] | None = None

    async def start(self) -> None:
        """Sign in.

        Raises:
            ChatFailure: azure-identity is not installed, or nobody is signed in.
        """
        try:
            self._credential, self._provider = await asyncio.to_thread(self._make)
        except ImportError:
            hint = install_hint("azure.identity", "voicebot-framework[entra]")
            raise failure(self._options, f"cannot be signed in to yet; {hint}") from None
        await self()

    async def aclose(self) -> None:
        """Sign out."""
        credential, self._credential, self._provider = self._credential, None, None
        if credential is not None:
            await credential.close()

    async def __call__(self) -> str:
        """Return a token; `ChatFailure` if there is none to be had."""
        from azure.core.exceptions import AzureError

        if self._provider is None:
            raise failure(self._options, "is not connected; start the chat model first")
        try:
            return await self._provider()
        except AzureError as error:
            raise self._explain(error) from None  # its text names every place it looked, over many lines

    def _make(self) -> tuple[DefaultAzureCredential, Callable[[], Awaitable[str]]]:
        import aiohttp  # noqa: F401 - what azure-identity connects with, and does not itself bring along
        from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider

        credential = DefaultAzureCredential()
        return credential, get_bearer_token_provider(credential, self._options.scope)

    def _explain(self, error: Exception) -> ChatFailure:
        from azure.core.exceptions import ServiceRequestError, ServiceResponseError

        if isinstance(error, ServiceRequestError | ServiceResponseError):
            what = "cannot be signed in to: Entra ID does not answer; check the network"
            return failure(self._options, what, retryable=True)
        code = found.group() if (found := _CODE.search(str(error))) else ""
        if code in _CLOCK:
            return failure(self._options, f"cannot be signed in to ({code}); set this machine's clock")
        evidence = (
            f"Entra ID refused the sign-in ({code})" if code else "nobody is signed in to Entra ID here"
        )
        return failure(
            self._options, f"cannot be signed in to: {evidence}; run `az login`, or use `api_key` instead"
        )
