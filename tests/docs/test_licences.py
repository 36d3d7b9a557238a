"""The licence page agrees with the metadata of the versions that voicebot is tested with.

Newer versions, other systems and extras that are not installed may differ; requirements are always listed.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
OURS = "voicebot-framework"


@pytest.fixture
def licences(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the generator of the page."""
    monkeypatch.syspath_prepend(str(PROJECT / "docs"))
    from generator import licences

    return licences


@pytest.fixture
def page(licences: ModuleType) -> dict[str, dict[str, tuple[str, str]]]:
    """Return the entries of the page by extra."""
    listed: dict[str, dict[str, tuple[str, str]]] = licences.sections(
        licences.PAGE.read_text(encoding="utf-8")
    )
    return listed


@pytest.fixture
def tested() -> dict[str, str]:
    """Return the versions that constraints.txt names for this Python, by distribution."""
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def test_every_requirement_is_listed_by_extra(page, licences: ModuleType) -> None:
    assert set(page) == {"", *licences.extras()}
    for extra, listed in page.items():
        for needed in licences.directly(extra):
            name = canonicalize_name(needed.name)
            assert page[""].get(name, listed.get(name, ("", "")))[1] == "direct", f"{name} of extra '{extra}'"


def test_installed_packages_are_listed_with_their_stated_licence(
    page, licences: ModuleType, tested: dict[str, str]
) -> None:
    for extra, listed in page.items():
        for name, (licence, _) in licences.brought(extra).items():
            if metadata.version(name) == tested.get(name):
                there = page[""].get(name) or listed.get(name)
                assert there is not None, f"{name} is missing: run `python docs/generate.py`"
                assert there[0] == licence, f"{name}: run `python docs/generate.py`"


def test_unusual_licences_are_explained(page, licences: ModuleType) -> None:
    """A copyleft or proprietary licence among the requirements is always explained."""
    kinds = ("GPL", "MPL", "Mozilla", "Proprietary", "not stated")
    needed = {
        name: licence for extra, rows in page.items() if extra != "dev" for name, (licence, _) in rows.items()
    }

    unusual = {name for name, licence in needed.items() if any(kind in licence for kind in kinds)}

    assert {"azure-cognitiveservices-speech", "soxr", "espeakng-loader"} <= unusual
    assert unusual <= set(licences.SPECIAL)
    assert set(licences.SPECIAL) <= set(needed)


def test_an_extra_that_is_not_installed_keeps_its_section(page, licences: ModuleType) -> None:
    written = licences.page(is_there=lambda name: name != "matplotlib")

    assert licences.sections(written)["bench"] == page["bench"]
    assert "matplotlib" in page["bench"]
