"""How Sphinx makes a site of the pages: `python -m sphinx -W -c docs/site docs DIRECTORY`.

The navigation is read from the index, `docs/README.md`: each heading with its list of links is a section.
Nothing is loaded from the network, neither to build the site nor to read it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

project = "voicebot"
extensions = ["myst_parser"]
root_doc = "README"
templates_path = ["templates"]

myst_heading_anchors = 4
smartquotes = False

html_theme = "furo"
html_title = "voicebot"
html_additional_pages = {"index": "redirect.html"}
html_copy_source = False
html_show_copyright = False
html_use_index = False


def sections(index: str) -> dict[str, list[str]]:
    """Return the pages of each section of the index."""
    parts = (part.partition("\n") for part in re.split(r"^## ", index, flags=re.M)[1:])
    return {title: re.findall(r"^- \[.*\]\((.+)\.md\)", text, flags=re.M) for title, _, text in parts}


def add_tree(_: Sphinx, page: str, source: list[str]) -> None:
    """Append the tree of pages to the index, so that Sphinx misses a page that is not there."""
    if page == root_doc:
        for pages in sections(source[0]).values():
            source[0] += "\n".join(["\n```{toctree}", ":hidden:", "", *pages, "```\n"])


def add_navigation(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Give a page the links for `sidebar/navigation.html`.

    Without its tree, the theme does not resolve that for each page, which takes longer than all the rest.
    """
    context.pop("toctree", None)
    index = Path(app.srcdir, f"{root_doc}.md").read_text(encoding="utf-8")
    titles = app.env.titles
    context["sections"] = {
        section: [(page, titles[page].astext()) for page in pages if page in titles]
        for section, pages in sections(index).items()
    }


def setup(app: Sphinx) -> None:
    """Register what is done to the pages; the navigation comes before the theme's."""
    app.connect("source-read", add_tree)
    app.connect("html-page-context", add_navigation, priority=100)
