"""Removes e-mail addresses, numbers and words from texts."""

from __future__ import annotations

import re

from voicebot_redaction.options import RedactOptions

_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_SPOKEN_EMAIL = (
    r"[\w.+-]+(?: (?:dot|punkt|punto|point) [\w-]+)* (?:at|@) [\w-]+(?: (?:dot|punkt|punto|point) \w+|\.\w+)+"
)
_DIGIT_WORDS = (
    "zero oh one two three four five six seven eight nine double triple "
    "null eins zwei zwo drei vier fünf sechs sieben acht neun"
).split()
_DIGIT = rf"(?:\d|\b(?:{'|'.join(_DIGIT_WORDS)})\b)"
_BETWEEN = r"[\s.,/()\-–]{0,3}"  # noqa: RUF001


class Redactor:
    """Replaces what the options name by `[email]`, `[number]` or `[redacted]`."""

    def __init__(self, options: RedactOptions) -> None:
        rules: list[tuple[str, str]] = []
        if words := [word.get_secret_value().split() for word in options.words]:
            # the longest first, or a name would hide the rest of a longer one
            words.sort(key=lambda each: -len(" ".join(each)))
            either = "|".join(r"\s+".join(map(re.escape, each)) for each in words)
            rules.append((rf"(?<!\w)(?:{either})(?!\w)", "[redacted]"))
        rules += [(pattern, "[redacted]") for pattern in options.patterns]
        if options.email:
            rules += [(_EMAIL, "[email]"), (_SPOKEN_EMAIL, "[email]")]
        if options.digits is not None:
            more = options.digits - 1
            rules.append((rf"\+?{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{{more},}}", "[number]"))
        self._rules = [(re.compile(pattern, re.IGNORECASE), instead) for pattern, instead in rules]

    def __call__(self, text: str) -> str:
        """Return a text without what is to be removed."""
        for pattern, instead in self._rules:
            text = pattern.sub(instead, text)
        return text
