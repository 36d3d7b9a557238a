"""Values that were copied from an example and never filled in, such as `<your key>`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LONGEST = 200  # characters; the time that the patterns take grows with the square of the length
_BRACKETED = re.compile(r"\S*<[^<>]*[a-z][^<>]*>\S*|[\[{(][^\[\]{}()]*[a-z][^\[\]{}()]*[\]})]", re.IGNORECASE)
_WORDS = re.compile(
    r"""
    your([-_ ]|\b|(?=api|key|token|name|secret|resource|endpoint|region|deployment|model|voice)).*
    | ([a-z]+[-_ ])*(key|token|secret|password|name|value|endpoint|region|deployment|url|id)[-_ ]here
    | (change|replace|fill|edit|insert|enter|paste|put|add)[-_ ]?(me|this|it|in|here|your|the|with)\b.*
    | (change|replace|fill)(me|this|it|in)
    | (insert|enter|paste)[-_ ].*
    | place[-_ ]?holder | to[-_ ]?do | tbd | fix[-_ ]?me | dummy[-_ ]?(key|token)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BLANKS = re.compile(  # sk-..., xxxx, ****, ____, xxxxxxxx-xxxx
    r"([a-z0-9]{1,8}[-_])*(x{3,}|\.{3,}|\u2026+|\*{3,}|_{3,}|\?{2,}|#{3,})([-_. ]?(x{3,}|\*{3,}|\u2026))*",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r".*(\.{3}|\u2026|x{6,}|\*{4,})", re.IGNORECASE)
_NAME_OF_ITSELF = re.compile(
    r"((my|the|some|api|speech|azure|openai|service|subscription|secret|access)[-_ ]?)*"
    r"(key|secret|token|password|credential)s?([-_ ]?[12])?",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"NAME|HOST|HOSTNAME|RESOURCE|REGION|(your|my)[-_]?(resource|name|host)?([-_]?name)?|x{3,}"
)
_RESOURCE_ID_TEMPLATE = re.compile(r"/subscriptions/.*(/\.{3}/|/NAME\b|\u2026).*")


def is_placeholder(text: str, *, secret: bool, from_variable: bool) -> bool:
    """Return whether a value is a placeholder.

    Args:
        secret: whether it should be a key or a password.
        from_variable: whether it comes from a variable, so that it is a whole value and not prose.
    """
    text = text.strip().strip("\"'").removeprefix("Bearer ").strip()
    if not text or len(text) > _LONGEST or "\n" in text:
        return False
    if _is_address(text):
        return _in_address(text)
    if _RESOURCE_ID_TEMPLATE.fullmatch(text):
        return True
    if _BRACKETED.fullmatch(text):
        return secret or from_variable or text[0] == "<"
    if not (secret or from_variable):
        return False
    if _WORDS.fullmatch(text) or _BLANKS.fullmatch(text):
        return True
    return secret and bool(_ABBREVIATED.fullmatch(text) or _NAME_OF_ITSELF.fullmatch(text))


def _is_address(text: str) -> bool:
    return re.match(r"(https?|wss?)://", text, re.IGNORECASE) is not None


def _in_address(text: str) -> bool:
    """Return whether a part of the host name is a placeholder."""
    try:
        host = urlsplit(text).netloc.rpartition("@")[2]
    except ValueError:  # not a valid IPv6 address, mostly because of brackets
        host = text.partition("://")[2].partition("/")[0]
    if re.search(r"[<>{}]|\[[^\]:]+\]|\.\.\.|\u2026", host):  # an IPv6 address in brackets has colons
        return True
    return any(_HOST.fullmatch(label) or _WORDS.fullmatch(label) for label in host.split(":")[0].split("."))
