"""Reading one JSON object of a chat server: a chunk of a stream, or a complete answer in place of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from voicebot import Usage
from voicebot_openai.response.calls import CallDelta, read_call_deltas

_REASONING_FIELDS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")


@dataclass(frozen=True, slots=True)
class CompletionChunk:
    """The text of one chunk, the pieces of tool calls, and what else it contains.

    `finish_reason` is set if the reply ends with this chunk, `done` if the stream does.
    """

    text: str = ""
    finish_reason: str = ""
    has_reasoning: bool = False
    usage: Usage | None = None
    model: str = ""
    choice: dict[str, Any] = field(default_factory=dict)
    done: bool = False
    calls: tuple[CallDelta, ...] = ()


DONE = CompletionChunk(done=True)


def read_chunk(data: dict[str, Any]) -> CompletionChunk:
    """Convert a JSON object; most have no text or no finish reason, and some have no choice at all."""
    choice = _first_choice(data)
    message = choice.get("delta") or choice.get("message")
    if not isinstance(message, dict):
        message = {"content": message or choice.get("text")}
    text, has_reasoning = _read_content(message.get("content"))
    model = named if isinstance(named := data.get("model"), str) else ""
    return CompletionChunk(
        text or _read_content(message.get("refusal"))[0],
        _read_finish_reason(choice.get("finish_reason")),
        has_reasoning or any(message.get(name) for name in _REASONING_FIELDS),
        _read_usage(data.get("usage"), model),
        model,
        choice,
        calls=read_call_deltas(message.get("tool_calls")),
    )


def find_error(data: dict[str, Any], event: str = "") -> object:
    """Return the error in a JSON object, None if there is none.

    Args:
        event: the name of the server-sent event that contained it.
    """
    if error := data.get("error"):
        return error
    if isinstance(groq := data.get("x_groq"), dict) and (error := groq.get("error")):
        return error
    if event == "error" or data.get("object") == "error" or data.get("type") == "error":
        return data
    if event in ("", "message") and "choices" not in data:
        has_message = any(isinstance(data.get(name), str) for name in ("message", "detail"))
        if has_message and ("code" in data or isinstance(data.get("status"), int)):
            return data
    return None


def _first_choice(data: dict[str, Any]) -> dict[str, Any]:
    choices = data.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index") in (0, "0", None):
            return choice
    return {}


def _read_content(content: object) -> tuple[str, bool]:
    """Return the text of a message, and whether it also contains reasoning."""
    match content:
        case str():
            return content, False
        case dict():
            if content.get("type") in ("thinking", "reasoning", "redacted_thinking"):
                return "", True
            return _read_content(content.get("text"))
        case list():
            parts = [_read_content(part) for part in content]
            return "".join(text for text, _ in parts), any(reasoning for _, reasoning in parts)
        case _:
            return "", False


def _read_finish_reason(reason: object) -> str:
    if isinstance(reason, dict):  # SGLang reports an aborted request this way
        reason = reason.get("type")
    return reason.lower() if isinstance(reason, str) and reason.lower() not in ("null", "none") else ""


def _read_usage(usage: object, model: str) -> Usage | None:
    match usage:
        case {"prompt_tokens": int(prompt), "completion_tokens": int(completion), **more}:
            return Usage(prompt, completion, _read_cached(more.get("prompt_tokens_details"), prompt), model)
        case _:
            return None


def _read_cached(details: object, prompt: int) -> int:
    """Return how many of the tokens of the prompt were cached; none if the server does not say."""
    match details:
        case {"cached_tokens": int(cached)} if 0 <= cached <= prompt:
            return cached
        case _:
            return 0
