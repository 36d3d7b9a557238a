"""What one JSON object of a chat server says: a chunk of a stream, or a whole answer instead of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from voicebot import Usage

_THOUGHTS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")


@dataclass(frozen=True, slots=True)
class Answer:
    """The text of one piece of an answer, and what else it tells.

    `finish` is why the answer ends with it, if it says so. `done` where it says that nothing more comes.
    """

    text: str = ""
    finish: str = ""
    thought: bool = False
    usage: Usage | None = None
    model: str = ""
    choice: dict[str, Any] = field(default_factory=dict)
    done: bool = False


DONE = Answer(done=True)


def read_answer(said: dict[str, Any]) -> Answer:
    """Return what an object says; most lack text or reason, and some have no choice at all."""
    choice = _choice(said)
    message = choice.get("delta") or choice.get("message")
    if not isinstance(message, dict):
        message = {"content": message or choice.get("text")}
    text, thought = _read_content(message.get("content"))
    model = said.get("model")
    return Answer(
        text or _read_content(message.get("refusal"))[0],
        _finish(choice.get("finish_reason")),
        thought or any(message.get(name) for name in _THOUGHTS),
        _usage(said.get("usage")),
        model if isinstance(model, str) else "",
        choice,
    )


def error_in(said: dict[str, Any], event: str = "") -> object:
    """Return what an object says about an error, None if it is none."""
    if error := said.get("error"):
        return error
    if isinstance(groq := said.get("x_groq"), dict) and (error := groq.get("error")):
        return error
    if event == "error" or said.get("object") == "error" or said.get("type") == "error":
        return said
    if event in ("", "message") and "choices" not in said:
        words = any(isinstance(said.get(name), str) for name in ("message", "detail"))
        if words and ("code" in said or isinstance(said.get("status"), int)):
            return said
    return None


def _choice(said: dict[str, Any]) -> dict[str, Any]:
    choices = said.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index") in (0, "0", None):
            return choice
    return {}


def _read_content(content: object) -> tuple[str, bool]:
    """Return the text of a message, and whether there are thoughts beside it."""
    match content:
        case str():
            return content, False
        case dict():
            if content.get("type") in ("thinking", "reasoning", "redacted_thinking"):
                return "", True
            return _read_content(content.get("text"))
        case list():
            parts = [_read_content(part) for part in content]
            return "".join(text for text, _ in parts), any(thought for _, thought in parts)
        case _:
            return "", False


def _finish(reason: object) -> str:
    if isinstance(reason, dict):  # as SGLang says that it gave up
        reason = reason.get("type")
    return reason.lower() if isinstance(reason, str) and reason.lower() not in ("null", "none") else ""


def _usage(usage: object) -> Usage | None:
    match usage:
        case {"prompt_tokens": int(asked), "completion_tokens": int(answered)}:
            return Usage(asked, answered)
        case _:
            return None
