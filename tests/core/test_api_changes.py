"""The public API does not change by accident: everything new, removed or changed is in the CHANGELOG.

`public_api.txt` is the current API, `public_api_released.txt` that of the last
release. At a release, the first is copied over the second, and the CHANGELOG gets a new section.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
LISTING = "from generator.listing import listing; print(listing(), end='')"

Lines = dict[str, str]


def parsed(text: str) -> Lines:
    """Return the lines of a listing by the name that each describes."""
    return dict(line.split("  ", 1) for line in text.splitlines())


def changes(before: Lines, now: Lines) -> list[str]:
    """Return what was added, removed or changed; for a whole class, only its name."""
    one_sided = before.keys() ^ now.keys()
    different = {name for name in before.keys() & now.keys() if before[name] != now[name]}
    return sorted(name for name in one_sided | different if name.rpartition(".")[0] not in one_sided)


def unsaid(changed: list[str], changelog: str) -> list[str]:
    """Return the changes that the heading "API" in a CHANGELOG's first section does not name."""
    section = re.split(r"^## ", changelog, flags=re.M)[1]
    part = section.partition("\n### API\n")[2].partition("\n### ")[0]
    said = " ".join(re.findall(r"`([^`]+)`", part))
    return [name for name in changed if not re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", said)]


def test_the_listing_of_the_public_api_is_up_to_date() -> None:
    listed = subprocess.run(
        [sys.executable, "-c", LISTING],
        cwd=PROJECT / "docs",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    ).stdout

    there = (HERE / "public_api.txt").read_text(encoding="utf-8")
    assert there == listed, "the public API has changed: run `python docs/generate.py`, and see what it says"


def test_the_changelog_names_every_change_of_the_public_api() -> None:
    before, now = (
        parsed((HERE / name).read_text(encoding="utf-8"))
        for name in ("public_api_released.txt", "public_api.txt")
    )
    missing = unsaid(changes(before, now), (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8"))

    assert not missing, (
        "say in CHANGELOG.md, under the heading `### API` of the first version, what has become of "
        + ", ".join(f"`{name}`" for name in missing)
    )


BEFORE = {"Bot": "class()", "Bot.run": "async ()", "Usage": "class()", "Usage.tokens": "int", "load": "()"}


@pytest.mark.parametrize(
    ("now", "changed"),
    [
        (BEFORE, []),
        (BEFORE | {"Ear": "class()", "Ear.hear": "()"}, ["Ear"]),
        (BEFORE | {"Bot.stop": "()"}, ["Bot.stop"]),
        (BEFORE | {"Bot.run": "async (*, quietly: bool)", "load": "(path: str)"}, ["Bot.run", "load"]),
        ({name: said for name, said in BEFORE.items() if not name.startswith("Usage")}, ["Usage"]),
        ({name: said for name, said in BEFORE.items() if name != "Usage.tokens"}, ["Usage.tokens"]),
    ],
)
def test_additions_removals_and_changes_are_found(now: Lines, changed: list[str]) -> None:
    assert changes(BEFORE, now) == changed


CHANGELOG = """\
# Changelog

## 2.0 (unreleased)

### Added

- `Ear`: hears.

### API

- Added: `Eye`, `Bot.stop(quietly)`. Changed: `testing.converse`.

### Fixed

## 1.0

### API

- Added: `Nose`.
"""


@pytest.mark.parametrize("name", ["Eye", "Bot.stop", "testing.converse"])
def test_a_change_must_be_named_under_the_heading_api(name: str) -> None:
    assert unsaid([name], CHANGELOG) == []


@pytest.mark.parametrize("name", ["Ear", "Nose", "Bot", "stop", "converse", "Ey"])
def test_a_name_elsewhere_or_part_of_another_name_does_not_count(name: str) -> None:
    assert unsaid([name], CHANGELOG) == [name]
