"""The voices of espeak-ng, read from its files, so that a name can be checked before it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_VARIANTS = "!v"


@dataclass(frozen=True, slots=True)
class VoiceFiles:
    """The names by which voices can be chosen: language tags, English names, file names and variants."""

    tags: frozenset[str]
    names: frozenset[str]
    files: frozenset[str]
    variants: tuple[str, ...]

    def problem_with(self, voice: str) -> str | None:
        """Return what is wrong with the name of a voice; None if it is valid."""
        name, _, variant = voice.partition("+")
        known = {*self.tags, *self.names, *self.files, *self.variants}
        if name.strip().lower() not in {each.lower() for each in known}:
            return no_voice(name, self.tags | self.names)
        return no_variant(name, variant, self.variants) if variant not in {"", *self.variants} else None

    def speaks(self, language: str) -> bool:
        """Return whether a voice speaks this language, in any accent."""
        tag = language.lower()
        return not self.tags.isdisjoint({tag, tag.partition("-")[0]})


@cache
def voice_files() -> VoiceFiles | None:
    """Return the voices of the package `espeakng_loader`; None if it is not installed."""
    spec = find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        return None
    data = Path(spec.origin).with_name("espeak-ng-data")
    variants = tuple(sorted(path.name for path in (data / "voices" / _VARIANTS).glob("*")))
    tags, names, files = set[str](), set[str](), set[str]()
    for folder in ("lang", "voices"):
        for path in (data / folder).rglob("*"):
            if path.is_file() and path.parent.name != _VARIANTS:
                files |= {path.name, path.relative_to(data / folder).as_posix()}
                for key, value in _lines(path):
                    if key == "language":
                        tags.add(value.split()[0].lower())
                    elif key == "name":
                        names.add(value)
    return VoiceFiles(frozenset(tags), frozenset(names), frozenset(files), variants) if tags else None


def no_voice(name: str, known: Iterable[str]) -> str:
    """Return the message for an unknown voice, with similar names."""
    known = sorted(known)
    like = [other for other in known if name.lower() in other.lower()]
    near = list(dict.fromkeys([*get_close_matches(name, known, 3), *like]))[:6]
    hint = f"; similar names: {', '.join(near)}" if near else "; languages are voices: en-us, de, fr"
    return f"espeak-ng has no voice {name!r}{hint}"


def no_variant(name: str, variant: str, known: Iterable[str]) -> str:
    """Return the message for an unknown variant, with similar names."""
    known = list(known)
    near = get_close_matches(variant, known, 3) or [*known[:3], "m3", "f2"]
    return f"the voice {name!r} has no variant {variant!r}; similar names: {', '.join(near)}"


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        key, _, value = line.partition("//")[0].strip().partition(" ")
        if value.strip():
            yield key, value.strip()
