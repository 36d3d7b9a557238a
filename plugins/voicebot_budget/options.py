"""What the section `budget` may contain."""

from __future__ import annotations

from pydantic import model_validator

from voicebot import Field, Options

LIMITS = ("money", "minutes", "tokens", "characters")


class BudgetOptions(Options):
    """What one conversation may use. Warns once, and at a limit ends the conversation when nobody speaks."""

    money: float | None = Field(None, gt=0)
    """What it may cost, in the currency of `prices` (US dollars without such a file). What has no known price
    counts as nothing, which is said once."""
    minutes: float | None = Field(None, gt=0)
    """How long it may last."""
    tokens: int | None = Field(None, gt=0)
    """Tokens that chat models may read and write together."""
    characters: int | None = Field(None, gt=0)
    """Characters that may be spoken."""
    warn_at: float = Field(0.8, gt=0, le=1)
    """The part of a limit at which a notice tells everybody who watches, as 0.8 for four fifths."""
    line: str = "I have to stop here. Goodbye."
    """What the bot says at the end; if empty, nothing."""

    @model_validator(mode="after")
    def _limits_something(self) -> BudgetOptions:
        if all(getattr(self, name) is None for name in LIMITS):
            raise ValueError(f"needs a limit: one of {', '.join(LIMITS)}")
        return self
