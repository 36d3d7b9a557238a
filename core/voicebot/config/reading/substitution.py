"""Variables in the texts of a config: `${VAR}`, `${VAR:-default}`, `${VAR:?message}`, as in Docker Compose.

As in Compose, `${VAR-default}` and `${VAR?message}` accept an empty value, `${VAR:+text}` and `${VAR+text}`
become the text if there is a value, a default may hold variables, and `$$` is a dollar sign. A dollar sign
before anything else stays as it is, so patterns and prices need no escaping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.config.reading.tree import Unset

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_MAX_DEPTH = 20
_FORMS = "write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $$ for a dollar sign"


class VariableSyntaxError(ValueError):
    """A `${` that does not begin a variable."""


@dataclass(frozen=True, slots=True)
class Substituted:
    """A text with its variables replaced, the names it used, and those without a value."""

    text: str
    names: tuple[str, ...]
    unset: tuple[Unset, ...]


def substitute(text: str, environ: Mapping[str, str]) -> Substituted:
    """Replace the variables of a text.

    Raises:
        VariableSyntaxError: a `${` is not followed by a name, or not closed.
    """
    substitution, _ = _Reader(text, environ).read(0, closing=False)
    return substitution


class _Reader:
    def __init__(self, text: str, environ: Mapping[str, str]) -> None:
        self.text = text
        self.environ = environ
        self.depth = 0

    def read(self, at: int, *, closing: bool) -> tuple[Substituted, int]:
        """Read to the end, or to the brace that closes an operand; also return the position reached."""
        parts: list[str] = []
        names: list[str] = []
        unset: list[Unset] = []
        while at < len(self.text):
            if closing and self.text[at] == "}":
                return Substituted("".join(parts), tuple(names), tuple(unset)), at
            if self.text.startswith("$$", at):
                parts.append("$")
                at += 2
            elif self.text.startswith("${", at):
                inner, at = self.variable(at + 2)
                parts.append(inner.text)
                names.extend(inner.names)
                unset.extend(inner.unset)
            else:
                parts.append(self.text[at])
                at += 1
        if closing:
            raise VariableSyntaxError(f"a '${{' has no closing '}}'; {_FORMS}")
        return Substituted("".join(parts), tuple(names), tuple(unset)), at

    def variable(self, at: int) -> tuple[Substituted, int]:
        """Read one variable, from after its `${`; return its substitution and where it ends."""
        if self.depth >= _MAX_DEPTH:
            raise VariableSyntaxError("these variables are nested too deeply")
        name = _NAME.match(self.text, at)
        if not name:
            raise VariableSyntaxError(f"a '${{' is not followed by the name of a variable; {_FORMS}")
        operator = _OPERATOR.match(self.text, name.end())
        sign = operator.group() if operator else ""
        self.depth += 1
        operand, end = self.read(name.end() + len(sign), closing=True)
        self.depth -= 1
        if not sign and end != name.end():
            raise VariableSyntaxError(f"'${{{name.group()}' has no closing '}}'; {_FORMS}")
        return self._value(name.group(), sign, operand), end + 1

    def _value(self, name: str, sign: str, operand: Substituted) -> Substituted:
        value = self.environ.get(name)
        there = bool(value) if sign.startswith(":") else value is not None
        if sign.endswith("+"):
            used = operand if there else Substituted("", (), ())
        elif there:
            return Substituted(value or "", (name,), ())
        elif sign.endswith("-"):
            used = operand
        else:
            return Substituted("", (name,), (Unset(name, operand.text),))
        return Substituted(used.text, (name, *used.names), used.unset)
