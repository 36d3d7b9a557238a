"""The place of units in a reply, and what is left of them after a retraction."""

from __future__ import annotations

import pytest

from voicebot.engine.speaking.units.reply_text import ReplyText
from voicebot.engine.speaking.units.reply_unit import ReplyUnit

UNITS = ("One two.", "Three four.", "Five six.")


def reply(*units: str) -> tuple[ReplyText, list[ReplyUnit]]:
    text, placed = ReplyText(), []
    text.add(" ".join(units))
    for unit in units:
        text.place(made := ReplyUnit(unit, unit))
        placed.append(made)
    return text, placed


@pytest.mark.parametrize(
    ("characters", "retracted_from", "is_any_left"),
    [
        (0, [None, None, None], True),
        (len("six."), [None, None, len("Five ")], True),
        (len("Five six."), [None, None, 0], True),
        (len("four. Five six."), [None, len("Three "), 0], True),
        (len("One two. Three four. Five six."), [0, 0, 0], False),
        (10_000, [0, 0, 0], False),
    ],
)
def test_a_retraction_marks_the_units_that_lose_characters(
    characters: int, retracted_from: list[int | None], is_any_left: bool
) -> None:
    text, units = reply(*UNITS)
    assert text.retract(characters) is is_any_left
    assert [unit.retracted_from for unit in units] == retracted_from


def test_unspoken_text_between_units_leaves_its_white_space() -> None:
    text = ReplyText()
    text.add("First:\n\n- one\n---\n- two")
    first, last = ReplyUnit("First:", "First:"), ReplyUnit("- two", "two")
    text.place(first)
    text.skip("- one\n---")
    text.place(last)
    assert last.separator == "\n\n"


def test_a_unit_that_was_not_spoken_to_its_end_is_unspoken() -> None:
    text, units = reply(*UNITS)
    units[0].complete = True
    text.add(" And so")
    assert text.unspoken() == "Three four. Five six.  And so"
