"""Addresses in the net, names of files, and names with signs: "john@example.com", "report.pdf", "@anna"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voicebot.text_normalization.lexicon import Lexicon
from voicebot.text_normalization.normalized_text import Change

_DOMAINS = (
    "com|org|net|edu|gov|mil|int|io|dev|app|ai|co|info|biz|eu|uk|de|fr|es|it|nl|be|ch|at|se|no|dk|fi|pl|cz"
    "|ru|ua|jp|cn|kr|in|br|au|ca|us|gr|pt|ro|hu|tr|il|nz|mx|ar|ie|lu|test|local|xyz|online|shop|site"
    "|tech|cloud|tv|me"
)
_EXTENSIONS = (
    "txt|pdf|md|rst|docx?|xlsx?|pptx?|odt|csv|tsv|json|ya?ml|toml|xml|html?|css|jsx?|tsx?|mjs|py|ipynb|rs|go"
    "|java|kt|c|h|cpp|hpp|cs|rb|php|sh|bat|ps1|sql|ini|cfg|conf|log|lock|zip|tar|gz|7z|exe|dll|so|apk|iso|png"
    "|jpe?g|gif|svg|webp|mp3|mp4|wav|ogg|flac|mov|avi|mkv|epub|ics|bin|dat|db|bak|tmp|env"
)
_URL = re.compile(
    r"(?<![\w@])(?:(?i:https?|ftp|wss?|file)://|(?i:www)\.(?=\w))[^\s<>\"“”«»]{1,2000}"
    r"|(?<!\w)(?i:mailto):(?=\S)"
)
_SCHEME = re.compile(r"(?i:[a-z]+://|mailto:)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w+-](?:[\w.+-]{0,62}[\w+-])?@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}(?!\w)")
_HOST = re.compile(
    rf"(?<![\w@./-])(?:[^\W_][\w-]{{0,62}}\.){{1,5}}(?:{_DOMAINS})(?::\d{{1,5}})?(?![\w-]|\.\w)"
    r"(?:[/?#][^\s<>\"“”«»]{0,500})?"
)
_IP = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2}|:\d{1,5})?(?!\w|\.\d)")
_HEXADECIMAL = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f:]{0,39}[A-Fa-f:]{2})[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){4,7}(?![\w:])"
)
_HEXADECIMAL_NUMBER = re.compile(r"(?<!\w)0x[0-9A-Fa-f]{1,40}(?!\w)")
_FILE = re.compile(rf"(?<![\w./@-])[\w-]{{2,64}}(?:\.[\w-]{{1,32}}){{0,3}}\.(?i:{_EXTENSIONS})(?![\w-]|\.\w)")
_STEP = r"(?:[/\\][\w.@~+-]{1,64})"
_PATH = re.compile(rf"(?<![\w/\\.:<>~])(?:(?:~|\.{{1,2}}|[A-Za-z]:){_STEP}{{1,20}}|{_STEP}{{2,20}})[/\\]?")
_HASHTAG = re.compile(r"(?<![\w&#/])[#＃]([^\W\d]\w{0,60})(?!\w)")
_HANDLE = re.compile(r"(?<![\w@.])@(?=\w)([\w.]{0,40}\w)(?![\w@])")
_PIECE = re.compile(r"[^\W\d_]+|\d+|\S")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_TRAILING = ".,;:!?'’*_~…"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_VOWELS = re.compile("[aeiouyäöüéèáíóú]", re.IGNORECASE)
_LONGEST_NUMBER = 2
_LONGEST_CODE = 2


def changes(text: str, lexicon: Lexicon) -> Iterator[Change]:
    """Yield addresses as they are said: without "https", with "dot" and "at"."""
    if not any(mark in text for mark in ".@#/\\:＃"):
        return
    for match in _URL.finditer(text):
        end = _end(text, match.start(), match.end())
        scheme = _SCHEME.match(text, match.start(), end)
        said = text[scheme.end() if scheme else match.start() : end].rstrip("/")
        yield Change(match.start(), end, _said(said, lexicon))
    for match in _EMAIL.finditer(text):
        yield Change(*match.span(), _said(match[0], lexicon))
    for pattern in (_IP, _HEXADECIMAL, _HEXADECIMAL_NUMBER):
        for match in pattern.finditer(text):
            if any(map(str.isalnum, match[0])):
                yield Change(*match.span(), _characters(match[0], lexicon))
    for pattern in (_PATH, _HOST, _FILE):
        for match in pattern.finditer(text):
            end = _end(text, match.start(), match.end())
            if pattern is not _FILE or not match[0][0].isdecimal() or _VOWELS.search(match[0]):
                yield Change(match.start(), end, _said(text[match.start() : end], lexicon))
    for pattern, sign in ((_HASHTAG, "#"), (_HANDLE, "@")):
        for match in pattern.finditer(text):
            name = lexicon.words.address_signs.get(sign, ("",))[0]
            yield Change(*match.span(), f"{name} {_words(match[1], lexicon)}".strip())


def _end(text: str, start: int, end: int) -> int:
    """Return where an address ends, without the marks of the sentence that it is in."""
    while end > start + 1:
        last = text[end - 1]
        opening = _PAIRS.get(last)
        if last in _TRAILING or (opening and text.count(opening, start, end) < text.count(last, start, end)):
            end -= 1
        else:
            break
    return end


def _said(address: str, lexicon: Lexicon) -> str:
    """Return an address in words: "example dot com"."""
    host = re.split(r"[/?#\\]", address.rpartition("@")[2], maxsplit=1)[0] if "\\" not in address else ""
    code = host.partition(":")[0].rpartition(".")[2] if "." in host else address.rpartition(".")[2]
    code_at = address.find(f".{code}") + 1
    said = []
    for piece in _PIECE.finditer(address):
        is_code = piece.start() == code_at and piece[0].isalpha()
        said.append(_piece(piece[0], lexicon, is_code=is_code))
    return " ".join(filter(None, said))


def _piece(piece: str, lexicon: Lexicon, *, is_code: bool = False) -> str:
    if piece.isdecimal():
        return lexicon.spell(piece) if len(piece) <= _LONGEST_NUMBER else lexicon.spell_digits(piece)
    if piece.isalpha():
        is_short = len(piece) <= _LONGEST_CODE or not _VOWELS.search(piece)
        is_spelled = piece.lower() == "www" or (is_code and is_short and piece.lower() != "co")
        return lexicon.spell_letters(piece) if is_spelled and piece.isascii() else _CAMEL.sub(" ", piece)
    return lexicon.words.address_signs.get(piece, ("",))[0]


def _words(name: str, lexicon: Lexicon) -> str:
    """Return the words of a name: "john_doe"."""
    pieces = (_piece(piece, lexicon) for piece in re.split(r"[_.]+|(?<=\d)(?=\D)|(?<=[^\W\d_])(?=\d)", name))
    return " ".join(filter(None, pieces))


def _characters(address: str, lexicon: Lexicon) -> str:
    """Return the digits, letters and signs of an address one by one."""
    said = (_character(piece, lexicon) for piece in _PIECE.findall(address))
    return " ".join(filter(None, said))


def _character(piece: str, lexicon: Lexicon) -> str:
    if piece.isdecimal():
        return lexicon.spell_digits(piece)
    if piece.isalpha():
        return lexicon.spell_letters(piece)
    return lexicon.words.address_signs.get(piece, ("",))[0]
