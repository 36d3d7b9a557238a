"""Links, images, footnotes and citations, of which only the words are spoken."""

from __future__ import annotations

import re

_IMAGE = re.compile(
    r"!\[([^\[\]]{0,400})\](?:\((?:[^()\s]|\([^()\s]{0,200}\)){0,1500}(?:\s[^)]{0,200})?\)|\[[^\]]{0,100}\])"
)
_LINK = re.compile(
    r"\[((?:[^\[\]]|\[[^\[\]]{0,100}\]){0,400})\]\((?:[^()\s]|\([^()\s]{0,200}\)){0,1500}(?:\s[^)]{0,200})?\)"
    r"|(?<![\w\])])\[(?!\d{1,3}\])([^\[\]]{1,400})\]\[[^\[\]]{0,100}\]"
)
_FOOTNOTE = re.compile(r"\s?(?:\[\^[^\]\s]{1,50}\]|【(?=[^】]{0,200}†|[\d:†, ]{1,40}】)[^】]{0,200}】)")
_CITATION = re.compile(
    r"(?:(?<=[^\W\d_]{2})|(?<=[^\W\d_]{2}[.!?,;:\"”)\]]))"
    r"(?:\[\d{1,3}(?:[,–-] ?\d{1,3})*\])+(?=[\s.,;:!?)\"”。，]|\Z)"
)
_INDEXED = re.compile(
    r"(?:\b(?:array|arr|list|args?|argv|items?|data|values?|matrix|nums?|vec|vector|tuple|row|map|dict|buffer|params?)"
    r"|[a-z][A-Z]\w*|_\w*)\Z"
)


def without_links(text: str) -> str:
    """Replace links and images by their words; remove footnotes and the numbers of sources."""
    text = _LINK.sub(_link_words, _IMAGE.sub(r"\1", text))
    return _CITATION.sub(_citation, _FOOTNOTE.sub("", text))


def _link_words(link: re.Match[str]) -> str:
    return link[1] if link[1] is not None else link[2]


def _citation(citation: re.Match[str]) -> str:
    """Remove the number of a source, but not a place in a list: "Fact[1]", "array[1]"."""
    before = citation.string[max(0, citation.start() - 40) : citation.start()]
    indexed = _INDEXED.search(before) or "[0]" in citation[0]
    return citation[0] if indexed else ""
