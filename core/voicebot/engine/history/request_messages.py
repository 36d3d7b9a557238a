"""Messages in the form that all chat templates accept: questions and answers in turn, within a budget."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot.messages import Message

_IN_A_NOTE = str.maketrans('[]"', "()'")
"""Keeps the bot's words from looking like the end of a note."""
SILENCE = Message("user", "...")
"""The user's message before the bot spoke first; some servers refuse an empty one."""
_NO_ANSWER = Message("assistant", "...")
"""The bot's message where the user spoke before it had said what tools gave; some servers want one."""


def noted(parts: Sequence[Message], heard: Sequence[Message]) -> Message:
    """Return a turn of the user in one message; between its parts, a note says what was heard of the bot."""
    lines = [parts[0].content]
    for message, part in zip(heard, parts[1:], strict=True):
        spoken = " ".join(message.content.split()).translate(_IN_A_NOTE)
        lines += [f'[Here you began to answer, perhaps too early. The user heard: "{spoken}"]', part.content]
    return Message("user", "\n".join(lines))


def size_of(message: Message) -> int:
    return len(message.content) + sum(len(call.arguments) for call in message.calls)


def start_within(said: Sequence[Message], budget: int) -> int:
    """Return the index of the earliest message that fits the budget together with the last one.

    A question and what was said after it are kept or left out together.
    """
    start = at = max((index for index, each in enumerate(said) if each.role == "user"), default=0)
    while at > 0 and budget >= 0:
        at -= 1
        budget -= size_of(said[at])
        if budget >= 0 and (at == 0 or said[at].role == "user"):
            start = at
    return start


def alternating(said: Sequence[Message]) -> list[Message]:
    """Join consecutive messages of one side, and let the user begin.

    Calls are never joined with what follows, which is their results; the bot answers after those.
    """
    messages = [SILENCE] if said and said[0].role == "assistant" else []
    for message in said:
        before = messages[-1] if messages else SILENCE
        if before.role == "tool" and message.role == "user":
            messages.append(_NO_ANSWER)
        if messages and message.role in {"user", "assistant"} and before.role == message.role:
            text = "\n".join(filter(None, (before.content, message.content)))
            messages[-1] = Message(message.role, text, message.calls)
        else:
            messages.append(message)
    return messages
