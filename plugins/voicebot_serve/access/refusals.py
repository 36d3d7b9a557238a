"""Why clients are not let in, and what they are told."""

from __future__ import annotations

from voicebot_serve.transport import Reason, Refusal

REFUSALS: dict[Reason, tuple[int, int, str]] = {
    "access": (401, 4401, "there is no key or token, or it is wrong, used or too old"),
    "unsigned": (403, 4403, "a telephone carrier seems to call, and did not sign the request"),
    "origin": (403, 4403, "the page is not one that may connect"),
    "bot": (404, 4404, "there is no bot of that name"),
    "rate": (
        429,
        4429,
        "too many wrong keys, or requests for tokens without a key, from an address; a right key is let in",
    ),
    "limit": (429, 4429, "as many conversations as a key or an address may have"),
    "full": (503, 4503, "as many conversations as the server may have"),
    "busy": (503, 4503, "the event loop is late again and again"),
    "gone": (410, 4410, "the session that the client comes back to is over, or its token was used before"),
    "store": (503, 4503, "the store of sessions and tokens is not reached"),
    "draining": (503, 4503, "the server is about to stop"),
}
"""HTTP status, close code, and when, by the reason."""


def refusal(reason: Reason, message: str, retry_after: int | None = None) -> Refusal:
    """Return a refusal with the codes of its reason."""
    status, close_code, _ = REFUSALS[reason]
    return Refusal(reason, message, status, close_code, retry_after)
