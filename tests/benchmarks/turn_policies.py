"""The ways of ending a turn that are compared: a turn detector and the bounds of patience it works in."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from voicebot import Options, ProviderError, Settings, TurnDetector, TurnSoFar
from voicebot.config.schema import Patience, PatienceOptions, TurnOptions, bounds
from voicebot.plugin.manager import installed_plugins

SILENCE = "silence"
DEFAULT_DETECTOR, DEFAULT_PATIENCE = "judgement", "normal"
PROFILES: tuple[Patience, ...] = ("quick", "normal", "relaxed")
CONSTANT = (0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.6)
BOUNDS = tuple(
    (earliest, latest) for earliest in (0.2, 0.3, 0.4, 0.5, 0.7, 0.9) for latest in (1.0, 1.6, 2.8)
)
_OFFLINE = Path(__file__).parents[2] / "configs" / "offline.yaml"


@dataclass(frozen=True)
class Policy:
    """A detector by its name, `turns.patience`, and the detector's options as they were given."""

    detector: str
    patience: Patience
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.detector} {self.words}"

    @property
    def words(self) -> str:
        """The patience in the form of the command line."""
        if isinstance(self.patience, PatienceOptions):
            return f"{self.patience.earliest:g}-{self.patience.latest:g}"
        return f"{self.patience}"

    def settings(self) -> Settings:
        """Return a bot's settings: the policy, and how long the offline bot waits for its recogniser."""
        config = yaml.safe_load(_OFFLINE.read_text(encoding="utf-8"))
        return Settings(turns=TurnOptions(**{**config["turns"], "patience": self.patience}))

    def make(self) -> TurnDetector[Any]:
        """Return the detector."""
        registration = installed_plugins().registry.get("turn_detector", self.detector)
        if registration is None:
            known = ", ".join(detectors())
            raise SystemExit(f"there is no turn detector {self.detector!r}; there are: {known}")
        try:
            return cast(
                "TurnDetector[Any]", registration.provider(registration.options(**dict(self.options)))
            )
        except ValidationError as error:
            wrong = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())
            raise ProviderError(f"{wrong}; use --option {self.detector}.NAME=VALUE") from error


def detectors() -> list[str]:
    """Return the names of all turn detectors that are installed."""
    return installed_plugins().registry.names("turn_detector")


def patience_of(text: str) -> Patience:
    """Read `normal`, `0.8` or `0.4-2`."""
    if text in PROFILES:
        return cast("Patience", text)
    try:
        earliest, _, latest = text.partition("-")
        if latest:
            return PatienceOptions(earliest=float(earliest), latest=float(latest))
        return float(earliest)
    except ValueError as error:
        raise SystemExit(
            f"patience {text!r}: give quick, normal, relaxed, seconds, or bounds as 0.4-2"
        ) from error


def sweep(
    names: Iterable[str],
    constant: Iterable[float] = CONSTANT,
    grid: Iterable[tuple[float, float]] = BOUNDS,
) -> Iterator[Policy]:
    """Return each detector at many patiences: the profiles and, in seconds, the bounds of the grid.

    Constant silence has its own.
    """
    for name in names:
        if name == SILENCE:
            yield from (Policy(name, seconds) for seconds in constant)
            continue
        yield from (Policy(name, profile) for profile in PROFILES)
        for low, high in sorted(set(grid) - {bounds(profile) for profile in PROFILES}):
            yield Policy(name, PatienceOptions(earliest=low, latest=high))


def options_of(given: list[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Read `smart-turn.model=FILE` and the like; return each detector's options."""
    options: dict[str, tuple[tuple[str, str], ...]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        detector, dot, key = name.partition(".")
        if not (equals and dot):
            raise SystemExit(f"option {text!r}: give it as DETECTOR.NAME=VALUE")
        options[detector] = (*options.get(detector, ()), (key, value))
    return options


async def can_start(policy: Policy) -> bool:
    """Return whether a detector can be used here; say why if not."""
    try:
        detector = policy.make()
        await detector.start()
        await detector.aclose()
    except ProviderError as error:
        print(f"without {policy.detector}: {error}", file=sys.stderr)
        return False
    return True


class SharedDetector(TurnDetector[Options]):
    """A detector that was started before, and that many conversations use, one after the other.

    On a simulated clock, what it does in threads takes no time.
    """

    def __init__(self, inner: TurnDetector[Any]) -> None:
        super().__init__(Options())
        self.input_format, self.audio_seconds = inner.input_format, inner.audio_seconds
        self.second_look = inner.second_look
        self._inner = inner

    async def wait(self, turn: TurnSoFar) -> float:
        return await self._inner.wait(turn)
