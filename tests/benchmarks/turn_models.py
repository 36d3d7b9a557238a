"""Turn models that listen for the end of a turn, simulated by their mistakes."""

from __future__ import annotations

from dataclasses import dataclass

from simulated_services import TurnServices
from spoken_turns import SpokenTurn


@dataclass(frozen=True, slots=True)
class TurnModel:
    """Mistakes by chance: the share of pauses taken for ends, and of ends taken for pauses."""

    false_ends: float
    missed_ends: float

    def wait(self, turn: SpokenTurn, services: TurnServices, word: int, *, soon: float, late: float) -> float:
        """Return the silence to wait for after the word of that number: `soon` where it hears an end."""
        chance = services.chance("turn model", word)
        ends = word >= len(turn.words) - 1
        hears_an_end = chance >= self.missed_ends if ends else chance < self.false_ends
        return soon if hears_an_end else late


SMART_TURN = TurnModel(0.148 / 0.72, 0.14)
"""smart-turn v3.2 on livekit/eot-bench: at a mean delay of 600 ms it cuts 14.8 % of the pauses off, of which
72 % last so long that it is asked. With 0.2 s after ends that it sees, 3 s after others, it misses 14 %."""
LIVEKIT = TurnModel(0.045 / 0.28, 0.04)
"""LiveKit's own turn detector there: 4.5 % at 600 ms; 28 % last 0.5 s. With 0.5 s and 3 s it misses 4 %."""
