"""How long the services take: no time, or delays drawn from published figures, the same for each seed."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal


@dataclass(frozen=True, slots=True)
class Published:
    """Median and 95th percentile in seconds, and their source."""

    median: float
    p95: float
    source: str


FIGURES = {
    "stt.final": Published(1.016, 1.345, "pipecat-ai/stt-benchmark, time to final of Azure, 2026"),
    "openai-stt.final": Published(
        0.62, 0.78, "measurements of gpt-live-transcribe by a user: 0.47 to 0.84 s from commit to final, 2026"
    ),
    "tts.first_byte.openai": Published(
        0.55, 0.9, "Microsoft: OpenAI voices take more than 500 ms; p95 assumed"
    ),
    "tts.first_byte.neural": Published(0.2, 0.3, "Microsoft: neural and HD voices take less than 300 ms"),
    "chat.first_token": Published(0.6, 1.2, "assumed; not published for a small model without reasoning"),
    "chat.token": Published(0.01, 0.02, "Microsoft: target of 100 tokens/s for gpt-5.4-mini with priority"),
}
_Z95 = NormalDist().inv_cdf(0.95)


class Latency:
    """Draws delays; in mode `none`, all are zero."""

    def __init__(self, mode: Literal["none", "published"] = "none", seed: int = 0) -> None:
        self.mode = mode
        self._random = random.Random(seed)

    def draw(self, name: str) -> float:
        """Return the next delay of that name in seconds, drawn from a log-normal distribution."""
        if self.mode == "none":
            return 0.0
        figure = FIGURES[name]
        spread = math.log(figure.p95 / figure.median) / _Z95
        return self._random.lognormvariate(math.log(figure.median), spread)
