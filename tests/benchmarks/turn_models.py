"""Turn models that listen for the end of a turn, simulated by how clearly they hear it."""

from __future__ import annotations

from dataclasses import dataclass

from simulated_melody import MELODY_AUC, MelodyDetector, SimulatedMelody, finished
from spoken_turns import SpokenSegment


@dataclass(frozen=True, slots=True)
class TurnModel:
    """A model of the end of a turn, by its area under the curve and the probability that counts as an end."""

    auc: float
    threshold: float = 0.5

    def hears_an_end(self, segment: SpokenSegment) -> bool:
        """Return whether the turn is over by the sound of these words."""
        return finished(segment, self.auc) >= self.threshold

    def detector(self) -> MelodyDetector:
        """Return a turn detector with this model for the engine."""
        return MelodyDetector(SimulatedMelody(self.auc), self.threshold)


SMART_TURN = TurnModel(MELODY_AUC)
"""smart-turn v3.2. In recorded natural speech it took 43 % of 108 pauses for ends, and missed 7 % of 84 ends.
On livekit/eot-bench it takes fewer for ends and misses more: 28 and 12 % at the threshold that is best for
0.3 s."""
LIVEKIT = TurnModel(0.96)
"""LiveKit's turn detector v1, by the area under the curve that was published for livekit/eot-bench."""
