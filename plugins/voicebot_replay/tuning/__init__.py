"""Which settings of turn-taking fit the users of recordings best: the command `tune`.

::

    command         the command
    lines           what was found, as lines of a terminal, as YAML and as JSON
    tune            tries settings on one half of the recordings, and checks the best on the other
    recommendation  which settings are best, and whether that is certain
    figures         what settings do to users, with intervals
    outcomes        what came of each turn that the user really said
    recordings      the recordings to try settings on, and their halves
    remembered      voice activity that is computed once for the same sound
    settings        the settings that are tried
"""

from __future__ import annotations

from voicebot_replay.tuning.figures import Difference, Figures
from voicebot_replay.tuning.recommendation import Recommendation, Tried, Verdict
from voicebot_replay.tuning.recordings import usable_recordings
from voicebot_replay.tuning.settings import TurnSettings, settings_to_try
from voicebot_replay.tuning.tune import Tuned, tune

__all__ = [
    "Difference",
    "Figures",
    "Recommendation",
    "Tried",
    "Tuned",
    "TurnSettings",
    "Verdict",
    "settings_to_try",
    "tune",
    "usable_recordings",
]
