"""Results as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from voicebot import write_whole
from voicebot_scenarios.results import Result

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot contain in any form."""


def write_junit(path: Path, results: Sequence[Result], now: datetime | None = None) -> None:
    """Write a file: a test suite for each conversation, a test case for each check.

    A test case took as long as the turn that is checked.

    Only its owner can read a new one, since it has what was said.

    Raises:
        OSError: it cannot be written.
    """
    root = Element("testsuites")
    for number, result in enumerate(results):
        _add_suite(root, number, result, now or datetime.now(UTC))
    indent(root)
    write_whole(path, tostring(root, encoding="utf-8", xml_declaration=True), private=not path.exists())


def _add_suite(root: Element, number: int, result: Result, now: datetime) -> None:
    cases = [
        (f"{turn_number}. {turn.text or 'the bot speaks'}: {check.name}", check.failure, turn.seconds)
        for turn_number, turn in enumerate(result.turns, 1)
        for check in turn.checks
    ]
    if result.error or not cases:
        cases.append(("can be carried out", result.error, result.seconds))
    suite = SubElement(
        root,
        "testsuite",
        {
            "id": str(number),
            "name": _clean(result.name),
            "package": _clean(str(result.file)),
            "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}",
            "hostname": "localhost",
            "tests": str(len(cases)),
            "failures": str(sum(bool(failure) for _, failure, _ in cases)),
            "errors": "0",
            "time": f"{result.seconds:.3f}",
        },
    )
    SubElement(suite, "properties")
    for name, failure, seconds in cases:
        about = {"name": _clean(name), "classname": _clean(result.name), "time": f"{seconds:.3f}"}
        case = SubElement(suite, "testcase", about)
        if failure:
            found = SubElement(case, "failure", {"message": _clean(failure), "type": "check"})
            found.text = _clean(failure)
    SubElement(suite, "system-out").text = _clean("\n".join(_dialogue(result)))
    SubElement(suite, "system-err")


def _dialogue(result: Result) -> list[str]:
    said = (
        line
        for turn in result.turns
        for line in (f"user: {turn.text}" if turn.text else "", f"bot: {turn.answer}" if turn.answer else "")
    )
    return [line for line in said if line]


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
