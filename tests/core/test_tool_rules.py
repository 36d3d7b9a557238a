"""Tools that chat models refuse are found."""

from __future__ import annotations

import pytest

from voicebot.messages.tool_rules import name_problem, schema_problems, template_problems


def schema(**properties):
    return {"type": "object", "properties": properties}


CITY = schema(city={"type": "string"})


@pytest.mark.parametrize("name", ["a", "get_time", "get-time-2", "A" * 64])
def test_a_name_of_letters_digits_and_dashes_is_accepted(name):
    assert name_problem(name) == ""


@pytest.mark.parametrize("name", ["", "a" * 65, "get time", "zeit.jetzt", "größe", "now\n", None])
def test_any_other_name_is_refused(name):
    assert name_problem(name)


@pytest.mark.parametrize(
    "parameters",
    [
        {"type": "object", "properties": {}},
        CITY,
        CITY | {"required": ["city"], "additionalProperties": False},
        schema(days={"type": "array", "items": {"enum": ["today", "tomorrow"]}}),
        schema(day={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        schema(day={"type": ["string", "null"]}, anything=True),
        schema(place={"$ref": "#/$defs/Place"}) | {"$defs": {"Place": CITY}},
    ],
)
def test_a_usual_schema_is_accepted(parameters):
    assert list(schema_problems(parameters)) == []


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        (None, "the schema must be a mapping"),
        (schema(city={"default": object()}), "the schema cannot be written as JSON"),
        (schema(city={"default": float("nan")}), "the schema cannot be written as JSON"),
        ({"properties": {}}, "the schema must have the type 'object', not None"),
        ({"type": "object"}, "the schema has no 'properties'"),
        (CITY | {"anyOf": [CITY]}, "the schema must not have 'anyOf' at the top level"),
        (schema(city={"type": "text"}), "the argument 'city' has the unknown type 'text'"),
        (schema(days={"type": "array"}), "the argument 'days' is an array without 'items'"),
        (schema(city="string"), "the argument 'city' must be a mapping, not 'string'"),
        (schema(day={"enum": []}), "the argument 'day' needs a list of values as 'enum'"),
        (CITY | {"required": "city"}, "the schema needs a list of names as 'required'"),
        (CITY | {"required": ["town"]}, "the schema requires 'town', which is not among its properties"),
        (schema() | {"properties": []}, "the schema needs a mapping as 'properties'"),
        (
            schema(place={"$ref": "#/$defs/Place"}),
            "the argument 'place' refers to '#/$defs/Place', which is not in the schema",
        ),
        (
            schema(place={"$ref": "https://example.org/place"}),
            "the argument 'place' refers to 'https://example.org/place', which is not in the schema",
        ),
        (
            schema(days={"type": "array", "items": {"type": "date"}}),
            "an item has the unknown type 'date'",
        ),
    ],
)
def test_a_schema_that_is_refused_has_a_problem(parameters, problem):
    assert list(schema_problems(parameters)) == [problem]


def test_a_schema_that_contains_itself_is_refused():
    endless = schema()
    endless["properties"]["again"] = endless

    assert list(schema_problems(endless)) == ["the schema cannot be written as JSON"]


@pytest.mark.parametrize(
    ("template", "problems"),
    [
        ("Shall I?", []),
        ("To {city}?", []),
        ("To {town}?", ["{town} is not an argument; its arguments are city"]),
        (
            "To {city.name} or {}?",
            [
                "{city.name} is not an argument; its arguments are city",
                "{} is not an argument; its arguments are city",
            ],
        ),
        ("To {city?", ["there is a lone '{' or '}'"]),
    ],
)
def test_a_question_names_arguments_only(template, problems):
    assert list(template_problems(template, CITY)) == problems
