"""What chat models write as arguments, checked against the schemas of tools."""

from __future__ import annotations

from typing import Any

import pytest

from voicebot.engine.tools.arguments import InvalidArguments, canonical, check, parse_object

PERSON = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
BOOKING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "people": {"type": "integer", "minimum": 1, "maximum": 8},
        "day": {"enum": ["today", "tomorrow"]},
        "guests": {"type": "array", "items": {"$ref": "#/$defs/Person"}, "maxItems": 2},
        "note": {"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}]},
        "window": {"type": ["boolean", "null"]},
    },
    "required": ["people"],
    "additionalProperties": False,
    "$defs": {"Person": PERSON},
}


@pytest.mark.parametrize("written", ["", "{}", "null", " {} "])
def test_no_arguments_are_an_empty_object(written: str) -> None:
    assert parse_object(written) == {}


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{", "not valid JSON"),
        ('{"a": NaN}', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "must be a JSON object"),
        ('"words"', "must be a JSON object"),
        (f'"{"x" * 200_000}"', "longer than 100,000 characters"),
    ],
)
def test_what_is_no_json_object_is_refused(written: str, message: str) -> None:
    with pytest.raises(InvalidArguments, match=message):
        parse_object(written)


def test_lone_surrogates_are_replaced() -> None:
    assert parse_object('{"a": "\\ud800"}') == {"a": "\ufffd"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"people": 2},
        {"people": 2.0, "day": "today"},
        {"people": 8, "guests": [{"name": "Ada"}, {"name": "Bob", "age": 7}], "note": None, "window": True},
    ],
)
def test_arguments_that_fit_are_accepted(arguments: dict[str, Any]) -> None:
    check(arguments, BOOKING)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "`people` is missing"),
        ({"people": "two"}, "`people` must be a whole number"),
        ({"people": True}, "`people` must be a whole number"),
        ({"people": 2.5}, "`people` must be a whole number"),
        ({"people": 0}, "`people` must be at least 1"),
        ({"people": 9}, "`people` must be at most 8"),
        ({"people": 2, "day": "Friday"}, "`day` must be one of 'today', 'tomorrow'"),
        ({"people": 2, "guests": {}}, "`guests` must be a list"),
        ({"people": 2, "guests": [{"name": 1}]}, "`guests[0].name` must be a text"),
        ({"people": 2, "guests": [{}]}, "`guests[0].name` is missing"),
        ({"people": 2, "guests": [{"name": "a"}] * 3}, "`guests` is over 2 items"),
        ({"people": 2, "note": "far too long"}, "`note` is over 5 letters or `note` must be null"),
        ({"people": 2, "window": "yes"}, "`window` must be true or false or null"),
        ({"people": 2, "colour": "red"}, "there is no `colour`"),
    ],
)
def test_the_message_says_where_and_what(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArguments) as caught:
        check(arguments, BOOKING)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}},
        {"type": "object", "properties": {"a": {"$ref": "#/nowhere"}}},
        {"type": "object", "properties": "none", "required": 5},
        {"type": "strange"},
        {"properties": {"a": True}},
    ],
)
def test_a_broken_schema_is_left_to_the_tool(schema: dict[str, Any]) -> None:
    check({"a": 1}, schema)


def test_arguments_are_the_same_in_any_order() -> None:
    assert canonical({"a": 1, "b": [2]}) == canonical({"b": [2], "a": 1})
