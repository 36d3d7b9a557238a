"""Histories of every sort that a chat model may be given."""

from __future__ import annotations

from voicebot.messages import Message
from voicebot.testing.contract.samples import texts

SYSTEM = Message("system", "You are a parrot. You repeat what you are told.")


def odd() -> dict[str, tuple[Message, ...]]:
    """Return histories that are empty, foreign, one-sided or huge, by what is odd about them."""
    user = {name: (SYSTEM, Message("user", text)) for name, (text, _) in texts.FOREIGN.items()}
    return {
        **user,
        "an empty message": (SYSTEM, Message("user", "")),
        "a blank message": (Message("user", " \n"),),
        "a system message alone": (SYSTEM,),
        "no message at all": (),
        "no system message": (Message("user", texts.SENTENCE),),
        "two messages of the user in a row": (Message("user", "Hello."), Message("user", "Are you there?")),
        "a message of the assistant first": (Message("assistant", "Hello."), Message("user", "Hello.")),
        "markup": (SYSTEM, Message("user", texts.MARKUP)),
        "a huge message": (SYSTEM, Message("user", texts.huge())),
    }
