"""The addresses of the emulated services, and the control of faults."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from voicebot_emulator.audio import realtime, speech, transcriptions
from voicebot_emulator.chat import completions
from voicebot_emulator.faults import Faults
from voicebot_emulator.http.admission import LARGEST_BODY
from voicebot_emulator.http.refusals import early_refusal, refusal
from voicebot_emulator.http.visit import Visit
from voicebot_emulator.speech_to_text import connection as speech_to_text
from voicebot_emulator.text_to_speech import connection as text_to_speech
from voicebot_emulator.text_to_speech import voices

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.emulation import Emulation

    Serve = Callable[[Visit], Awaitable[web.StreamResponse]]
    SetFaults = Callable[[Iterable[str]], None]

_STT = ("/stt/speech/universal/v2", "/speech/recognition/{mode}/cognitiveservices/v1")
_TTS = ("/tts/cognitiveservices/websocket/v1", "/cognitiveservices/websocket/v1")
_TTS_TEXT = ("/tts/cognitiveservices/websocket/v2", "/cognitiveservices/websocket/v2")
_VOICES = ("/tts/cognitiveservices/voices/list", "/cognitiveservices/voices/list")
_CHAT = (
    "/openai/deployments/{deployment}/chat/completions",
    "/openai/v1/chat/completions",
    "/v1/chat/completions",
)
_MODELS = ("/openai/models", "/openai/deployments", "/openai/v1/models", "/v1/models")
_SPEECH = ("/openai/deployments/{deployment}/audio/speech", "/openai/v1/audio/speech", "/v1/audio/speech")
_TRANSCRIPTIONS = (
    "/openai/deployments/{deployment}/audio/transcriptions",
    "/openai/v1/audio/transcriptions",
    "/v1/audio/transcriptions",
)
_REALTIME = ("/openai/v1/realtime", "/v1/realtime")  # Azure has withdrawn the one with versions


def add(app: web.Application, emulation: Emulation, set_faults: SetFaults) -> None:
    """Add all routes to an application."""

    def route(method: str, paths: tuple[str, ...], service: str, serve: Serve) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await _answer(Visit.open(emulation, request, service), serve)

        for path in paths:
            app.router.add_route(method, path, answer)

    route("GET", _STT, "stt", speech_to_text.serve)
    route("GET", (*_TTS, *_TTS_TEXT), "tts", text_to_speech.serve)
    route("GET", _VOICES, "tts", voices.serve)
    route("POST", _CHAT, "chat", completions.serve)
    route("GET", _MODELS, "chat", completions.serve_models)
    route("POST", _SPEECH, "openai-tts", speech.serve)
    route("POST", _TRANSCRIPTIONS, "openai-stt", transcriptions.serve)
    route("GET", _REALTIME, "openai-stt", realtime.serve)
    _add_control(app, emulation, set_faults)


async def _answer(visit: Visit, serve: Serve) -> web.StreamResponse:
    from aiohttp import web

    try:
        if (refused := await early_refusal(visit)) is not None:
            visit.note("out", "refusal", body=f"HTTP {refused.status}")
            return refused
        return await serve(visit)
    except web.HTTPRequestEntityTooLarge:
        visit.note("out", "refusal", body="HTTP 413")
        return refusal(visit, 413, "RequestTooLarge", f"The request has more than {LARGEST_BODY} bytes.")
    except ConnectionResetError:  # the client went away, as it does when it is interrupted
        return web.Response()
    finally:
        visit.note("out", "close")


def _add_control(app: web.Application, emulation: Emulation, set_faults: SetFaults) -> None:
    """Add the routes by which a person or a test changes faults while the emulator runs."""
    from aiohttp import web

    async def show(request: web.Request) -> web.Response:
        return web.json_response([str(fault) for fault in emulation.faults])

    async def change(request: web.Request) -> web.Response:
        try:
            wanted = await request.json()
            if not (isinstance(wanted, list) and all(isinstance(fault, str) for fault in wanted)):
                raise ValueError('send a list of faults, such as ["stt:hang@start"]')
            Faults(wanted)
        except (ValueError, RecursionError) as error:
            return web.json_response({"error": str(error)}, status=400)
        response = web.json_response(wanted)
        await response.prepare(request)
        await response.write_eof()
        set_faults(wanted)
        return response

    app.router.add_get("/emulator/faults", show)
    app.router.add_put("/emulator/faults", change)
