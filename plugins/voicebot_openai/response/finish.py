"""When a reply is finished: servers report it in many ways, some never, and some with every chunk."""

from __future__ import annotations

import re
from typing import Literal

from voicebot_openai.response.chunks import CompletionChunk

Reason = Literal["stop", "length", "filtered"]
_FAILED = frozenset({"error", "abort", "network_error", "insufficient_system_resource"})
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
_AFTER_FINISH = 1.0
"""Seconds to wait for token usage and filter results after the end of the text."""
_AFTER_DOUBTFUL_FINISH = 5.0
"""Seconds until a finish reason that came with text or a call counts: some servers send it with every
chunk."""
_AFTER_DONE = 0.1
"""Seconds to wait for the response to end after [DONE], so that the connection can be reused."""
_TAIL_LENGTH = 20
_SENTENCE_END = re.compile(
    r"(?:[.!?…。！？｡।॥؟۔։።፧᠃᠉၊။។៕།༎‼⁇⁈⁉．]|(?<=[\u0370-\u03ff\u1f00-\u1fff])[;\u037e])"
    r"(?:['\"”’»›)\]」』）】*_~`\s\u200d\ufe0f]|[\u2190-\u2bff\U0001f000-\U0001faff])*$"
)
"""A full stop or the like in any script, and whatever may follow it: quotes, brackets, emoji."""


class FinishTracker:
    """Follows one reply and knows whether it is finished."""

    def __init__(self) -> None:
        self.finish_reason = ""
        """Why the reply ended, as the server put it."""
        self.timeout: float | None = None
        """Seconds to wait for another chunk; None while the reply is not finished."""
        self._done = False
        self._tail = ""
        self._calls_are_whole: bool | None = None

    def read(self, chunk: CompletionChunk, spoken: str, *, calls_are_whole: bool | None = None) -> None:
        """Read the next chunk.

        Args:
            spoken: the part of its text that is spoken.
            calls_are_whole: whether the arguments of all tool calls are complete; None if there are no calls.
        """
        self._calls_are_whole = calls_are_whole
        self._tail = (self._tail + spoken)[-_TAIL_LENGTH:]
        self.finish_reason = chunk.finish_reason or self.finish_reason
        self._done = self._done or chunk.done
        if self._done:
            self.timeout = _AFTER_DONE
        elif self.finish_reason and (chunk.text or chunk.calls):
            self.timeout = _AFTER_DOUBTFUL_FINISH
        elif chunk.finish_reason:
            self.timeout = _AFTER_FINISH

    @property
    def reported(self) -> bool:
        """Whether the server has reported that the reply is finished."""
        return self._done or self.finish_reason != ""

    @property
    def certain(self) -> bool:
        """Whether it has done so in a way that no server does in the middle of a reply."""
        return self.reported and self.timeout != _AFTER_DOUBTFUL_FINISH

    @property
    def incomplete(self) -> bool:
        """Whether the reply broke off, given that no more chunks will come."""
        ends = self._calls_are_whole
        if ends is None:
            ends = _SENTENCE_END.search(self._tail) is not None
        return self.finish_reason in _FAILED or not (self.reported or ends)

    @property
    def reported_calls(self) -> bool:
        """Whether the server has reported that the reply ends with tool calls."""
        return self.finish_reason in ("tool_calls", "function_call")

    @property
    def reason(self) -> Reason:
        """Why the reply ended, as a reason of `ReplyEnded`."""
        return _REASONS.get(self.finish_reason, "stop")
