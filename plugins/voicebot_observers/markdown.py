"""Transcripts for people, in Markdown."""

from __future__ import annotations

import re

from voicebot import ConversationInfo, TurnTimed
from voicebot_observers.dialogue import Entry

_ENDS = {
    "input": "The conversation ended.",
    "phrase": "The user said goodbye.",
    "silence": "The user was silent for a long time, and the bot ended the conversation.",
    "tool": "The bot ended the conversation.",
}
_MOMENT = 0.05
"""Seconds below which it does not matter how long a tool ran."""
_LONGEST_RESULT = 500
"""Characters of a tool's result."""
_MARKUP = re.compile(r"([\\`*_~&\[\]<>])")


def heading(conversation: ConversationInfo) -> str:
    """Return the heading of a conversation."""
    return f"## {_plain(conversation.name)}, {conversation.started:%Y-%m-%d %H:%M:%S} UTC\n\n"


def paragraph(entry: Entry, conversation: ConversationInfo) -> str:
    """Return an entry as a paragraph."""
    text, at = _plain(entry.text), _clock(entry.at)
    match entry.kind:
        case "user":
            line = f"**User** ({at}): {text}"
        case "bot":
            line = f"**{_plain(conversation.name)}** ({at}): {text}"
            line += " *(interrupted)*" if entry.interrupted else ""
        case "correction":
            line = f"*{at}: correction of the user's last words:* {text}"
        case "heard":
            line = f"*{at}: of that, the user heard:* {text or '*nothing*'}"
        case "tool":
            line = f"*{at}: {_called(entry)}"
        case "summary":
            line = f"*{at}: summary of older turns, for the chat model:* {text}"
        case "failure":
            line = f"*{at}: failed:* {text}"
        case "notice" | "device":
            line = f"*{at}: {text}*"
        case "timing":
            line = f"*{_timing(entry.timing)}*" if entry.timing is not None else ""
        case "end":
            line = f"*{at}: {_ENDS.get(entry.text) or f'The conversation broke off: {text}'}*"
    return f"{line}\n\n"


def _called(entry: Entry) -> str:
    """Return what was called, with what, and what came of it."""
    call = entry.call
    assert call is not None
    took = f", {call.seconds:.1f} s" if call.seconds >= _MOMENT else ""
    result = entry.text
    if len(result) > _LONGEST_RESULT:
        result = f"{result[:_LONGEST_RESULT]}…"
    what = f"{_plain(call.name)}({_plain(call.arguments)}), {call.outcome}{took}"
    return f"{what}:* {_plain(result)}" if result else f"{what}*"


def _clock(at: float) -> str:
    minutes, seconds = divmod(int(max(0.0, at)), 60)
    return f"{minutes}:{seconds:02}"


def _timing(timing: TurnTimed) -> str:
    """Return how long the user waited and what the answer cost, as far as known."""
    parts = []
    if timing.first_sound is not None and timing.speech_stopped is not None:
        parts.append(f"answered after {timing.first_sound - timing.speech_stopped:.2f} s")
    if timing.input_tokens is not None and timing.output_tokens is not None:
        parts.append(f"{timing.input_tokens} + {timing.output_tokens} tokens")
    if timing.tool_calls:
        parts.append(f"waited {timing.tool_seconds:.1f} s for tools ({timing.tool_calls})")
    if timing.withdrawn:
        parts.append(f"{timing.withdrawn} prepared and discarded")
    return ", ".join([f"turn {timing.turn}" if timing.turn else "unasked", *parts])


def _plain(text: str) -> str:
    """Return a text in one line, with Markdown escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
