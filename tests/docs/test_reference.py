"""The generated reference is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
REFERENCE = PROJECT / "docs" / "reference"
PAGES = [
    "api.md",
    "commands.md",
    "configuration.md",
    "contract.md",
    "emulator.md",
    "errors.md",
    "events.md",
    "hooks.md",
    "interfaces.md",
    "languages.md",
    "licences.md",
    "providers.md",
    "realtime.md",
    "recordings.md",
    "remedies.md",
    "scenarios.md",
    "serve.md",
]
HANDWRITTEN = ["doctor.md", "glossary.md", "page.md"]


@pytest.fixture(scope="module")
def renewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with freshly generated pages."""
    target = tmp_path_factory.mktemp("reference")
    subprocess.run([sys.executable, "docs/generate.py", str(target)], cwd=PROJECT, check=True, timeout=60)
    return target


@pytest.mark.parametrize("name", [name for name in PAGES if name != "licences.md"])
def test_the_reference_is_up_to_date(name: str, renewed: Path) -> None:
    there, should_be = ((folder / name).read_text(encoding="utf-8") for folder in (REFERENCE, renewed))
    assert there == should_be, f"docs/reference/{name} is out of date: run `python docs/generate.py`"


def test_there_are_no_other_files_among_the_generated_pages(renewed: Path) -> None:
    assert sorted(path.name for path in renewed.iterdir()) == PAGES
    assert sorted(path.name for path in REFERENCE.iterdir()) == sorted([*PAGES, *HANDWRITTEN])
