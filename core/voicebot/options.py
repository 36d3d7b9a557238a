"""Options: what a provider can be configured with, checked before anything starts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = ["Field", "Options", "SecretStr", "VoiceActivityOptions"]


class Options(BaseModel):
    """Base of every provider's options; each field's docstring is its documentation.

    Frozen; unknown names are refused. Secrets are `SecretStr`, so that they show nowhere.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )


class VoiceActivityOptions(Options):
    """Options that every voice activity detector has; the engine applies them to its probabilities."""

    start: float = Field(0.5, ge=0, le=1)
    """Speech starts when the probability of speech reaches this."""
    stop: float = Field(0.35, ge=0, le=1)
    """Speech may have stopped when the probability of speech stays below this."""
    hang_over: float = Field(0.25, ge=0, le=5)
    """Seconds below `stop` until speech counts as stopped; bridges the gaps between words."""
    pre_roll: float = Field(0.5, ge=0, le=5)
    """Seconds of sound from before speech was noticed that the recogniser gets too."""
