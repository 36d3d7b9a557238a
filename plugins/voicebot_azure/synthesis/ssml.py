"""SSML for one utterance: built as a tree, so that no text can be taken for markup, and down-levelled.

What the voice's family does not take is left out; `voicebot_azure.synthesis.voices.options` tells the user.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from voicebot_azure.synthesis.voices.families import Family, family_of, locale_of, spoken_as
from voicebot_azure.synthesis.voices.options import Manner

LONGEST_PIECE = 1500  # characters; the SDK receives all of a piece's sound, however slowly it is taken
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2001/10/synthesis",
    "xmlns:mstts": "http://www.w3.org/2001/mstts",
}
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STOPS = r"\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362\u1367\u104b\u17d4\u17d5\u0f0d\u0f0e"
"""Full stops, exclamation and question marks of other scripts than ours."""
_SENTENCE_END = re.compile(
    rf"[.!?…]+[\"')\]]*\s+|\n+|[{_STOPS}]+[\"'\u201d\u2019\u300d\u300f\uff09\u00bb]*\s*"
)
_AT_END = re.compile(rf"[.!?…{_STOPS}][\"')\]\u201c\u201d\u2019\u00bb\u203a\u300d\u300f\uff09\u3011]*\s*$")


def speech_markup(manner: Manner, text: str, language: str | None = None) -> str:
    """Return SSML that says `text`; characters that XML cannot hold become spaces.

    Args:
        language: what the text is in, as a BCP 47 tag; the voice's own when None.
    """
    family = family_of(manner.voice)
    wanted = manner.language or language
    tag = spoken_as(manner.voice, wanted) if wanted else None
    own = locale_of(manner.voice)
    root = Element("speak", {"version": "1.0", **_NAMESPACES, "xml:lang": tag or own or wanted or "en-US"})
    innermost = _voice(root, manner, family)
    if tag is not None and family.languages and tag != own:
        innermost = SubElement(innermost, "lang", {"xml:lang": tag})
    if style := _style(manner, family):
        innermost = SubElement(innermost, "mstts:express-as", style)
    if prosody := prosody_of(manner, family.takes):
        innermost = SubElement(innermost, "prosody", prosody)
    if len(innermost):  # what stands before the text concerns all of it
        innermost[-1].tail = speakable(text)
    else:
        innermost.text = speakable(text)
    for element in root.iter():
        element.attrib = {name: speakable(value) for name, value in element.attrib.items()}
    return tostring(root, encoding="unicode")


def speakable(text: str) -> str:
    """Return text with spaces for characters that XML cannot hold."""
    return _UNSPEAKABLE.sub(" ", text)


def prosody_of(manner: Manner, takes: Collection[str]) -> dict[str, str]:
    """Return rate, pitch and volume as the service writes them, as far as the voice `takes` them."""
    values = {
        "rate": f"{manner.rate:g}" if manner.rate is not None else None,
        "pitch": f"{manner.pitch:+g}%" if manner.pitch is not None else None,
        "volume": f"{manner.volume:g}" if manner.volume is not None else None,
    }
    return {name: value for name, value in values.items() if value is not None and name in takes}


def pieces(text: str) -> Iterator[tuple[int, str]]:
    """Cut text into pieces that the service takes, with their offsets; between sentences if possible."""
    first = 0
    while first < len(text):
        window = text[first : first + LONGEST_PIECE]
        end = len(window)
        if first + end < len(text):
            sentences = [match.end() for match in _SENTENCE_END.finditer(window)]
            end = sentences[-1] if sentences else window.rfind(" ") + 1 or end
        if window[:end].strip():
            yield first, window[:end]
        first += end


def ends_sentence(text: str) -> bool:
    """Return whether text ends where a sentence does."""
    return _AT_END.search(text) is not None


def _voice(root: Element, manner: Manner, family: Family) -> Element:
    attributes = {"name": manner.voice}
    if parameters := _parameters(manner, family):
        attributes["parameters"] = parameters
    voice = SubElement(root, "voice", attributes)
    if manner.lexicon and "lexicon" in family.takes:
        SubElement(voice, "lexicon", {"uri": manner.lexicon})
    if manner.sentence_pause is not None and family.silences:
        pause = f"{round(manner.sentence_pause * 1000)}ms"
        SubElement(voice, "mstts:silence", {"type": "Sentenceboundary-exact", "value": pause})
    return voice


def _parameters(manner: Manner, family: Family) -> str:
    """Return how freely an HD voice speaks."""
    values: dict[str, float | None] = {
        "temperature": manner.temperature,
        "top_p": manner.top_p,
        "top_k": manner.top_k,
        "cfg_scale": manner.cfg_scale,
    }
    if manner.temperature is not None:
        values["temperature"] = max(manner.temperature, family.coldest)
    given = ((name, value) for name, value in values.items() if value is not None and name in family.takes)
    return ";".join(f"{name}={value:g}" for name, value in given)


def _style(manner: Manner, family: Family) -> dict[str, str]:
    values = {
        "style": manner.style,
        "styledegree": f"{manner.style_degree:g}" if manner.style_degree is not None else None,
        "role": manner.role,
    }
    takes = {"style": "style", "styledegree": "style_degree", "role": "role"}
    given = {
        name: value for name, value in values.items() if value is not None and takes[name] in family.takes
    }
    return given if given.keys() & {"style", "role"} else {}
