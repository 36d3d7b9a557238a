"""Remove keys from what is recorded of a message, by their names and by their values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"(?<!sec-websocket-)(?<!cache_)key(s|[_-]?\d)?$|private.?key|(?<!commit-)token$|secret|passw|passphrase"
    r"|pwd$|auth$|authori[sz]ation|credential|cookie|signature$|^sig$|assertion$|jwt$|connection_?string$",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b((?:bearer|basic)\s+|aad#[^#\s]*#)[\w.~+/=%-]{8,}", re.IGNORECASE)
_TOKEN = re.compile(r"\beyJ[\w-]{8,}(\.[\w-]*)*")  # how a token of Entra ID begins
_LOGIN = re.compile(r"(?<=://)[^\s/@\"'<>]{1,512}@")  # user and password in an address
_SUBPROTOCOL = re.compile(r"((?:key|bearer|token|authorization)[\w-]*\.)[\w.~+/=-]{8,}", re.IGNORECASE)
"""Where web pages put keys, because they cannot set other headers of a websocket."""
_PAIR = re.compile(
    r"""(keys?|token|secret|password|passphrase|pwd|auth|authorization|credential|sig|jwt)"""
    r"""(\\?["']?\s*(?:=|:|%3d|%3a)\s*(?:\\?["'])?)([^\s"'&;,<>}\\]+)""",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"[\w.%-]{0,64}$")
_SHORTEST, _LONGEST = 6, 4096
_MOST = 64


class Redaction:
    """Hides known keys, and values with the names of keys, which are then known too.

    Args:
        known: keys to hide wherever they appear.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: dict[str, tuple[str, ...]] = {}
        """Keys, each with the forms in which it may be written, longest first."""
        for key in known:
            self._learn(key)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return headers without keys."""
        for name, value in headers.items():
            if _is_secret(name):
                self._learn(value)
        return {name: self._header(name, value) for name, value in headers.items()}

    def _header(self, name: str, value: str) -> str:
        if _is_secret(name):
            return HIDDEN
        if name.lower() == "sec-websocket-protocol":
            value = _SUBPROTOCOL.sub(rf"\1{HIDDEN}", value)
        return self.address(value)

    def address(self, address: str) -> str:
        """Return an address, or the path and the query of one, without keys."""
        path, question, query = address.partition("?")
        pairs = re.split(r"([&;])", query)
        for at, pair in enumerate(pairs):
            name, equals, value = pair.partition("=")
            if equals and (_is_secret(unquote_plus(name)) or name.lower() == "code"):  # of Azure Functions
                self._learn(value)
                pairs[at] = f"{name}={HIDDEN}"
        return self.text(f"{path}{question}{''.join(pairs)}")

    def body(self, body: str) -> str:
        """Return a body, JSON or other text, without keys."""
        try:
            document = json.loads(body) if body.lstrip()[:1] in ("{", "[") else None
        except (ValueError, RecursionError):
            document = None
        if document is not None and (hidden := self._hidden(document)) != document:
            body = json.dumps(hidden, ensure_ascii=False)
        return self.text(body)

    def text(self, text: str) -> str:
        """Return any text without keys."""
        text = _SCHEME.sub(rf"\1{HIDDEN}", _TOKEN.sub(HIDDEN, text))
        text = _PAIR.sub(self._pair, _LOGIN.sub(f"{HIDDEN}@", text))
        for forms in self._known.values():
            for form in forms:
                text = text.replace(form, HIDDEN)
        return text

    def _hidden(self, document: Any, depth: int = 0) -> Any:
        if depth > 50:
            return HIDDEN
        match document:
            case dict():
                return {name: self._member(name, value, depth) for name, value in document.items()}
            case list():
                return [self._hidden(item, depth + 1) for item in document]
            case _:
                return document

    def _member(self, name: str, value: Any, depth: int) -> Any:
        if not _is_secret(name) or value is None or isinstance(value, bool):
            return self._hidden(value, depth + 1)
        if isinstance(value, str):
            self._learn(value)
        return HIDDEN

    def _pair(self, found: re.Match[str]) -> str:
        end, equals = found[1], found[2]
        before = _BEFORE.search(found.string[max(0, found.start() - 64) : found.start()])
        name = unquote_plus((before[0] if before else "") + end)
        return f"{end}{equals}{HIDDEN}" if _is_secret(name) else found[0]

    def _learn(self, value: str) -> None:
        for key in _keys(value):
            if _SHORTEST <= len(key) <= _LONGEST and key not in self._known:
                if len(self._known) >= _MOST:
                    del self._known[next(iter(self._known))]
                self._known[key] = tuple(sorted(_forms(key), key=len, reverse=True))


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name.partition("[")[0].strip()) is not None


def _keys(value: str) -> set[str]:
    """Return the secret parts of a value such as `Bearer KEY` or `aad#RESOURCE#KEY`."""
    plain = unquote_plus(value)
    return {word for text in (value, plain) for word in (text, text.rpartition("#")[2].rpartition(" ")[2])}


def _forms(key: str) -> set[str]:
    """Return the forms in which a key may be written."""
    written = {key, quote(key, safe=""), quote(key), quote_plus(key), json.dumps(key)[1:-1]}
    return {cased for form in written for cased in (form, form.lower(), form.upper())}
