"""Whose call runs when: the table, a test a row."""

from __future__ import annotations

import pytest

from voicebot import Tool
from voicebot.engine.tools.rules import Kind, Stop, WhenCalled, is_told_later, kind_of, when_called


@pytest.mark.parametrize(
    ("tool", "kind"),
    [
        (Tool("a", "", effect="reads"), "reads"),
        (Tool("a", ""), "writes"),
        (Tool("a", "", confirm="Sure?"), "asks"),
        (Tool("a", "", effect="reads", confirm="Sure?"), "asks"),
    ],
)
def test_what_a_call_does_first_follows_from_the_tool(tool: Tool, kind: Kind) -> None:
    assert kind_of(tool) == kind


@pytest.mark.parametrize(
    ("kind", "released", "called_before", "what"),
    [
        ("reads", False, False, "run"),
        ("writes", False, False, "wait"),
        ("asks", False, False, "ask"),
        ("reads", True, False, "run"),
        ("writes", True, False, "run"),
        ("asks", True, False, "ask"),
        ("reads", False, True, "repeat"),
        ("writes", False, True, "repeat"),
        ("writes", True, True, "repeat"),
        ("asks", True, True, "repeat"),
    ],
)
def test_when_a_call_is_made(kind: Kind, released: bool, called_before: bool, what: WhenCalled) -> None:
    assert when_called(kind, released=released, called_before=called_before) == what


@pytest.mark.parametrize(
    ("stop", "has_ended", "is_told", "later"),
    [
        ("withdrawn", False, False, False),
        ("withdrawn", True, False, False),
        ("withdrawn", True, True, False),
        ("interrupted", False, False, True),
        ("interrupted", True, False, True),
        ("interrupted", True, True, False),
        ("ended", False, False, True),
        ("ended", True, False, False),
        ("ended", True, True, False),
    ],
)
def test_whether_the_user_has_still_to_hear_of_a_call(
    stop: Stop, has_ended: bool, is_told: bool, later: bool
) -> None:
    assert is_told_later(stop, has_ended=has_ended, is_told=is_told) == later
