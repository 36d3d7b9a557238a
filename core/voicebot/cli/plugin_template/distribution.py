"""What `voicebot new-plugin` writes: the names that follow from the plugin's, and the text of each file.

The texts are templates beside this module, for all kinds and for each. Lines with a name in them keep
their layout whatever its length, since what is written must be formatted; hence the limit on names.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from string import Template

from voicebot import __version__
from voicebot.plugin.api_version import API_VERSION
from voicebot.plugin.packages import OURS, is_from_here, quoted, requirement_here

LONGEST_NAME = 32
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PREFIX = "voicebot-"
_TEMPLATES = Path(__file__).with_name("templates")
_SUFFIX = ".template"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of provider: its base class, its name in prose, what is written does, a command to try it."""

    base: str
    words: str
    summary: str
    trial: str


_TYPED = "voicebot run try.yaml --type"
KINDS = {
    "recognizer": Kind(
        "Recognizer",
        "recogniser",
        "it understands the keys of a telephone",
        "python tests/dial.py 12 digits.wav && voicebot transcribe try.yaml digits.wav",
    ),
    "chat-model": Kind(
        "ChatModel", "chat model", "it answers from a table, or turns your words around", _TYPED
    ),
    "synthesizer": Kind(
        "Synthesizer",
        "voice",
        "it says every word as a tone",
        "voicebot say try.yaml 'Hello there.' -o hello.wav",
    ),
    "turn-detector": Kind(
        "TurnDetector",
        "turn detector",
        "it gives longer pauses to a user who makes long ones",
        "voicebot run try.yaml",
    ),
    "audio-device": Kind(
        "AudioDevice",
        "audio device",
        "it hears and writes files of raw telephone sound",
        "voicebot run try.yaml",
    ),
    "observer": Kind(
        "Observer", "observer", "it counts turns, and writes a line about each conversation", _TYPED
    ),
}


@dataclass(frozen=True, slots=True)
class Names:
    """All that one plugin is called, and what else its files say of it."""

    distribution: str
    kind: str
    author: str
    year: str

    @classmethod
    def of(cls, name: str, kind: str, author: str) -> Names:
        """Return the names of a plugin that is written today."""
        return cls(name, kind, author, str(datetime.now(UTC).year))

    @property
    def module(self) -> str:
        """The package that is imported."""
        return self.distribution.replace("-", "_")

    @property
    def provider(self) -> str:
        """What a config calls it."""
        return self.distribution.removeprefix(_PREFIX)

    @property
    def prefix(self) -> str:
        """What its classes' names begin with."""
        return "".join(word.capitalize() for word in self.provider.split("-"))

    @property
    def file(self) -> str:
        """The file with the provider."""
        return f"src/{self.module}/{self.kind.replace('-', '_')}.py"

    @property
    def trial(self) -> str:
        """A command that uses it."""
        return KINDS[self.kind].trial

    def substitutions(self) -> dict[str, str]:
        """Return what the templates write for each name in them."""
        base = KINDS[self.kind].base
        prefix = self.prefix.removesuffix(base) or self.prefix
        home = self.kind.replace("-", "_")
        imports = [f"from {self.module}.{home} import {prefix}{base}"]
        imports.append(f"from {self.module}.options import {prefix}Options")
        bounds = _bounds(__version__)
        return {
            "distribution": self.distribution,
            "module": self.module,
            "provider": self.provider,
            "Class": f"{prefix}{base}",
            "Options": f"{prefix}Options",
            "imports": "\n    ".join(sorted(imports)),
            "kind_words": KINDS[self.kind].words,
            "summary": KINDS[self.kind].summary,
            "file": self.file,
            "author": self.author,
            "author_toml": json.dumps(self.author, ensure_ascii=False),
            "year": self.year,
            "voicebot": f"{OURS}{bounds}",
            "voicebot_here": requirement_here(OURS, bounds).replace("'", "''"),
            "voicebot_first": _voicebot_first(bounds),
            "api": str(API_VERSION),
            "trial": self.trial,
        }


def refusal(name: str, kind: str) -> str | None:
    """Return why a plugin cannot be called that, if it cannot."""
    if not _NAME.fullmatch(name):
        return f"{name!r} must be lower case words of letters and digits, joined by '-'"
    if len(name) > LONGEST_NAME:
        return f"{name!r} is too long; {LONGEST_NAME} characters are the most"
    names = Names.of(name, kind, "")
    if keyword.iskeyword(names.module) or not names.provider[0].isalpha():
        return f"{name!r} cannot become the name of a module and of classes"
    if names.module in sys.stdlib_module_names or find_spec(names.module) is not None:
        return f"a module {names.module!r} is there already; choose a name that nobody has"
    return _taken(names)


def _taken(names: Names) -> str | None:
    from voicebot.plugin.manager import installed_plugins
    from voicebot.plugin.registry import KINDS as INTERFACES

    kinds = [kind for kind, base in INTERFACES.items() if base == KINDS[names.kind].base]
    found = (installed_plugins().registry.get(kind, names.provider) for kind in kinds)
    for taken in filter(None, found):
        words = KINDS[names.kind].words
        return f"there is a {words} {names.provider!r} already, of {taken.distribution}; choose another name"
    return None


def texts(names: Names) -> dict[str, str]:
    """Return what to write, by path within the distribution."""
    words = names.substitutions()
    words["config"] = _filled(_TEMPLATES / names.kind / f"try.yaml{_SUFFIX}", words).rstrip()
    found: dict[str, str] = {}
    for folder in (_TEMPLATES / "all", _TEMPLATES / names.kind):
        for template in sorted(folder.rglob(f"*{_SUFFIX}")):
            path = template.relative_to(folder).as_posix().removesuffix(_SUFFIX)
            path = path.replace("dot_", ".").replace("MODULE", names.module)
            found[path] = _filled(template, words)
    return found


def _filled(template: Path, words: dict[str, str]) -> str:
    return Template(template.read_text(encoding="utf-8")).substitute(words)


def _voicebot_first(bounds: str) -> str:
    """Return how to have voicebot itself, where PyPI may not have it: here it came from somewhere else."""
    needed = requirement_here(OURS, bounds)
    if is_from_here(OURS):
        how = "from a checkout of its project: `pip install PATH/TO/voicebot`"
    elif needed != f"{OURS}{bounds}":
        how = f"with `pip install {quoted(needed)}`"
    else:
        return ""
    return f"\nWhere PyPI has no `{OURS}{bounds}` yet, install voicebot first,\n{how}."


def _bounds(version: str) -> str:
    """Return which versions of voicebot a plugin that is written now can be expected to work with.

    While the first number is 0, the second is what changes when something breaks.
    """
    major, minor, *_ = (int(part) for part in version.split(".")[:2])
    following = f"0.{minor + 1}" if major == 0 else str(major + 1)
    return f">={major}.{minor},<{following}"
