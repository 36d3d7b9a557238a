"""Which address is which service, and what every service has in common before it answers."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from voicebot_emulator import completions, speech_to_text, text_to_speech, voices
from voicebot_emulator.faults import Faults

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.server import Emulator, Visit

    Serve = Callable[[Visit], Awaitable[web.StreamResponse]]

_STT = ("/stt/speech/universal/v2", "/speech/recognition/{mode}/cognitiveservices/v1")
_TTS = ("/tts/cognitiveservices/websocket/v1", "/cognitiveservices/websocket/v1")
_TTS_TEXT = ("/tts/cognitiveservices/websocket/v2", "/cognitiveservices/websocket/v2")
_VOICES = ("/tts/cognitiveservices/voices/list", "/cognitiveservices/voices/list")


def add(app: web.Application, emulator: Emulator) -> None:
    """Add all routes."""

    def route(method: str, paths: tuple[str, ...], service: str, serve: Serve) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await _answer(emulator, request, service, serve)

        for path in paths:
            app.router.add_route(method, path, answer)

    route("GET", _STT, "stt", speech_to_text.serve)
    route("GET", (*_TTS, *_TTS_TEXT), "tts", text_to_speech.serve)
    route("GET", _VOICES, "tts", voices.serve)
    chat = ("/openai/deployments/{deployment}/chat/completions", "/openai/v1/chat/completions")
    route("POST", chat, "chat", completions.serve)
    route(
        "GET",
        ("/openai/models", "/openai/deployments", "/openai/v1/models"),
        "chat",
        completions.serve_models,
    )
    _add_control(app, emulator)


async def _answer(emulator: Emulator, request: web.Request, service: str, serve: Serve) -> web.StreamResponse:
    from aiohttp import web

    from voicebot_emulator.server import LARGEST_BODY

    visit = emulator.visit(request, service)
    try:
        if (refusal := await _at_the_door(visit)) is not None:
            visit.note("out", "refusal", body=f"HTTP {refusal.status}")
            return refusal
        return await serve(visit)
    except web.HTTPRequestEntityTooLarge:
        visit.note("out", "refusal", body="HTTP 413")
        return _refusal(visit, 413, "RequestTooLarge", f"The request has more than {LARGEST_BODY} bytes.")
    except ConnectionResetError:  # the client went away, as one that is interrupted does
        return web.Response()
    finally:
        visit.note("out", "close")


async def _at_the_door(visit: Visit) -> web.StreamResponse | None:
    """Let faults happen that come before any answer, and check the key."""
    from aiohttp import web

    if fault := visit.fault("slow"):
        await asyncio.sleep(float(fault.value))
    if visit.fault("hang", point="connect"):
        await visit.hang()
    if visit.fault("drop", point="connect"):
        visit.cut()
        return web.Response(status=500)
    if fault := visit.fault("status"):
        return _refusal(visit, int(fault.value), "InternalServerError", "The service is unavailable.")
    if fault := visit.fault("throttled"):
        refusal = _refusal(visit, 429, "429", "Requests have exceeded the rate limit of your pricing tier.")
        if fault.value:
            refusal.headers["retry-after"] = fault.value
        return refusal
    if visit.fault("wrong-key", "wrong-region") or not _key_is_right(visit):
        return _refusal(
            visit,
            401,
            "401",
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a "
            "valid key for an active subscription and use a correct regional API endpoint for your resource.",
        )
    return None


def _refusal(visit: Visit, status: int, code: str, message: str) -> web.Response:
    from aiohttp import web

    if visit.service == "chat":
        return web.json_response({"error": {"code": code, "message": message}}, status=status)
    return web.Response(status=status, text=message)


def _key_is_right(visit: Visit) -> bool:
    account, headers = visit.emulator.account, visit.request.headers
    right = account.openai_key if visit.service == "chat" else account.speech_key
    bearer = headers.get("Authorization", "").removeprefix("Bearer ")
    given = headers.get("api-key") or headers.get("Ocp-Apim-Subscription-Key") or bearer
    # A resource and a token of Entra ID, as the Speech SDK sends them: aad#RESOURCE#TOKEN
    return hmac.compare_digest(given.rpartition("#")[2].encode(errors="surrogateescape"), right.encode())


def _add_control(app: web.Application, emulator: Emulator) -> None:
    """Add what a person or a test changes while the emulator runs."""
    from aiohttp import web

    async def show(request: web.Request) -> web.Response:
        return web.json_response([str(fault) for fault in emulator.faults])

    async def change(request: web.Request) -> web.Response:
        try:
            wanted = await request.json()
            if not (isinstance(wanted, list) and all(isinstance(fault, str) for fault in wanted)):
                raise ValueError('send a list of faults, as ["stt:hang@start"]')
            Faults(wanted)
        except (ValueError, RecursionError) as error:
            return web.json_response({"error": str(error)}, status=400)
        response = web.json_response(wanted)
        await response.prepare(request)
        await response.write_eof()
        emulator.set_faults(wanted)
        return response

    app.router.add_get("/emulator/faults", show)
    app.router.add_put("/emulator/faults", change)
