"""Tells whoever runs the server which limit refuses clients."""

from __future__ import annotations

import asyncio
import logging

from voicebot import printable
from voicebot_serve.running.rates import RateLimits
from voicebot_serve.sessions.owner import Owner
from voicebot_serve.sessions.registry import SessionRefused

logger = logging.getLogger(__name__)
_SILENCE = 60.0
"""Seconds until the same is said of a bot once more."""


class LimitLog:
    """Writes a line for the first client that a limit refuses, and not for each."""

    def __init__(self) -> None:
        self._lines = RateLimits(rate=1 / _SILENCE, most=1)

    def tell(self, bot: str, owner: Owner, refused: SessionRefused) -> None:
        """Say which limit a client met and how to change it, if there is something to do."""
        now = asyncio.get_running_loop().time()
        if not refused.advice or not self._lines.take(f"{bot} {refused.advice}", now):
            return
        who = printable(f"{owner.way} {owner.name}".strip())
        logger.warning(
            "%s refuses clients, the last one from %s (%s): %s; %s",
            bot,
            owner.address,
            who,
            refused,
            refused.advice,
        )
