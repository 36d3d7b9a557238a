"""When a reply is over, which servers tell in many ways, some not at all, and some again and again."""

from __future__ import annotations

import re
from typing import Literal

from voicebot_openai.response.chunks import Answer

Reason = Literal["stop", "length", "filtered"]
_BROKEN = frozenset({"error", "abort", "network_error", "insufficient_system_resource"})
_REASONS: dict[str, Reason] = {
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "max_output_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filter": "filtered",
    "safety": "filtered",
    "recitation": "filtered",
    "prohibited_content": "filtered",
    "blocklist": "filtered",
    "spii": "filtered",
    "sensitive": "filtered",
}
_AFTERWORD = 1.0
"""Seconds that a server has for its price and its verdict after the last word."""
_DOUBTFUL = 5.0
"""Seconds until an end counts that came with text: some servers say so of every piece."""
_AFTER_DONE = 0.1
"""Seconds for what comes when all is said, so that the connection can be used again."""
_TAIL = 20
_WHOLE = re.compile(
    r"(?:[.!?…。！？｡।॥؟۔։።፧᠃᠉၊။។៕།༎‼⁇⁈⁉．]|(?<=[\u0370-\u03ff\u1f00-\u1fff])[;\u037e])"
    r"(?:['\"”’»›)\]」』）】*_~`\s\u200d\ufe0f]|[\u2190-\u2bff\U0001f000-\U0001faff])*$"
)
"""A mark that ends a sentence in some script, and what may close after it, emoji among it."""


class Ending:
    """Follows one reply and knows whether it is over."""

    def __init__(self) -> None:
        self.finish = ""
        """Why it ended, in the server's words."""
        self.patience: float | None = None
        """Seconds to wait for more; None while it has not ended."""
        self._done = False
        self._tail = ""

    def read(self, answer: Answer, spoken: str) -> None:
        """Take note of the next piece, and of what is spoken of it."""
        self._tail = (self._tail + spoken)[-_TAIL:]
        self.finish = answer.finish or self.finish
        self._done = self._done or answer.done
        if self._done:
            self.patience = _AFTER_DONE
        elif self.finish and answer.text:
            self.patience = _DOUBTFUL
        elif answer.finish:
            self.patience = _AFTERWORD

    @property
    def told(self) -> bool:
        """Whether the server has said that the reply is over."""
        return self._done or self.finish != ""

    @property
    def sure(self) -> bool:
        """Whether it has said so as no server says it in the middle."""
        return self.told and self.patience != _DOUBTFUL

    @property
    def broken(self) -> bool:
        """Whether the reply broke off, once nothing more comes."""
        whole = _WHOLE.search(self._tail) is not None  # as what is spoken ends with a sentence
        return self.finish in _BROKEN or not (self.told or whole)

    @property
    def reason(self) -> Reason:
        """Why the reply ended, in the words of `ReplyEnded`."""
        return _REASONS.get(self.finish, "stop")
