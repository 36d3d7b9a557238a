"""Chat completions, by deployment and on the v1 surface, and the list of models."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from voicebot import ChatRequest, Message, ProviderError, TextDelta, ToolCall
from voicebot_emulator.chat import content_filter, request
from voicebot_emulator.chat.pieces import Piece, pieces_of
from voicebot_emulator.chat.request import ChatCall
from voicebot_emulator.chat.stream import CompletionStream, completion
from voicebot_emulator.http.refusals import Refusal, refuse
from voicebot_emulator.http.visit import as_json

if TYPE_CHECKING:
    from aiohttp import web

    from voicebot_emulator.http.visit import Visit

logger = logging.getLogger(__name__)
_LONGEST_REPLY = 2**18
_numbers = itertools.count(1)


async def serve(visit: Visit) -> web.StreamResponse:
    """Answer a request for a completion."""
    text = (await visit.request.read()).decode(errors="replace")
    visit.note("in", "completion", body=text)
    try:
        call = _read(visit, text)
    except Refusal as refusal:
        return refuse(visit, refusal)
    filtered = fault.value if (fault := visit.fault("content-filter")) else ""
    if filtered == "prompt":
        return refuse(visit, content_filter.refused_prompt())
    try:
        pieces = _pieces(visit, call)
        async with aclosing(pieces):
            if call.stream:
                return await CompletionStream(visit, call).send(pieces, filtered)
            return await completion(visit, call, pieces, filtered)
    except Refusal as refusal:
        return refuse(visit, refusal)
    except ProviderError as error:  # nothing has been sent yet
        return refuse(visit, Refusal(500, f"No answer: {error}", code="InternalServerError"))


async def serve_models(visit: Visit) -> web.StreamResponse:
    """List the models; like the service, the emulator no longer has a list of deployments."""
    from aiohttp import web

    path = visit.request.path
    versioned = path.startswith(("/openai/v1/", "/v1/"))
    if path.endswith("/deployments") or not (versioned or visit.has_version):
        return refuse(visit, _no_resource())
    models = [
        {
            "id": model,
            "object": "model",
            "status": "succeeded",
            "lifecycle_status": "generally-available",
            "capabilities": {"chat_completion": _chats(model), "completion": False, "inference": True},
        }
        for model in dict.fromkeys(visit.emulation.account.deployments.values())
    ]
    visit.note("out", "models")
    return web.json_response({"object": "list", "data": models}, dumps=as_json)


def _read(visit: Visit, text: str) -> ChatCall:
    deployment = visit.request.match_info.get("deployment")
    if deployment is not None and not visit.has_version:
        raise _no_resource()
    if visit.fault("unknown-deployment"):
        raise request.not_found()
    return request.read(text, deployment, visit.models)


def _chats(model: str) -> bool:
    return not any(part in model for part in ("tts", "transcribe", "whisper"))


def _no_resource() -> Refusal:
    return Refusal(404, "Resource not found", code="404")


async def _pieces(visit: Visit, call: ChatCall) -> AsyncGenerator[Piece, None]:
    """Yield the answer in tokens, at the pace of the script, the real model, or published figures."""
    emulation = visit.emulation
    answer = emulation.script.answers(next(emulation.reply_numbers))
    if answer is not None:
        if answer.calls and not call.tools:
            message = "The script calls a tool, but the request offers none."
            raise Refusal(500, message, code="InternalServerError")
        await asyncio.sleep(answer.first_token + emulation.latency.draw("chat.first_token"))
        pause = 1 / answer.tokens_per_second if answer.tokens_per_second else 0.0
        calls = [ToolCall(_new_id(), called.name, _as_text(called.arguments)) for called in answer.calls]
        for number, piece in enumerate(pieces_of(answer.text, calls)):
            if number and (wait := pause + emulation.latency.draw("chat.token")):
                await asyncio.sleep(wait)
            yield piece
        return
    if emulation.providers.chat is None:
        raise Refusal(500, "The emulator has neither a script nor a chat model.", code="InternalServerError")
    messages = call.messages
    if emulation.providers.system and not any(message.role == "system" for message in messages):
        messages = (Message("system", emulation.providers.system), *messages)
    await asyncio.sleep(emulation.latency.draw("chat.first_token"))
    length = calls_so_far = 0
    async with aclosing(emulation.providers.chat.reply(ChatRequest(messages, tools=call.tools))) as events:
        async for event in events:
            pieces: Iterable[Piece] = ()
            if isinstance(event, TextDelta) and event.text:
                length += len(event.text)
                if length > _LONGEST_REPLY:
                    logger.warning("a reply was cut off after %d characters", _LONGEST_REPLY)
                    return
                pieces = (event.text,)
            elif isinstance(event, ToolCall):
                pieces = pieces_of("", [event], calls_so_far)
                calls_so_far += 1
            for piece in pieces:
                yield piece
                if wait := emulation.latency.draw("chat.token"):
                    await asyncio.sleep(wait)


def _new_id() -> str:
    return f"call_{next(_numbers):024d}"


def _as_text(arguments: dict[str, Any] | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
