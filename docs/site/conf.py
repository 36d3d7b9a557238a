"""How Sphinx makes a site of the pages: `python -m sphinx -W -c docs/site docs DIRECTORY`.

The navigation is read from the index, `docs/README.md`: each heading with its list of links is a section.
Nothing is loaded from the network, neither to build the site nor to read it.
"""

from __future__ import annotations

import re

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


def add_navigation(_: Sphinx, document: str, source: list[str]) -> None:
    """Append the navigation to the index."""
    if document != root_doc:
        return
    for section in re.split(r"^## ", source[0], flags=re.M)[1:]:
        title, _, text = section.partition("\n")
        pages = re.findall(r"^- \[.*\]\((.+)\.md\)", text, flags=re.M)
        entries = "\n".join(pages)
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{entries}\n```\n"


def setup(app: Sphinx) -> None:
    """Register what is done to the pages."""
    app.connect("source-read", add_navigation)
