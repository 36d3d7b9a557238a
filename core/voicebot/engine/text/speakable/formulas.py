"""Simple LaTeX, as a chat model writes it when it is asked for a sum, in words and signs."""

from __future__ import annotations

import re

FORMULA = re.compile(
    r"\$\$(.{1,2000}?)\$\$|\$(?![\s\d])([^$\n]{1,300}?)(?<!\s)\$(?!\w)"
    r"|\$(\d[^$\n\\^_=]{0,200}[\\^_=][^$\n]{0,200}?)(?<!\s)\$(?!\w)"
    r"|\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]"
    r"|(\\begin\{[a-zA-Z]{1,20}\*?\}.{0,2000}?\\end\{[a-zA-Z]{1,20}\*?\})",
    re.DOTALL,
)
"""A formula: in $...$, $$...$$, \\(...\\), \\[...\\] or an environment, but not a price: "$5 and $6"."""
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[^{}]{0,40}\}|\\tag\{[^{}]{0,40}\}|\\label\{[^{}]{0,80}\}")
_FRACTION = re.compile(r"\\[dtc]?frac\{([^{}]*)\}\{([^{}]*)\}")
_ROOT = re.compile(r"\\sqrt\{([^{}]*)\}")
WORDS = re.compile(
    r"\\(?:text(?:bf|it|rm|tt)?|emph|underline|math(?:rm|bf|it|sf)|operatorname|boxed|overline|vec|hat|bar)\{([^{}]*)\}"
)
"""Words within a formula; models also write them outside formulas."""
_SCRIPT = re.compile(r"([\^_])\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*|\\.")
_DEEPEST = 4
_SIGNS = {
    "times": "×", "cdot": "×", "div": "÷", "pm": "±", "mp": "∓", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠", "approx": "≈", "equiv": "≡", "infty": "∞", "sqrt": "√", "circ": "°", "degree": "°",
    "percent": "%", "ldots": "…", "dots": "…", "cdots": "…", "to": "→", "rightarrow": "→", "in": "∈",
    "text": "", "mathrm": "", "mathbf": "", "left": "", "right": "", "quad": "", "qquad": "",
    "displaystyle": "", "big": "", "Big": "", "limits": "", "nonumber": "", "frac": "",
}  # fmt: skip


def read_formula(match: re.Match[str]) -> str:
    """Return a formula without its commands: signs for signs, names for Greek letters."""
    text = next(group for group in match.groups() if group is not None)
    text = _ENVIRONMENT.sub(" ", text)
    for _ in range(_DEEPEST):  # from the innermost braces outwards
        text, changes = _simpler(text)
        if not changes:
            break
    text = _COMMAND.sub(
        lambda command: f" {_SIGNS.get(command[1], command[1])} " if command[1] else " ", text
    )
    return " ".join(re.sub(r"[{}&]", "", text).split())


def _simpler(text: str) -> tuple[str, int]:
    changes = 0
    for pattern, said in ((WORDS, r"\1"), (_SCRIPT, r"\1\2"), (_ROOT, r"√ \1"), (_FRACTION, r"\1 / \2")):
        text, count = pattern.subn(said, text)
        changes += count
    return text, changes
