"""Read SSML as strictly as Azure Speech does, and refuse it for the same reasons.

What an element may contain follows Microsoft's documentation. Elements that a voice's family does not support
are refused too, although the documentation only calls them unsupported: what passes here works there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from voicebot_emulator.text_to_speech import catalogue

LONGEST = 64 * 1024
MOST_VOICES = 50

_SYNTHESIS = "http://www.w3.org/2001/10/synthesis"
_MSTTS = ("http://www.w3.org/2001/mstts", "https://www.w3.org/2001/mstts")
_XML = "http://www.w3.org/XML/1998/namespace"
_TEXTUAL = "audio break phoneme prosody say-as sub"
_PHRASE = f"{_TEXTUAL} emphasis lang"
_IN_VOICE = (
    f"{_PHRASE} bookmark lexicon math p s mstts:audioduration mstts:dialog mstts:express-as mstts:silence "
    "mstts:ttsembedding mstts:viseme"
)
_CONTAINED: Mapping[str, frozenset[str]] = {
    name: frozenset(contained.split())
    for name, contained in {
        "speak": "voice mstts:backgroundaudio",
        "voice": _IN_VOICE,
        "lang": _IN_VOICE,
        "audio": f"{_TEXTUAL} p s",
        "emphasis": _PHRASE,
        "mstts:ttsembedding": _PHRASE,
        "mstts:express-as": _PHRASE,
        "mstts:dialog": "mstts:turn",
        "mstts:turn": _PHRASE,
        "p": f"{_TEXTUAL} mstts:express-as s",
        "prosody": f"{_TEXTUAL} p s",
        "s": f"{_TEXTUAL} mstts:express-as",
        **dict.fromkeys(("phoneme", "say-as", "sub", "math"), ""),
        **dict.fromkeys(
            (
                "bookmark",
                "break",
                "lexicon",
                "mstts:audioduration",
                "mstts:backgroundaudio",
                "mstts:silence",
                "mstts:viseme",
            ),
            "",
        ),
    }.items()
}
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    name: frozenset(attributes.split())
    for name, attributes in {
        "speak": "version xml:lang xml:base",
        "voice": "name effect parameters xml:lang xml:gender",
        "lang": "xml:lang",
        "prosody": "rate pitch volume contour range",
        "break": "time strength",
        "mstts:silence": "type value",
        "mstts:express-as": "style styledegree role",
        "lexicon": "uri",
        "sub": "alias",
        "say-as": "interpret-as format detail",
        "phoneme": "alphabet ph",
        "emphasis": "level",
        "bookmark": "mark",
        "audio": "src",
        "mstts:turn": "speaker",
        "mstts:viseme": "type",
        "mstts:audioduration": "value",
        "mstts:ttsembedding": "speakerProfileId",
        "mstts:backgroundaudio": "src volume fadein fadeout",
    }.items()
}
_REQUIRED = {"speak": ("version", "xml:lang"), "voice": ("name",), "lang": ("xml:lang",), "lexicon": ("uri",)}
_BEFORE_TEXT = frozenset({"lexicon", "mstts:silence"})
"""Elements that apply to all text of their parent, and so must come before it."""
_NUMBER = r"[+-]?\d+(\.\d+)?"
_VALUES = {
    ("prosody", "rate"): rf"{_NUMBER}%?|x-slow|slow|medium|fast|x-fast|default",
    ("prosody", "pitch"): rf"{_NUMBER}(Hz|st|%)|x-low|low|medium|high|x-high|default",
    ("prosody", "volume"): rf"{_NUMBER}%?|silent|x-soft|soft|medium|loud|x-loud|default",
    ("break", "time"): r"\d+(\.\d+)?m?s",
    ("mstts:silence", "value"): r"\d+(\.\d+)?m?s",
    ("mstts:express-as", "styledegree"): r"\d+(\.\d+)?",
    ("voice", "parameters"): rf"[a-z_]+={_NUMBER}(;[a-z_]+={_NUMBER})*;?",
}


class Refused(Exception):
    """The service closes the connection with code 1007 and this reason."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one voice says: texts, and pauses in seconds."""

    voice: catalogue.Voice
    language: str
    pieces: tuple[str | float, ...]
    last: bool = True
    """Whether it is complete; False while more of its text is being written."""

    @property
    def length(self) -> int:
        """Characters of text."""
        return sum(len(piece) for piece in self.pieces if isinstance(piece, str))


def read(ssml: str, region: str) -> list[Part]:
    """Return what to say.

    Raises:
        Refused: the SSML is not valid.
    """
    if len(ssml.encode()) > LONGEST:
        raise Refused(f"SSML is longer than {LONGEST // 1024} KB.")
    if "<!DOCTYPE" in ssml:
        raise Refused("SSML is invalid: a document type is not allowed.")
    try:
        root = ElementTree.fromstring(ssml)
    except (ElementTree.ParseError, ValueError) as error:
        raise Refused(f"SSML is invalid: {error}") from None
    if _name(root) != "speak":
        raise Refused(f"Root element should be [speak], not [{_name(root)}].")
    _check(root, None)
    voices = [child for child in root if _name(child) == "voice"]
    if not voices:
        raise Refused("[speak] should contain a [voice].")
    if len(voices) > MOST_VOICES:
        raise Refused(f"SSML has more than {MOST_VOICES} voice tags.")
    return [_part(voice, root.attrib[f"{{{_XML}}}lang"], region) for voice in voices]


def voice_of(name: str, region: str) -> catalogue.Voice:
    """Return the voice of that name.

    Raises:
        Refused: the region does not have it.
    """
    voice = catalogue.find(name)
    if voice is None or not voice.family.hosted(region):
        raise Refused(f"Unsupported voice {name}.")
    return voice


def _part(element: ElementTree.Element, language: str, region: str) -> Part:
    voice = voice_of(element.attrib["name"], region)
    for child in element.iter():
        name = _name(child)
        if name not in {"voice", *voice.family.elements}:
            raise Refused(f"[{name}] element is not allowed. It is not supported by {voice.name}.")
    langs = [child.attrib[f"{{{_XML}}}lang"] for child in element.iter() if _name(child) == "lang"]
    return Part(voice, langs[0] if langs else language, tuple(_pieces(element)))


def _pieces(element: ElementTree.Element) -> Iterator[str | float]:
    if _name(element) == "break":
        yield _seconds(element.attrib.get("time", "750ms"))
    if element.text and element.text.strip():
        yield element.text
    for child in element:
        yield from _pieces(child)
        if child.tail and child.tail.strip():
            yield child.tail


def _check(element: ElementTree.Element, parent: str | None) -> None:
    """Check the names, places and values of an element and its descendants."""
    name = _name(element)
    if parent is not None and name not in _CONTAINED[parent]:
        raise Refused(f"Node [{parent}] should not contain node [{name}].")
    for written, value in element.attrib.items():
        attribute = _named(written)
        if attribute not in _ATTRIBUTES.get(name, ()):
            raise Refused(f"Attribute [{attribute}] is not allowed in [{name}].")
        pattern = _VALUES.get((name, attribute))
        if pattern is not None and re.fullmatch(pattern, value, re.IGNORECASE) is None:
            raise Refused(f"[{value[:40]}] is not a value of [{attribute}] in [{name}].")
    given = {_named(written) for written in element.attrib if element.attrib[written]}
    for attribute in _REQUIRED.get(name, ()):
        if attribute not in given:
            raise Refused(f"[{name}] needs the attribute [{attribute}].")
    texts = [element.text, *(child.tail for child in element)]
    if name in {"speak", "break", "lexicon", "bookmark", "mstts:silence"} and any(
        t and t.strip() for t in texts
    ):
        raise Refused(f"Node [{name}] should not contain text.")
    for child in element if name != "math" else ():
        _check(child, name)
    _check_order(element, name)


def _check_order(element: ElementTree.Element, name: str) -> None:
    """Check that elements which apply to all text come before it."""
    begun = bool((element.text or "").strip())
    for child in element if name != "math" else ():
        early = _name(child) in _BEFORE_TEXT
        if early and begun:
            raise Refused(f"Node [{_name(child)}] should come before what [{name}] says.")
        begun = begun or not early or bool((child.tail or "").strip())


def _name(element: ElementTree.Element) -> str:
    name = _named(element.tag)
    if name not in _CONTAINED:
        raise Refused(f"[{name[:60]}] element is not allowed.")
    return name


def _named(written: str) -> str:
    """Return a qualified name as the documentation writes it, with the prefix `mstts:` or `xml:`."""
    namespace, brace, name = written.removeprefix("{").rpartition("}")
    if not brace or namespace == _SYNTHESIS:  # the service does not insist on the namespace
        return name
    if namespace in _MSTTS:
        return f"mstts:{name}"
    return f"xml:{name}" if namespace == _XML else f"{{{namespace}}}{name}"


def _seconds(time: str) -> float:
    if time.lower().endswith("ms"):
        return min(float(time[:-2]) / 1000, 20.0)
    return min(float(time[:-1]), 20.0)
