"""Schemas of tools are sent in a form that servers accept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import pydantic
import pytest

from voicebot_emulator.chat.schemas import check_schema
from voicebot_openai.request.schema import clean_schema


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


TEXT = {"type": "string"}
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, closed()),
    "no properties": ({"type": "object"}, closed()),
    "what is said about more": (
        {**closed(a=TEXT), "additionalProperties": {"type": "integer"}},
        {**closed(a=TEXT), "additionalProperties": {"type": "integer"}},
    ),
    "annotations": (
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "Weather",
            "type": "object",
            "required": None,
            "properties": {"title": {"type": "string", "title": "Title", "default": None}},
        },
        closed(title={"type": "string", "default": None}),
    ),
    "references": (
        {
            "$defs": {"a/b": {"type": "object", "properties": {"x": {"$ref": "#/$defs/c"}}}, "c": TEXT},
            "type": "object",
            "properties": {
                "one": {"$ref": "#/$defs/a~1b"},
                "many": {"type": "array", "items": {"$ref": "#/$defs/c"}},
            },
        },
        closed(one=closed(x=TEXT), many={"type": "array", "items": TEXT}),
    ),
    "a reference with a description": (
        {
            "definitions": {"c": {"type": "string", "description": "Any."}},
            "properties": {"a": {"allOf": [{"$ref": "#/definitions/c"}], "description": "Mine."}},
        },
        closed(a={"type": "string", "description": "Mine."}),
    ),
    "a reference to itself": (
        {
            "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}},
            "properties": {"first": {"$ref": "#/$defs/node"}},
        },
        closed(first=closed(next={})),
    ),
    "a reference to nothing, and to another document": (
        {"properties": {"a": {"$ref": "#/$defs/x"}, "b": {"$ref": "https://example.com/x"}}},
        closed(a={}, b={}),
    ),
    "inner objects and lists": (
        {"properties": {"free": {"type": "object"}, "list": {"type": ["array", "null"]}}},
        closed(free={"type": "object", "properties": {}}, list={"type": ["array", "null"], "items": {}}),
    ),
    "alternatives at the top": (
        {
            "type": "object",
            "properties": {"a": TEXT},
            "anyOf": [
                {"properties": {"b": TEXT, "c": TEXT}, "required": ["b", "c"]},
                {"properties": {"b": TEXT}, "required": ["b"]},
            ],
        },
        {**closed(b=TEXT, c=TEXT, a=TEXT), "required": ["b"]},
    ),
    "all at the top": (
        {
            "allOf": [
                {"type": "object", "properties": {"a": TEXT}, "required": ["a"]},
                {"type": "object", "properties": {"b": TEXT}, "required": ["b"]},
            ]
        },
        {**closed(b=TEXT, a=TEXT), "required": ["b", "a"]},
    ),
}


@pytest.mark.parametrize(("schema", "sent"), CASES.values(), ids=CASES)
def test_a_schema_is_cleaned_and_then_accepted(schema: dict[str, Any], sent: dict[str, Any]) -> None:
    before = json.dumps(schema)
    assert clean_schema(schema) == sent
    assert json.dumps(schema) == before
    check_schema("tool", clean_schema(schema), "parameters", strict=False)


def test_the_order_of_properties_is_kept() -> None:
    properties = dict.fromkeys(("when", "city", "an_hour"), TEXT)
    assert list(clean_schema({"properties": properties})["properties"]) == ["when", "city", "an_hour"]


class Color(Enum):
    RED = "red"


@dataclass
class Place:
    city: str
    near: Place | None = None


def test_the_schemas_of_type_hints_are_accepted() -> None:
    async def book(
        place: Place,
        when: Literal["today"] | None,
        colors: list[Color],
        more: dict[str, Any],
        numbers: list[int] | None = None,
    ) -> str: ...

    schema = clean_schema(pydantic.TypeAdapter(book).json_schema())
    check_schema("book", schema, "parameters", strict=False)
    assert "$" not in json.dumps(schema)


def test_a_schema_that_grows_without_bound_does_not() -> None:
    levels = {
        f"l{n}": {"properties": {key: {"$ref": f"#/$defs/l{n + 1}"} for key in "abcdefgh"}} for n in range(30)
    }
    assert (
        len(json.dumps(clean_schema({"$defs": levels, "properties": {"a": {"$ref": "#/$defs/l0"}}})))
        < 1_000_000
    )


def test_a_schema_that_is_nested_without_end_is_cut() -> None:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(400):
        schema = {"type": "object", "properties": {"in": schema}}
    json.dumps(clean_schema(schema))
