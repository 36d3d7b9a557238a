"""A page as a browser would read it."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"meta", "br", "rect", "path", "line"}


class Parsed(HTMLParser):
    """The elements of a page, in order, each with its attributes and the text directly in it.

    Args:
        page: HTML, which must be well-formed.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in _VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.elements[self._open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.elements[self._open[-1]][2].append(data)

    def all(self, tag: str, of: str = "") -> list[dict[str, str | None]]:
        """Return the attributes of all elements with a tag, and a class if one is given."""
        return [attributes for name, attributes, _ in self._with(tag, of)]

    def texts(self, tag: str, of: str = "") -> list[str]:
        """Return the text directly in each element with a tag, and a class if one is given."""
        return ["".join(text).strip() for _, _, text in self._with(tag, of)]

    def _with(self, tag: str, of: str) -> list[tuple[str, dict[str, str | None], list[str]]]:
        return [
            each
            for each in self.elements
            if each[0] == tag and (not of or of in (each[1].get("class") or "").split())
        ]
