"""Web addresses, of which only the host is spoken."""

from __future__ import annotations

import re

_ENDS = (  # blanks, brackets, and scripts without a blank after an address
    r"\s<>\[\]{}|\"`()\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2010-\u2027\u3000-\u30ff\u3130-\u318f"
    r"\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
)
_REST = rf"(?:[^{_ENDS}]|\([^\s()]{{0,300}}\)){{1,2500}}"
_OTHER_HOST = (
    r"(?:\[[0-9A-Fa-f:.]{2,50}\]"
    r"|[\w-]{1,63}(?:\.[\w-]{1,63}){0,3}\.(?:[A-Za-z]{2,20}|[\u3040-\u9fff\uac00-\ud7af]{2,8}))"
)
"""A host that is a number in brackets, or is written in a script without blanks."""
_URL = (  # not compiled before an address comes: it takes milliseconds
    rf"(?<![A-Za-z0-9_])(?:(?i:(?:https?|ftp|wss?)://|www\.){_REST}"
    rf"|(?i:https?|ftp|wss?)://{_OTHER_HOST}(?:[/:?#]{_REST})?)"
)
_PAGE = (
    r"(?<![\w@/.:-])((?:[A-Za-z0-9-]{1,63}\.){1,5}(?:com|org|net|edu|gov|io|dev|app|ai|co|info|biz|eu|uk|de|fr|es|it|nl"
    rf"|be|ch|at|se|no|dk|fi|pl|cz|ru|ua|jp|cn|kr|in|br|au|ca|us|gr|pt|ro|hu|tr|il)(?::\d{{1,5}})?)[/?#]{_REST}"
)
_MAILTO = re.compile(r"(?<![A-Za-z0-9])mailto:(?=\S+@)", re.IGNORECASE)
_DATA = re.compile(r"(?<![A-Za-z0-9])data:[\w/+.;=-]{0,200},[A-Za-z0-9+/=%_-]+", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z]+://)?(?:[^/?#@]*@)?(?:www\.)?([^/?#]*)", re.IGNORECASE)
_TRAILING = ".,;:!?'*_~"


def without_long_addresses(text: str) -> str:
    """Replace each web address by its host; remove data in the form of an address."""
    if "/" in text or "www." in text.lower():
        text = re.sub(_PAGE, _page, re.sub(_URL, _host, text))
    if ":" in text:
        text = _DATA.sub(" ", _MAILTO.sub("", text))
    return text


def _host(address: re.Match[str]) -> str:
    whole = address[0].rstrip(_TRAILING)
    host = _HOST.match(whole)
    assert host is not None
    return host[1].rstrip(_TRAILING) + address[0][len(whole) :]


def _page(address: re.Match[str]) -> str:
    return address[1] + address[0][len(address[0].rstrip(_TRAILING)) :]
