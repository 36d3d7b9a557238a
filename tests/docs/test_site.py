"""The site builds without warnings, its navigation is complete, and it needs no network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # it builds and installs, and what it shows seldom changes

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(str(page.relative_to(DOCS).with_suffix("")) for page in DOCS.rglob("*.md"))


class Addresses(HTMLParser):
    """Collects the resources that a page loads and the links of its navigation."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a" and "reference internal" in (found.get("class") or ""):
            self.links.append(found.get("href") or "")
        elif tag != "a":
            self.loaded += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the site, built strictly."""
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-c",
        "docs/site",
        "docs",
        str(folder),
    ]
    done = subprocess.run(command, cwd=DOCS.parent, capture_output=True, text=True, timeout=280, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_every_page_is_in_the_navigation(site: Path) -> None:
    home = Addresses((site / "README.html").read_text(encoding="utf-8"))

    assert {f"{page}.html" for page in PAGES if page != "README"} <= set(home.links)


def test_every_page_can_be_searched_for(site: Path) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))

    assert sorted(index["docnames"]) == PAGES
    assert "backchannel" in index["terms"]


def test_reading_the_site_loads_nothing_from_the_network(site: Path) -> None:
    for page in site.rglob("*.html"):
        foreign = [each for each in Addresses(page.read_text(encoding="utf-8")).loaded if "//" in each]
        assert not foreign, f"{page.relative_to(site)} loads {foreign}"
    for sheet in site.rglob("*.css"):
        foreign = re.findall(
            r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)]*", sheet.read_text(encoding="utf-8")
        )
        assert not foreign, f"{sheet.relative_to(site)} loads {foreign}"


def test_the_address_of_the_site_leads_to_the_index(site: Path) -> None:
    assert "url=README.html" in (site / "index.html").read_text(encoding="utf-8")
