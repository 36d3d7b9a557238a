"""Why a recording cannot be replayed."""

from __future__ import annotations

from voicebot import VoicebotError


class ReplayError(VoicebotError):
    """A recording cannot be run through the engine; the message says why, in one line."""


class NothingSaid(ReplayError):
    """There is nothing to replay: the user says nothing in the recording, as far as there is one."""
