"""The phrases of all languages, which bots share: loaded in the background, once a bot has started."""

from __future__ import annotations

import asyncio
import threading

from voicebot.engine.text.farewell import load_phrases

_AFTER = 1.0
"""Seconds until a thread loads the phrases, which would otherwise block the loop when the user first speaks
over the bot. Sooner, it would delay the greeting."""


def load_phrases_soon() -> asyncio.TimerHandle:
    """Load them in a while, unless what is returned is cancelled."""
    # A thread of its own: the loop's would be waited for.
    thread = threading.Thread(target=load_phrases, name="voicebot phrases", daemon=True)
    return asyncio.get_running_loop().call_later(_AFTER, thread.start)
