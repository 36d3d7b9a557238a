"""What `voicebot new-plugin` writes: the names derived from the plugin's name, and the text of each file.

The texts are templates in a folder next to this module: some for all kinds, some for one. Names have a
maximum length, so that no line of a template becomes too long.
"""

from __future__ import annotations

import json
import keyword
import re
import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from string import Template

from voicebot import __version__
from voicebot.dataclass import dataclass
from voicebot.plugin.api_version import API_VERSION
from voicebot.plugin.packages import OURS, is_from_here, quoted, requirement_here

LONGEST_NAME = 32
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PREFIX = "voicebot-"
_TEMPLATES = Path(__file__).with_name("templates")
_SUFFIX = ".template"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of provider: base class, name in prose, what the template does, a command to try it."""

    base: str
    words: str
    summary: str
    trial: str


_TYPED = "voicebot run try.yaml --type"
KINDS = {
    "recognizer": Kind(
        "Recognizer",
        "recogniser",
        "it recognises the keys of a telephone",
        "python tests/dial.py 12 digits.wav && voicebot transcribe try.yaml digits.wav",
    ),
    "chat-model": Kind(
        "ChatModel", "chat model", "it answers from a table, or asks about your own words", _TYPED
    ),
    "synthesizer": Kind(
        "Synthesizer",
        "voice",
        "it plays a tone for every word",
        "voicebot say try.yaml 'Hello there.' -o hello.wav",
    ),
    "turn-detector": Kind(
        "TurnDetector",
        "turn detector",
        "it waits longer for users who make long pauses",
        "voicebot run try.yaml",
    ),
    "audio-device": Kind(
        "AudioDevice",
        "audio device",
        "it reads and writes files of raw telephone sound",
        "voicebot run try.yaml",
    ),
    "observer": Kind(
        "Observer", "observer", "it counts turns and writes a line about each conversation", _TYPED
    ),
    "toolset": Kind(
        "Toolset",
        "toolset",
        "it counts the days until a date",
        "voicebot tools try.yaml call days_until day=2030-01-01",
    ),
}


@dataclass(frozen=True, slots=True)
class Names:
    """All names of a plugin, and what else its files contain about it."""

    distribution: str
    kind: str
    author: str
    year: str

    @classmethod
    def of(cls, name: str, kind: str, author: str) -> Names:
        """Return the names of a plugin, with the current year."""
        return cls(name, kind, author, str(datetime.now(UTC).year))

    @property
    def module(self) -> str:
        """The package that is imported."""
        return self.distribution.replace("-", "_")

    @property
    def provider(self) -> str:
        """The name of the provider in configs."""
        return self.distribution.removeprefix(_PREFIX)

    @property
    def prefix(self) -> str:
        """The prefix of its classes' names."""
        return "".join(word.capitalize() for word in self.provider.split("-"))

    @property
    def file(self) -> str:
        """The file that contains the provider."""
        return f"src/{self.module}/{self.kind.replace('-', '_')}.py"

    @property
    def trial(self) -> str:
        """A command that tries the provider."""
        return KINDS[self.kind].trial

    def substitutions(self) -> dict[str, str]:
        """Return the values of the placeholders in templates."""
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


def name_problem(name: str, kind: str) -> str | None:
    """Return why a plugin cannot have a name, or None if it can."""
    if not _NAME.fullmatch(name):
        return f"{name!r} must consist of lower-case letters and digits, in words joined by '-'"
    if len(name) > LONGEST_NAME:
        return f"{name!r} is too long; a name can have at most {LONGEST_NAME} characters"
    names = Names.of(name, kind, "")
    if keyword.iskeyword(names.module) or not names.provider[0].isalpha():
        return f"{name!r} cannot be used as the name of a module and of classes"
    if names.module in sys.stdlib_module_names or find_spec(names.module) is not None:
        return f"a module {names.module!r} already exists; choose another name"
    return _taken(names)


def _taken(names: Names) -> str | None:
    from voicebot.plugin.manager import installed_plugins
    from voicebot.plugin.registry import KINDS as INTERFACES

    kinds = [kind for kind, base in INTERFACES.items() if base == KINDS[names.kind].base]
    found = (installed_plugins().registry.get(kind, names.provider) for kind in kinds)
    for taken in filter(None, found):
        words = KINDS[names.kind].words
        return f"a {words} {names.provider!r} already exists in {taken.distribution}; choose another name"
    return None


def texts(names: Names) -> dict[str, str]:
    """Return the files to write: texts by path within the distribution."""
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
    """Return how to install voicebot itself, empty if it was installed from PyPI."""
    needed = requirement_here(OURS, bounds)
    if is_from_here(OURS):
        how = "from a checkout of its project: `pip install PATH/TO/voicebot`"
    elif needed != f"{OURS}{bounds}":
        how = f"with `pip install {quoted(needed)}`"
    else:
        return ""
    return f"\nWhile `{OURS}{bounds}` is not on PyPI, install voicebot first,\n{how}."


def _bounds(version: str) -> str:
    """Return the range of voicebot versions that a plugin written now can be expected to work with.

    While the major version is 0, a breaking change raises the minor version.
    """
    major, minor, *_ = (int(part) for part in version.split(".")[:2])
    following = f"0.{minor + 1}" if major == 0 else str(major + 1)
    return f">={major}.{minor},<{following}"
