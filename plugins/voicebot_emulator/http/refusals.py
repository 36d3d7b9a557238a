"""Refusals that all services share: faults before the answer begins, and wrong keys."""

from __future__ import annotations

import asyncio
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit


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

    if visit.service == "chat":
        return web.json_response({"error": {"code": code, "message": message}}, status=status)
    return web.Response(status=status, text=message)


def _has_right_key(visit: Visit) -> bool:
    account, headers = visit.emulation.account, visit.request.headers
    right = account.openai_key if visit.service == "chat" else account.speech_key
    bearer = headers.get("Authorization", "").removeprefix("Bearer ")
    given = headers.get("api-key") or headers.get("Ocp-Apim-Subscription-Key") or bearer
    # The Speech SDK sends a resource and a token of Entra ID in one: aad#RESOURCE#TOKEN
    return hmac.compare_digest(given.rpartition("#")[2].encode(errors="surrogateescape"), right.encode())
