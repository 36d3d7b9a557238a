"""Every package is on the map of the architecture page, and paths that pages name exist.

Modules and packages are small enough to find one's way in them.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CORE, PLUGINS = PROJECT / "core" / "voicebot", PROJECT / "plugins"
ARCHITECTURE = PROJECT / "docs" / "explanation" / "architecture.md"
GLOSSARY = PROJECT / "docs" / "reference" / "glossary.md"
CONTRIBUTING = PROJECT / "docs" / "contributing.md"
MEANT = re.compile(r"(/|\.(md|toml|txt|yaml))$")
LONGEST_MODULE = 250
"""Lines; `__init__.py` does not count, since it lists names."""
MOST_MODULES = 15
"""In one folder, `__init__.py` included."""
ROOT = "voicebot/"
"""How the map refers to the package that contains all others of the core."""


def packages(root: Path) -> set[str]:
    """Return the packages below a folder, such as `engine/turns/`."""
    return {f"{path.parent.relative_to(root)}/" for path in root.rglob("__init__.py") if path.parent != root}


def places(page: Path) -> set[str]:
    """Return the paths that a page names in backticks: modules, and packages with a slash at the end."""
    names = re.findall(r"`([\w./-]+)`", page.read_text(encoding="utf-8"))
    return {name for name in names if name.endswith(".py") or ("/" in name and re.search(MEANT, name))}


def exists(place: str) -> bool:
    """Return whether a path exists, relative to the core, the engine, the plugins or the project."""
    return any((root / place).exists() for root in (CORE, CORE / "engine", PLUGINS, PROJECT))


def test_every_package_is_on_the_map_and_nothing_else() -> None:
    rows = re.findall(r"^\| `([\w/]+/)` \|", ARCHITECTURE.read_text(encoding="utf-8"), re.M)

    assert len(rows) == len(set(rows))
    assert set(rows) == packages(CORE) | packages(PLUGINS) | {ROOT}


def test_every_package_of_the_core_is_in_the_glossary() -> None:
    named = places(GLOSSARY)
    holding = {f"{Path(place).parent}/" for place in named if not place.endswith("/")}

    assert packages(CORE) - named - holding == set()


@pytest.mark.parametrize("page", [ARCHITECTURE, GLOSSARY, CONTRIBUTING], ids=lambda page: page.stem)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    assert {place for place in places(page) - {ROOT} if not exists(place)} == set()


@pytest.mark.parametrize("root", [CORE, PLUGINS], ids=lambda root: root.name)
def test_modules_and_packages_are_small(root: Path) -> None:
    modules = list(root.rglob("*.py"))
    lines = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in modules
        if path.name != "__init__.py"
    }
    folders = Counter(path.parent for path in modules)

    assert {str(path.relative_to(root)) for path in lines if lines[path] > LONGEST_MODULE} == set()
    assert {str(path.relative_to(root)) for path in folders if folders[path] > MOST_MODULES} == set()
