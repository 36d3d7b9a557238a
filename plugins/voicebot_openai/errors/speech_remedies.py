"""What to do about failures of speech, where that differs from a chat model's."""

from __future__ import annotations

from voicebot_openai.errors.causes import Cause
from voicebot_openai.errors.remedies import REMEDIES, SOON, Remedy

_ROLE = "give the signed-in identity the role Cognitive Services OpenAI User on the resource"

SPEECH_REMEDIES: dict[Cause, Remedy] = REMEDIES | {
    Cause.SILENT: Remedy(
        "sent nothing for {o.timeout:g} s; raise `timeout` if the model needs longer", retryable=True
    ),
    Cause.CONNECTION_LOST: Remedy(
        "closed the connection; try again, and check the network if it happens often",
        retryable=True,
        retry_after=0.0,
    ),
    Cause.LOADING: Remedy("is still loading its model; try again{said}", retryable=True, retry_after=SOON),
    Cause.NO_PERMISSION: Remedy(f"does not allow this identity to use it; {_ROLE}"),
    Cause.NO_VOICE: Remedy(
        "does not accept the voice `{o.voice}`; choose one that `voicebot voices` lists{said}"
    ),
    Cause.NO_SYSTEM_ROLE: Remedy("rejected the request with status {status}; check the options{said}"),
    Cause.NO_API: Remedy(
        "has no such API; `base_url` usually ends in /v1, and not every server can do this{said}",
        "has no such API at this address; check `endpoint`, `api_version` and the deployed model{said}",
    ),
    Cause.TOO_LONG: Remedy("cannot take so much at once{said}"),
    Cause.FILTERED: Remedy(
        "blocked this with its content filter{said}",
        "blocked this with its content filter{findings}",
    ),
    Cause.BROKEN_OFF: Remedy("broke off its answer{said}", retryable=True, retry_after=SOON),
    Cause.NOT_JSON: Remedy(
        "sent something that cannot be read; check that `base_url` is right",
        "sent something that cannot be read; check `endpoint`",
    ),
}
