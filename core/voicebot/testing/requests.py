"""Whether a request is one that every server for chat models accepts."""

from __future__ import annotations

import json
import re

from voicebot.messages import ChatRequest, Message

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def invalid(request: ChatRequest) -> list[str]:
    """Return what strict servers and chat templates would refuse a request for; empty if nothing.

    User and assistant alternate, after at most one system message, the user first; each call is answered once
    and in order, directly after the assistant's message that has it; what the chat model goes on from is the
    user's words or the results of its calls.
    """
    messages = (
        request.messages[1:]
        if request.messages[:1] and request.messages[0].role == "system"
        else request.messages
    )
    found: list[str] = []
    expected, ids = "user", set[str]()
    at = 0
    while at < len(messages):
        message = messages[at]
        at += 1
        if message.role != expected:
            found.append(f"message {at} is of the {message.role}, not of the {expected}")
        if not message.content and not message.calls:
            found.append(f"message {at} is empty")
        if message.calls and message.role != "assistant":
            found.append(f"message {at}, of the {message.role}, has calls")
        results = messages[at : at + len(message.calls)]
        at += len(results)
        found += _calls(message, results, ids)
        expected = "user" if message.role == "assistant" and not message.calls else "assistant"
    if not messages or messages[-1].role not in {"user", "tool"}:
        found.append("the last message is neither the user's nor a result")
    return found


def _calls(message: Message, results: tuple[Message, ...], ids: set[str]) -> list[str]:
    found = []
    if [call.id for call in message.calls] != [each.answers for each in results if each.role == "tool"]:
        found.append(f"the calls {[call.id for call in message.calls]} are not answered in order")
    for call in message.calls:
        if not call.id or call.id in ids:
            found.append(f"the id {call.id!r} is empty, or not unique")
        ids.add(call.id)
        if not _NAME.fullmatch(call.name):
            found.append(f"{call.name!r} is not the name of a tool")
        try:
            if not isinstance(json.loads(call.arguments), dict):
                raise ValueError
        except ValueError:
            found.append(f"the arguments {call.arguments!r} are not a JSON object")
    found += ["a result is empty" for each in results if not each.content]
    return found
