"""The page about `voicebot doctor` lists every check, and the keys that it writes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "reference" / "doctor.md").read_text(encoding="utf-8")


def named_checks() -> set[str]:
    """Return the names that the code gives to findings."""
    found = set()
    modules = [*(PROJECT / "core").rglob("*.py"), *(PROJECT / "plugins").rglob("*.py")]
    for module in modules:
        text = module.read_text(encoding="utf-8")
        for call in ast.walk(ast.parse(text)) if "Finding(" in text else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Finding":
                match call.args[:1]:
                    case [ast.Constant(value=str(name))]:
                        found.add(name)
                    case _:
                        found |= {"microphone", "speaker"}  # one for each direction of sound
    return found


def test_the_page_lists_every_check_and_no_other() -> None:
    table = PAGE.partition("## Checks")[2].partition("## JSON")[0]

    assert set(re.findall(r"^\| `([\w-]+)` \|", table, re.M)) == named_checks()
