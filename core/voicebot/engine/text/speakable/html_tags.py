"""HTML tags, which are not spoken, and angle brackets that are not tags: "a<b", "<your name>"."""

from __future__ import annotations

import re

_TAG = re.compile(r"""<(/?)([A-Za-z][\w:.+-]{0,60})((?:[^<>"']|"[^"<>]{0,500}"|'[^'<>]{0,500}'){0,500})>""")
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_AUTOLINK = re.compile(
    r"<((?:https?://|ftp://|mailto:|www\.)[^<>\s]{1,2000}|[^<>\s@]{1,100}@[^<>\s@]{1,200})>", re.I
)
_ATTRIBUTES = re.compile(r"""(?:\s+[\w:@.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?""")
_NAME = re.compile(r"[\w:-]+")
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q s samp small span strike strong sub "
    "sup time tt u var emphasis prosody say-as phoneme lang voice".split()
)
_NAMES = _INLINE | frozenset(
    "address article aside audio base blockquote body br break button canvas caption center col colgroup "
    "dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr "
    "html iframe img input label legend li link main menu meta nav object ol optgroup option p picture "
    "pre progress script section select source speak style summary svg table tbody td template textarea "
    "tfoot th thead title tr ul video wbr paragraph sentence".split()
)
_BOOLEAN = frozenset(
    "disabled checked open controls hidden selected required async defer autoplay loop muted readonly "
    "multiple".split()
)


def without_tags(text: str) -> str:
    """Remove tags and comments; keep the words of what only looks like a tag."""
    text = _AUTOLINK.sub(r"\1", _COMMENT.sub(" ", text))
    closed = {match[1].lower() for match in re.finditer(r"</([A-Za-z][\w:.+-]{0,60})", text)}
    return _TAG.sub(lambda tag: _words(tag, closed), text)


def _words(tag: re.Match[str], closed: set[str]) -> str:
    name, rest = tag[2].lower(), tag[3]
    if tag[1] or _is_tag(tag, name, rest, closed):
        return "" if name in _INLINE else " "
    if tag.string[max(0, tag.start() - 1) : tag.start()].isalnum():  # "a<b and c>d"
        return tag[0]
    return tag[0][1:-1]


def _is_tag(tag: re.Match[str], name: str, rest: str, closed: set[str]) -> bool:
    if not _ATTRIBUTES.fullmatch(rest):
        return False
    if rest.endswith("/") or (name in closed and (name in _NAMES or not rest.strip() or "=" in rest)):
        return True
    if "=" in rest:
        return name in _NAMES or '"' in rest or "'" in rest
    if name not in _NAMES or not _BOOLEAN.issuperset(_NAME.findall(rest.lower())):
        return False
    return len(name) > 1 or not tag.string[max(0, tag.start() - 1) : tag.start()].isalnum()
