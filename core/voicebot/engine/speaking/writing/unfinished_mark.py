"""The mark with which a chat model says that the user has not finished, and the sentence that asks for it.

It is a word in brackets, since models begin replies with dots and dashes for other reasons. It is asked for
only while a reply is prepared, and neither plugins, nor the voice, nor the screen get to see it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from voicebot.messages import ChatRequest, Message

_MARK = "[unfinished]"
_SENTENCE = (
    "If the user's last words are clearly unfinished, so that the user is about to go on, answer with "
    f"{_MARK} and nothing else."
)
_IGNORED = re.compile(r"[\s*_`\"']+")
"""Blanks, and what models put around a mark."""


class UnfinishedMark:
    """Looks for the mark at the beginning of a reply, in whatever pieces that comes."""

    def __init__(self) -> None:
        self.is_found = False
        self._beginning: str | None = ""
        """What may become the mark; None once it is known not to."""

    def feed(self, text: str) -> str:
        """Return the text that is certainly not of the mark; nothing from the mark on."""
        if self.is_found:
            return ""
        if self._beginning is None:
            return text
        self._beginning += text
        letters = _IGNORED.sub("", self._beginning).casefold()
        self.is_found = letters.startswith(_MARK)
        return "" if self.is_found or _MARK.startswith(letters) else self.finish()

    def finish(self) -> str:
        """Return what was held back of a reply without the mark, which is over."""
        text, self._beginning = self._beginning or "", None
        return "" if self.is_found else text


def asking_for_mark(request: ChatRequest) -> ChatRequest:
    """Return a request that asks for the mark at the end of its system message."""
    first, *others = request.messages
    if first.role == "system":
        messages = (Message("system", f"{first.content}\n\n{_SENTENCE}"), *others)
    else:
        messages = (Message("system", _SENTENCE), *request.messages)
    return replace(request, messages=messages)
