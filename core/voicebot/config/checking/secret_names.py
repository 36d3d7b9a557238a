"""Which names of options, headers and variables suggest a secret, and which values look like one."""

from __future__ import annotations

import re

_ALWAYS = frozenset(
    "secret secrets password passwords passwd passphrase passphrases passcode pwd credential credentials "
    "cookie cookies bearer authorization apikey apikeys apisecret apitoken authkey authtoken "
    "accesskey accesstoken secretkey clientsecret privatekey".split()
)
"""Last words of a name that always mean a secret."""
_SINGULAR = frozenset(("key", "token"))
_PLURAL = frozenset(("keys", "tokens"))
_BEFORE_SECRETS = frozenset(
    "api access account auth authorization bearer client private refresh secret security service session "
    "subscription".split()
)
"""Words that make `keys` or `tokens` after them secret."""
_BEFORE_PUBLIC = frozenset(
    # keys of tables, of a keyboard, of music
    "cache column cue dict down enter escape exit field foreign group hot index interrupt json lookup map "
    "message metadata modifier musical mute partition pause press primary public push quit record resume row "
    "skip song sort space start stop talk toggle unique up wake "
    # tokens of a tokenizer
    "begin blank bos class cls decoder eos end fill first language last mask max min next null pad padding "
    "prompt sep separator special start stop text think unk unknown word".split()
)
"""Words that make `key` or `token` after them public."""
_KEY = re.compile(r"(?=[\w-]*[a-zA-Z])(?=[\w-]*\d)[\w-]{20,}|://[^/\s]*:[^/\s]+@", re.ASCII)
"""Letters and digits as no word has them, or a URL with a password."""
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def names_a_secret(name: str) -> bool:
    """Return whether an option's name suggests a secret: `api_key`, but not `key_phrases` or `max_tokens`."""
    words = [word.lower() for word in _WORDS.findall(name) if not word.isdigit()]
    if not words:
        return False
    before = words[-2] if len(words) > 1 else ""
    if words[-1] in _ALWAYS:
        return True
    if words[-1] in _SINGULAR:
        return before not in _BEFORE_PUBLIC
    return words[-1] in _PLURAL and before in _BEFORE_SECRETS


def is_probably_secret(name: str, value: str) -> bool:
    """Return whether a header or variable is probably a secret, by its name or since it looks like a key."""
    return names_a_secret(name) or name.lower().endswith("password") or _KEY.search(value) is not None
