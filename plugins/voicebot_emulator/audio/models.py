"""The models of OpenAI's audio API, and how requests name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicebot_emulator.http.refusals import Refusal

if TYPE_CHECKING:
    from voicebot_emulator.http.visit import Visit

LANGUAGES = frozenset(
    "af ar az be bg bs ca cs cy da de el en es et fa fi fr gl he hi hr hu hy id is it iw ja kk kn ko lt lv "
    "mi mk mr ms ne nl no pl pt ro ru sk sl sr sv sw ta th tl tr uk ur vi zh".split()
)
"""The languages that OpenAI supports, as ISO 639-1 codes (platform.openai.com: Speech to text)."""


def speaks(model: str) -> bool:
    """Return whether a model is for text to speech."""
    return "tts" in model


def is_live(model: str) -> bool:
    """Return whether a model transcribes while sound comes in, and only in real time."""
    return model.startswith(("gpt-live-transcribe", "gpt-realtime-whisper"))


def transcribes(model: str) -> bool:
    """Return whether a model transcribes."""
    return "transcribe" in model or "whisper" in model


def takes_keywords(model: str) -> bool:
    """Return whether a model takes lists of keywords and languages."""
    return model.startswith(("gpt-transcribe", "gpt-live-transcribe"))


def find(visit: Visit, named: object) -> str:
    """Return the model that a request is for.

    Args:
        named: what the body names; the address may name a deployment instead.

    Raises:
        Refusal: there is no such model, or the request names none.
    """
    deployment = visit.request.match_info.get("deployment")
    if deployment is not None and not visit.has_version:
        raise Refusal(404, "Resource not found", code="404")
    name = deployment or named
    if not isinstance(name, str) or not name:
        raise invalid("you must provide a model parameter", param="model")
    model = visit.models.get(name)
    if model is not None and not visit.fault("unknown-deployment"):
        return model
    if visit.is_azure:
        raise Refusal(
            404,
            "The API deployment for this resource does not exist. If it was created within the last 5 "
            "minutes, wait a moment and try again.",
            code="DeploymentNotFound",
        )
    raise Refusal(
        404,
        f"The model `{name}` does not exist or you do not have access to it.",
        code="model_not_found",
        type="invalid_request_error",
        param=None,
    )


def invalid(message: str, code: str | None = None, param: str | None = None) -> Refusal:
    """Return the refusal of a request that is not valid."""
    return Refusal(400, message, code=code, type="invalid_request_error", param=param)
