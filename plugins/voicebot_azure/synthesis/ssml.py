"""SSML for one chunk of text, built as a tree so that no text can be mistaken for markup.

Options that the family of the voice does not support are left out; `voices.advice` warns of them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from voicebot_azure.synthesis.voices.families import Family, family_of, locale_of, spoken_as
from voicebot_azure.synthesis.voices.options import VoiceOptions

MAX_CHUNK = 1500
"""Characters in one request: the SDK buffers all of its audio, however slowly that is consumed."""
_NAMESPACES = {
    "xmlns": "http://www.w3.org/2001/10/synthesis",
    "xmlns:mstts": "http://www.w3.org/2001/mstts",
}
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNBILLED = re.compile(r"</?(?:speak|voice)\b[^>]*>")
"""The only markup that costs nothing."""
_BILLED_TWICE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Signs of Han, in whichever language."""
_STOPS = r"\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u0589\u1362\u1367\u104b\u17d4\u17d5\u0f0d\u0f0e"
"""Full stops, exclamation marks and question marks of other scripts."""
_SENTENCE_END = re.compile(
    rf"[.!?…]+[\"')\]]*\s+|\n+|[{_STOPS}]+[\"'\u201d\u2019\u300d\u300f\uff09\u00bb]*\s*"
)
_AT_END = re.compile(rf"[.!?…{_STOPS}][\"')\]\u201c\u201d\u2019\u00bb\u203a\u300d\u300f\uff09\u3011]*\s*$")


def speech_markup(options: VoiceOptions, text: str, language: str | None = None) -> str:
    """Return SSML that says `text`; characters that XML cannot contain become spaces.

    Args:
        language: BCP 47 tag of the text; the voice's own language when None.
    """
    family = family_of(options.voice)
    wanted = options.language or language
    tag = spoken_as(options.voice, wanted) if wanted else None
    own = locale_of(options.voice)
    root = Element("speak", {"version": "1.0", **_NAMESPACES, "xml:lang": tag or own or wanted or "en-US"})
    innermost = _add_voice(root, options, family)
    if tag is not None and family.languages and tag != own:
        innermost = SubElement(innermost, "lang", {"xml:lang": tag})
    if style := _style(options, family):
        innermost = SubElement(innermost, "mstts:express-as", style)
    if prosody := prosody_of(options, family.supports):
        innermost = SubElement(innermost, "prosody", prosody)
    if len(innermost):  # a lexicon or a silence, which comes before the text
        innermost[-1].tail = replace_unspeakable(text)
    else:
        innermost.text = replace_unspeakable(text)
    for element in root.iter():
        element.attrib = {name: replace_unspeakable(value) for name, value in element.attrib.items()}
    return tostring(root, encoding="unicode")


def billed_characters(request: str) -> int:
    """Return how many characters Azure bills for SSML, or for plain text."""
    text = _UNBILLED.sub("", request)
    return len(text) + len(_BILLED_TWICE.findall(text))


def replace_unspeakable(text: str) -> str:
    """Replace characters that XML cannot contain with spaces."""
    return _UNSPEAKABLE.sub(" ", text)


def prosody_of(options: VoiceOptions, supported: Collection[str]) -> dict[str, str]:
    """Return rate, pitch and volume in the service's notation, as far as they are `supported`."""
    values = {
        "rate": f"{options.rate:g}" if options.rate is not None else None,
        "pitch": f"{options.pitch:+g}%" if options.pitch is not None else None,
        "volume": f"{options.volume:g}" if options.volume is not None else None,
    }
    return {name: value for name, value in values.items() if value is not None and name in supported}


def split_into_chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield chunks that the service accepts, with their offsets; split between sentences if possible."""
    start = 0
    while start < len(text):
        window = text[start : start + MAX_CHUNK]
        end = len(window)
        if start + end < len(text):
            sentences = [match.end() for match in _SENTENCE_END.finditer(window)]
            end = sentences[-1] if sentences else window.rfind(" ") + 1 or end
        if window[:end].strip():
            yield start, window[:end]
        start += end


def ends_sentence(text: str) -> bool:
    """Return whether the text ends with the end of a sentence."""
    return _AT_END.search(text) is not None


def _add_voice(root: Element, options: VoiceOptions, family: Family) -> Element:
    attributes = {"name": options.voice}
    if parameters := _parameters(options, family):
        attributes["parameters"] = parameters
    voice = SubElement(root, "voice", attributes)
    if options.lexicon and "lexicon" in family.supports:
        SubElement(voice, "lexicon", {"uri": options.lexicon})
    if options.sentence_pause is not None and family.sentence_pauses:
        pause = f"{round(options.sentence_pause * 1000)}ms"
        SubElement(voice, "mstts:silence", {"type": "Sentenceboundary-exact", "value": pause})
    return voice


def _parameters(options: VoiceOptions, family: Family) -> str:
    """Return the sampling parameters of an HD voice."""
    values: dict[str, float | None] = {
        "temperature": options.temperature,
        "top_p": options.top_p,
        "top_k": options.top_k,
        "cfg_scale": options.cfg_scale,
    }
    if options.temperature is not None:
        values["temperature"] = max(options.temperature, family.min_temperature)
    given = ((name, value) for name, value in values.items() if value is not None and name in family.supports)
    return ";".join(f"{name}={value:g}" for name, value in given)


def _style(options: VoiceOptions, family: Family) -> dict[str, str]:
    values = {
        "style": options.style,
        "styledegree": f"{options.style_degree:g}" if options.style_degree is not None else None,
        "role": options.role,
    }
    option_of = {"style": "style", "styledegree": "style_degree", "role": "role"}
    given = {
        name: value
        for name, value in values.items()
        if value is not None and option_of[name] in family.supports
    }
    return given if given.keys() & {"style", "role"} else {}
