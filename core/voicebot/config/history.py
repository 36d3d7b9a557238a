"""How much of the conversation the chat model sees."""

from __future__ import annotations

from pydantic import model_validator

from voicebot.options import Field, Options


class CompactOptions(Options):
    """When older turns become a summary."""

    over: int = Field(16_000, ge=1000)
    """Characters of earlier messages beyond which the older ones are summarised."""
    keep: int = Field(6, ge=1, le=1000)
    """How many of the user's latest turns, with the answers to them, are kept word for word."""


class HistoryOptions(Options):
    """How much of the conversation the chat model sees."""

    budget: int = Field(24_000, ge=0)
    """Characters of earlier messages sent with each request; the system message is always sent."""
    compact: CompactOptions | None = None
    """If set, such as to `{over: 16000, keep: 6}`, the chat model summarises older turns in the background
    once the conversation has grown beyond a size. Later requests have the summary in their place. Each
    summary costs a request. Has no effect for a chat model with side effects (`ChatModel.acts`)."""

    @model_validator(mode="after")
    def _compact_before_the_budget_is_used_up(self) -> HistoryOptions:
        if self.compact is not None and self.compact.over >= self.budget:
            raise ValueError(
                f"compact.over ({self.compact.over}) must be less than budget ({self.budget}), or turns are "
                "left out before they are summarised"
            )
        return self
