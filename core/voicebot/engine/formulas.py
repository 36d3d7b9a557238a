"""Reading the simplest of LaTeX: what a chat model writes when it is asked for a sum."""

from __future__ import annotations

import re

FORMULA = re.compile(
    r"\$\$(.+?)\$\$|\$(?![\s\d])([^$\n]+?)(?<!\s)\$(?!\w)|\$(\d[^$\n]*[\\^_=][^$\n]*?)(?<!\s)\$(?!\w)"
    r"|\\\((.+?)\\\)|\\\[(.+?)\\\]",
    re.DOTALL,
)
"""A formula in text: in $...$, $$...$$, \\(...\\) or \\[...\\], but no prices: "$5 and $6"."""
_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s*|\\.")
_SIGNS = {
    "times": "×", "cdot": "×", "div": "÷", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠", "approx": "≈", "infty": "∞", "sqrt": "√", "circ": "°",
    "text": "", "mathrm": "", "mathbf": "", "left": "", "right": "",
}  # fmt: skip


def read_formula(match: re.Match[str]) -> str:
    """Return a formula without its commands: signs for signs, names for Greek letters."""
    text = next(group for group in match.groups() if group is not None)
    text = _FRACTION.sub(r"\1 / \2", text)
    text = _COMMAND.sub(
        lambda command: f" {_SIGNS.get(command[1], command[1])} " if command[1] else " ", text
    )
    return " ".join(re.sub(r"[{}]", "", text).split())
