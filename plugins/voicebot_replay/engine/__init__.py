"""The user of a recording talks with today's engine, in virtual time: `replay` runs it.

>>> from voicebot_recording.reading import open_recording
>>> from voicebot_replay.engine import replay
>>> found = replay(open_recording("recordings/20261129T101500Z-3f2a"))  # doctest: +SKIP
>>> [turn.number for turn in found.turns if turn.cut_off]  # doctest: +SKIP
[3]

::

    replay          one recording, with one config
    rest            the same with real providers, from one turn on
    bot             the bot of a replay
    config          the config that a recording was made with
    config_text     its text without what a replay does not need
    voice           what the bot said then, as it sounded
    device          the recorded user, and a speaker that plays in virtual time
    ending          how a recording ends, which may be anywhere
    turns           the turns, read from events
    speech          what the user really said in one go
"""

from __future__ import annotations

from voicebot_replay.engine.config import config_for, recorded_config
from voicebot_replay.engine.replay import Replayed, replay
from voicebot_replay.engine.speech import CUT_OFF, WENT_ON, Speech
from voicebot_replay.engine.turns import CalledTool, ReplayedTurn
from voicebot_replay.errors import NothingSaid, ReplayError

__all__ = [
    "CUT_OFF",
    "WENT_ON",
    "CalledTool",
    "NothingSaid",
    "ReplayError",
    "Replayed",
    "ReplayedTurn",
    "Speech",
    "config_for",
    "recorded_config",
    "replay",
]
