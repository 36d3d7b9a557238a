"""The settings of turn-taking that are tried: a turn detector, and how long the user may pause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from voicebot import BotConfig, Choice, TurnDetector

Patience: TypeAlias = str | float | Mapping[str, float]
"""As a config writes it."""
_CONSTANT = "silence"
"""The detector that always waits equally long."""
_PATIENCE: tuple[Patience, ...] = (
    "quick",
    "normal",
    "relaxed",
    {"earliest": 0.5, "latest": 2.0},
    {"earliest": 1.0, "latest": 4.0},
)
_SILENCE: tuple[Patience, ...] = (0.3, 0.5, 0.8, 1.2, 1.8)
"""Seconds that are tried where every pause may last equally long."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """A turn detector and a patience; `is_present` marks those that the config has now.

    `detector` is empty for a config without one. `patience` is as a config writes it. `config` is the whole
    config with these settings.
    """

    detector: str
    patience: Patience
    config: BotConfig = field(repr=False, compare=False)
    is_present: bool = False

    def __str__(self) -> str:
        return f"{self.detector or 'no detector'}, {_shortly(self.patience)}"


def patience_text(patience: Patience) -> str:
    """Return a patience as a config writes it, on one line."""
    if isinstance(patience, Mapping):
        return f"{{earliest: {patience['earliest']:g}, latest: {patience['latest']:g}}}"
    return patience if isinstance(patience, str) else f"{patience:g}"


def settings_to_try(config: BotConfig) -> list[TurnSettings]:
    """Return the settings to try: those of a config first, then every installed detector with some patiences.

    Detectors that need a package that is not installed, or options, are left out.
    """
    present = config.turn_detector
    turns = config.settings.turns.model_dump(mode="json", include={"patience"})
    found = [TurnSettings(present.name if present else "", turns["patience"], config, is_present=True)]
    for choice in _detectors(config):
        for patience in _SILENCE if choice.name == _CONSTANT else _PATIENCE:
            settings = TurnSettings(choice.name, patience, _changed(config, choice, patience))
            if choice != present or settings.config.settings.turns != config.settings.turns:
                found.append(settings)
    return found


def _detectors(config: BotConfig) -> Iterator[Choice[Any]]:
    """Yield a choice for each detector: that of the config with its options, others without any."""
    present: Choice[TurnDetector[Any]] | None = config.turn_detector  # type: ignore[assignment]
    if present is not None:
        yield present
    if config.plugins is None:
        return
    for registration in config.plugins.registry:
        if registration.kind != "turn_detector" or registration.missing:
            continue
        if present is not None and registration.name == present.name:
            continue
        try:
            yield Choice(registration, registration.options())
        except ValueError:  # an option that it needs
            continue


def _changed(config: BotConfig, detector: Choice[Any], patience: Patience) -> BotConfig:
    turns = config.settings.turns
    changed = turns.model_validate(turns.model_dump(exclude_unset=True) | {"patience": patience})
    settings = config.settings.model_copy(update={"turns": changed})
    return replace(config, settings=settings, turn_detector=detector)


def _shortly(patience: Patience) -> str:
    if isinstance(patience, Mapping):
        return f"{patience['earliest']:g} to {patience['latest']:g} s"
    return patience if isinstance(patience, str) else f"{patience:g} s"
