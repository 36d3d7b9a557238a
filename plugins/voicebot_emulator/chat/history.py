"""The messages of a request, and the order that calls and their results must have."""

from __future__ import annotations

from typing import Any, cast

from voicebot import Message, ToolCall
from voicebot_emulator.chat.refusals import check_count, check_length, check_name, invalid, missing

_ROLES: dict[str, str] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "assistant": "assistant",
    "tool": "tool",
}
_IGNORED = "function"  # what came before tools
_MOST_CALLS = 128
_LONGEST_ID = 40


def read_messages(given: Any) -> tuple[Message, ...]:
    """Return the messages of a request.

    Raises:
        Refusal: one is invalid, or a call and its result do not belong together.
    """
    if given is None:
        raise missing("messages")
    if not isinstance(given, list):
        raise invalid("'messages' must be an array.", "invalid_type", "messages")
    if not given:
        raise invalid("[] is too short - 'messages'", "empty_array", "messages")
    messages = []
    open_calls = _OpenCalls()
    for index, item in enumerate(given):
        role = item.get("role") if isinstance(item, dict) else None
        where = f"messages[{index}]"
        if role not in (*_ROLES, _IGNORED):
            raise invalid(f"Invalid value: '{role}' in '{where}.role'.", "invalid_value", f"{where}.role")
        if role == "tool":
            open_calls.answer(item.get("tool_call_id"), index)
        else:
            open_calls.close(index)
        if role == _IGNORED:
            continue
        message = _message(item, index)
        if message.calls:
            open_calls = _OpenCalls(message.calls)
        messages.append(message)
    open_calls.close(len(given))
    return tuple(messages)


class _OpenCalls:
    """The calls of the latest message of the assistant, each of which must be answered at once."""

    def __init__(self, calls: tuple[ToolCall, ...] = ()) -> None:
        self._answers: dict[str, int | None] = {call.id: None for call in calls}
        self._is_open = bool(calls)

    def answer(self, call: Any, index: int) -> None:
        """Answer a call in a message, or refuse to."""
        where = f"messages.[{index}].tool_call_id"
        if not self._is_open:
            raise invalid(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message "
                "with 'tool_calls'.",
                param=f"messages.[{index}].role",
            )
        if not isinstance(call, str):
            raise invalid(
                "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
                param=where,
            )
        if call not in self._answers:
            raise invalid(
                f"Invalid parameter: 'tool_call_id' of '{call}' not found in 'tool_calls' of previous "
                "message.",
                param=where,
            )
        if (earlier := self._answers[call]) is not None:
            raise invalid(
                f"Invalid parameter: Duplicate value for 'tool_call_id' of '{call}', in messages[{earlier}] "
                f"and messages[{index}].",
                param=where,
            )
        self._answers[call] = index

    def close(self, index: int) -> None:
        """Accept no more answers, or refuse to because some are missing before message `index`."""
        unanswered = [call for call, answer in self._answers.items() if answer is None]
        if unanswered:
            raise invalid(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                "'tool_call_id'. The following tool_call_ids did not have response messages: "
                f"{', '.join(unanswered)}",
                param=f"messages.[{index}].role",
            )
        self._is_open = False


def _message(item: dict[str, Any], index: int) -> Message:
    role, content = _ROLES[item["role"]], item.get("content")
    where = f"messages[{index}]"
    calls = _calls(item.get("tool_calls"), where) if role == "assistant" else ()
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    if content is None and role == "assistant":
        if not calls and not item.get("function_call"):
            message = "Invalid value for 'content': expected a string, got null."
            raise invalid(message, param=f"messages.[{index}].content")
        content = ""
    if not isinstance(content, str):
        raise invalid(f"'{where}.content' must be text.", "invalid_type", f"{where}.content")
    answers = item["tool_call_id"] if role == "tool" else ""
    return Message(cast(Any, role), content, calls, answers)


def _calls(given: Any, where: str) -> tuple[ToolCall, ...]:
    if given is None:
        return ()
    where = f"{where}.tool_calls"
    if not isinstance(given, list):
        raise invalid(f"'{where}' must be an array.", "invalid_type", where)
    check_count(given, _MOST_CALLS, where)
    calls = tuple(_call(item, f"{where}[{index}]") for index, item in enumerate(given))
    ids = [call.id for call in calls]
    if twice := next((call for call in ids if ids.count(call) > 1), None):
        raise invalid(f"Invalid parameter: Duplicate value for 'id' of '{twice}', in {where}.", param=where)
    return calls


def _call(item: Any, where: str) -> ToolCall:
    item = item if isinstance(item, dict) else {}
    for name in ("id", "type", "function"):
        if name not in item:
            raise missing(f"{where}.{name}")
    if item["type"] != "function":
        raise invalid(f"Invalid value: '{item['type']}'.", "invalid_value", f"{where}.type")
    if not isinstance(item["id"], str):
        raise invalid(f"'{where}.id' must be text.", "invalid_type", f"{where}.id")
    check_length(item["id"], _LONGEST_ID, f"{where}.id")
    function = item["function"] if isinstance(item["function"], dict) else {}
    name = check_name(function.get("name"), f"{where}.function.name")
    if not isinstance(arguments := function.get("arguments"), str):
        raise missing(f"{where}.function.arguments")
    return ToolCall(item["id"], name, arguments)
