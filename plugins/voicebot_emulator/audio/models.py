"""The models of OpenAI's audio API, and how requests name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from voicebot_emulator.http.refusals import Refusal

if TYPE_CHECKING:
    from voicebot_emulator.http.visit import Visit

_NAMES = """
afrikaans af arabic ar armenian hy azerbaijani az belarusian be bosnian bs bulgarian bg catalan ca
chinese zh croatian hr czech cs danish da dutch nl english en estonian et finnish fi french fr
galician gl german de greek el hebrew he hindi hi hungarian hu icelandic is indonesian id italian it
japanese ja kannada kn kazakh kk korean ko latvian lv lithuanian lt macedonian mk malay ms marathi
mr maori mi nepali ne norwegian no persian fa polish pl portuguese pt romanian ro russian ru serbian
sr slovak sk slovenian sl spanish es swahili sw swedish sv tagalog tl tamil ta thai th turkish tr
ukrainian uk urdu ur vietnamese vi welsh cy
""".split()
LANGUAGES = dict(zip(_NAMES[1::2], _NAMES[::2], strict=True))
"""The languages that OpenAI supports (developers.openai.com: Speech to text), by their ISO 639-1 codes."""
_NOT_IN_KEYWORDS = frozenset("<>\r\n")


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


def check_context(model: str, given: Mapping[str, object], where: str = "") -> None:
    """Check which fields with context a model takes, and its keywords.

    Args:
        where: what comes before the names of the fields.

    Raises:
        Refusal: the service would refuse one of them.
    """
    lists = takes_keywords(model)
    for name in ("language",) if lists else ("keywords", "languages"):
        if name in given:
            hint = " Use 'languages' instead." if lists else ""
            message = f"'{name}' is not supported by {model}.{hint}"
            raise invalid(message, "unsupported_parameter", f"{where}{name}")
    keywords = given.get("keywords")
    for keyword in keywords if isinstance(keywords, list) else ():
        if _NOT_IN_KEYWORDS.intersection(str(keyword)):
            message = "Keywords must not contain '<', '>' or line breaks."
            raise invalid(message, "invalid_value", f"{where}keywords")


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
