"""The config of the bot in a timeline, and its own lines."""

from __future__ import annotations

from voicebot import Settings
from voicebot.config.schema import GoodbyeOptions, IdleOptions, PatienceOptions, ReplyOptions, TurnOptions

from .timeline import Setting
from .world.vocabulary import meant

SAFE_LINE = "Perivi."
GOODBYE = "Sivety."
PROMPTS = ("Vizery.", "Zytevi.")
GREETING = "Tiripe severi viteza."
LINES = {meant(word) for line in (SAFE_LINE, GOODBYE, *PROMPTS) for word in line.split()}
"""Words that the bot says again and again."""
FAREWELL = "goodbye"
BACKCHANNEL = "mhm"
COURTESY = (FAREWELL, BACKCHANNEL)
"""What the user says again and again; it is not recorded."""


def settings(setting: Setting) -> Settings:
    """Return the settings of the bot, with shorter timeouts than usual."""
    return Settings(
        greeting=setting.greeting,
        on_error=SAFE_LINE,
        echo="mute" if setting.mute else "none",
        listening_tone=setting.tone,
        start_timeout=3.0,
        turns=TurnOptions(
            patience=PatienceOptions(earliest=setting.patience / 2, latest=setting.patience)
            if setting.second_looks
            else setting.patience,
            prepare=setting.prepare,
            ask_chat_model=bool(setting.marks),
            interruptible=setting.interruptible,
            interruption=setting.interruption,
        ),
        reply=ReplyOptions(
            first_unit="short" if setting.short_first else "sentence",
            chat_timeout=3.0,
            speech_timeout=2.0,
        ),
        idle=IdleOptions(after=setting.idle, prompts=PROMPTS),
        goodbye=GoodbyeOptions(phrases=(FAREWELL,) if setting.goodbye else (), line=GOODBYE),
    )
