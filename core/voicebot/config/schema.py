"""What a config can say beside the providers' own options."""

from __future__ import annotations

from typing import Literal

from voicebot.options import Field, Options


class TurnOptions(Options):
    """When the bot takes its turn and when it gives it up."""

    patience: float = Field(0.8, ge=0, le=30)
    """Seconds of silence after which the user has finished speaking."""
    final_timeout: float = Field(2.0, ge=0, le=60)
    """Seconds to wait for the recogniser's final transcript before the partial one is answered."""
    interruptible: bool = True
    """Whether the user may interrupt the bot by speaking."""


class ReplyOptions(Options):
    """How a reply is spoken, and how long its providers may take."""

    first_unit: Literal["short", "sentence"] = "short"
    """`short` speaks the first few words as soon as they are there; `sentence` waits for a sentence."""
    chat_timeout: float = Field(15.0, gt=0, le=600)
    """Seconds that the chat model may take for its next piece of text before it counts as failed."""
    speech_timeout: float = Field(10.0, gt=0, le=600)
    """Seconds that the synthesizer may take for its next piece of sound before it counts as failed."""


class HistoryOptions(Options):
    """How much of the conversation the chat model is reminded of."""

    budget: int = Field(24_000, ge=0)
    """Characters of earlier messages sent with each request; the system message is always sent."""


class Settings(Options):
    """Everything in a config except which providers it selects."""

    name: str = "Bot"
    """What the bot is called on the screen."""
    setup: str = ""
    """What to tell whoever has not set all variables of the config, after the list of those that lack."""
    system: str = ""
    """The bot's persona: the system message of its chat model."""
    greeting: str = ""
    """What the bot says first; nothing when empty."""
    on_error: str = "Sorry, something went wrong. Please say that again."
    """What the bot says, in its persona's words, when a provider fails."""
    language: str = "en-US"
    """Language of the conversation, as a BCP 47 tag."""
    phrases: tuple[str, ...] = ()
    """Phrases the recogniser should expect, beside those that the chat model knows."""
    start_timeout: float = Field(30.0, gt=0, le=600)
    """Seconds that each provider may take to start."""
    listening_tone: bool = False
    """Whether a short tone is played when the bot starts to listen."""
    turns: TurnOptions = TurnOptions()
    reply: ReplyOptions = ReplyOptions()
    history: HistoryOptions = HistoryOptions()
