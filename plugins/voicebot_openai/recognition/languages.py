"""The languages that OpenAI transcribes, and what Whisper calls them."""

from __future__ import annotations

_NAMES = """
afrikaans af arabic ar armenian hy azerbaijani az belarusian be bosnian bs bulgarian bg catalan ca
chinese zh croatian hr czech cs danish da dutch nl english en estonian et finnish fi french fr
galician gl german de greek el hebrew he hindi hi hungarian hu icelandic is indonesian id italian it
japanese ja kannada kn kazakh kk korean ko latvian lv lithuanian lt macedonian mk malay ms marathi
mr maori mi nepali ne norwegian no persian fa polish pl portuguese pt romanian ro russian ru serbian
sr slovak sk slovenian sl spanish es swahili sw swedish sv tagalog tl tamil ta thai th turkish tr
ukrainian uk urdu ur vietnamese vi welsh cy
""".split()
_CODES = dict(zip(_NAMES[::2], _NAMES[1::2], strict=True))
_RELATIVES = {"nb": "no", "nn": "no", "fil": "tl", "yue": "zh", "cmn": "zh", "iw": "he", "in": "id"}
"""Languages that have another code here, or that are written like a language that has one."""
_LONGEST_TAG = 8


def expected_code(tag: str) -> str:
    """Return the code by which a request names the language of a tag such as `nb-NO`."""
    code = tag.partition("-")[0].lower()
    return _RELATIVES.get(code, code)


def is_documented(code: str) -> bool:
    """Return whether OpenAI says that it transcribes a language; a session with another one is refused."""
    return code in _CODES.values()


def language_code(name: str) -> str | None:
    """Return the tag of a language that a server has named, such as `en` or `english`; None if unknown."""
    name = name.strip()
    if 2 <= len(name.partition("-")[0]) <= 3 and len(name) <= _LONGEST_TAG:
        return name
    return _CODES.get(name.lower())
