"""Why a client's event is refused, in the words of OpenAI's API."""

from __future__ import annotations

from voicebot_serve.realtime.event import Event


class InvalidEvent(Exception):
    """An event of the client that is answered with an `error`; the session goes on.

    Args:
        code: OpenAI's code for this kind of error.
        message: what is wrong with it.
        param: the field that is wrong, such as `session.audio.input.format`.
        is_junk: whether it means nothing at all, so that its sender is given up after a few more.
    """

    def __init__(self, code: str, message: str, param: str | None = None, *, is_junk: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.param = param
        self.is_junk = is_junk
        self.event_id: str | None = None
        """What the client called the event."""

    def error(self) -> Event:
        """Return the contents of the `error` event."""
        return {
            "type": "invalid_request_error",
            "code": self.code,
            "message": self.message,
            "param": self.param,
            "event_id": self.event_id,
        }


def invalid(message: str, param: str | None = None, code: str = "invalid_value") -> InvalidEvent:
    """Return the refusal of a value."""
    return InvalidEvent(code, message, param)
