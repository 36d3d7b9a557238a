"""Refusals that all services share: faults before the answer begins, and wrong keys."""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING, Any

from voicebot_emulator.http.visit import as_json

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded", 500: "server_error"}
"""What openai.com calls these refusals."""


class Refusal(Exception):
    """A request is refused with this status and error."""

    def __init__(self, status: int, message: str, *, code: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "code": code, **more}


def refuse(visit: Visit, refusal: Refusal) -> web.Response:
    """Return the response that refuses a request."""
    from aiohttp import web

    body: dict[str, Any] = {"error": refusal.error}
    visit.note("out", "refusal", body=f"HTTP {refusal.status} {as_json(body)}")
    return web.json_response(body, status=refusal.status, dumps=as_json)


async def early_refusal(visit: Visit) -> web.StreamResponse | None:
    """Apply the faults that come before any answer, and check the key; return None to go on."""
    from aiohttp import web

    if fault := visit.fault("slow"):
        await asyncio.sleep(float(fault.value))
    if visit.fault("hang", point="connect"):
        await visit.hang()
    if visit.fault("drop", point="connect"):
        visit.cut()
        return web.Response(status=500)
    if fault := visit.fault("status"):
        return refusal(visit, int(fault.value), "InternalServerError", "The service is unavailable.")
    if fault := visit.fault("throttled"):
        throttled = refusal(visit, 429, "429", "Requests have exceeded the rate limit of your pricing tier.")
        if fault.value:
            throttled.headers["retry-after"] = fault.value
        return throttled
    if visit.fault("wrong-key", "wrong-region") or not _has_right_key(visit):
        return refusal(
            visit,
            401,
            "401",
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
            "valid key for an active subscription and use a correct regional API endpoint for your resource.",
        )
    return None


def refusal(visit: Visit, status: int, code: str, message: str) -> web.Response:
    """Return a response with this status, in the form that the visited service gives it."""
    from aiohttp import web

    if visit.is_openai:
        error = {"code": code, "message": message}
        if not visit.is_azure:
            error |= {"code": _CODES.get(status, code), "type": "invalid_request_error"}
        return web.json_response({"error": error}, status=status)
    return web.Response(status=status, text=message)


def _has_right_key(visit: Visit) -> bool:
    account, headers = visit.emulation.account, visit.request.headers
    right = account.openai_key if visit.is_openai else account.speech_key
    bearer = headers.get("Authorization", "").removeprefix("Bearer ")
    given = headers.get("api-key") or headers.get("Ocp-Apim-Subscription-Key") or bearer
    # The Speech SDK sends a resource and a token of Entra ID in one: aad#RESOURCE#TOKEN
    return hmac.compare_digest(given.rpartition("#")[2].encode(errors="surrogateescape"), right.encode())
