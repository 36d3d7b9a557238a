"""A chat model's content filter retracts the end of a reply (`ReplyEnded.withdrawn`).

The filter may check text after it was sent on. Text that it then retracts is not spoken, or no further, and
is not kept in history, even if it was heard. Each unit records from which character it is retracted.
"""

from __future__ import annotations

from voicebot.engine.failures import Failure
from voicebot.engine.speaking.reply_audio import ReplyAudio
from voicebot.engine.speaking.units.reply_text import ReplyText
from voicebot.errors import ProviderError


def retract(text: ReplyText, audio: ReplyAudio, characters: int) -> Failure | None:
    """Retract the last `characters` of a reply.

    Returns:
        The failure to report, after which the safe line is said; None if the user has heard none of what was
        retracted and there is something left to say.
    """
    is_any_left = text.retract(characters)
    audio.stop_retracted()
    if audio.is_retracted:
        return _failure("withdrew part of the reply")
    return None if is_any_left else held_back()


def held_back() -> Failure:
    """Return the failure for a reply that a content filter has blocked completely."""
    return _failure("blocked the reply")


def _failure(what: str) -> Failure:
    return Failure("chat", ProviderError(f"the chat model's content filter {what}; rephrase the question"))
