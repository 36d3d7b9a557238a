"""The JSON Schema of options models, relaxed to allow everything that a YAML file may hold for a value.

A number can be written as a variable or in quotes, and YAML 1.1 has more words for true and false than YAML
1.2. An editor must not complain about what the loader accepts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from voicebot.config.reading.extends import INHERITED
from voicebot.plugin.choice import KIND_IN_SCHEMA

Schema = dict[str, Any]
REFERENCE = "#/definitions/"
_VARIABLE = r"\$\{"
_NUMERAL = r"^[-+]?(\d[\d_]*\.?[\d_]*|\.\d+)([eE][-+]?\d+)?$"
_OTHERS = ["string", "number", "object", "array", "null"]
_TRUTH = "^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$"
ALTERNATIVES: dict[str, Schema] = {
    "variable": {"type": "string", "pattern": _VARIABLE},
    "written.number": {"type": "string", "pattern": f"{_VARIABLE}|{_NUMERAL}"},
    "written.truth": {"type": "string", "pattern": f"{_VARIABLE}|{_TRUTH}"},
    "read.false": {"not": {"anyOf": [{"type": _OTHERS}, {"const": True}]}},
    "read.true": {"not": {"anyOf": [{"type": _OTHERS}, {"const": False}]}},
}
"""Definitions of texts that may replace a value of another type, and of what some parsers make of words such
as `off`. An editor accepts these but does not suggest them."""
_READINGS = {"off": "read.false", "no": "read.false", "on": "read.true", "yes": "read.true"}
_DROPPED = {"title", "writeOnly", "discriminator"}
_ANNOTATIONS = ("description", "default", "examples", "deprecated", "deprecationMessage")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPPINGS = ("properties", "patternProperties")
_SCHEMAS = ("items", "additionalProperties", "contains")
_CONSTRAINTS = {"pattern", "minLength", "maxLength"}


class LenientJsonSchema(GenerateJsonSchema):
    """Describes a type without a JSON Schema as anything, since plugins may use any type."""

    def handle_invalid_for_json_schema(
        self, schema: core_schema.CoreSchema, error_info: str
    ) -> JsonSchemaValue:
        return {}

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Do not warn of defaults that JSON cannot hold."""


def model_schemas(
    models: Iterable[type[BaseModel]],
) -> tuple[dict[type[BaseModel], str], dict[str, Schema]]:
    """Return the definitions of models and of everything in them, and the name of each model's definition."""
    wanted = list(dict.fromkeys(models))
    references, document = models_json_schema(
        [(model, "validation") for model in wanted],
        ref_template=f"{REFERENCE}{{model}}",
        schema_generator=LenientJsonSchema,
    )
    names = {model: str(references[model, "validation"]["$ref"]).removeprefix(REFERENCE) for model in wanted}
    return names, {name: relaxed_schema(schema) for name, schema in document.get("$defs", {}).items()}


def relaxed_schema(schema: Schema) -> Schema:
    """Return the schema of what YAML may hold for a value, without titles, which only repeat names."""
    if kind := schema.get(KIND_IN_SCHEMA):  # such as a section at the top level
        return {**_annotations(schema), "if": {"const": INHERITED}, "else": reference(kind)}
    new = {key: value for key, value in schema.items() if key not in _DROPPED}
    for key in _LISTS:
        if key in new:
            new[key] = [relaxed_schema(member) for member in new[key]]
    for key in _MAPPINGS:
        if key in new:
            new[key] = {name: relaxed_schema(member) for name, member in new[key].items()}
    for key in _SCHEMAS:
        if isinstance(new.get(key), dict):
            new[key] = relaxed_schema(new[key])
    if "prefixItems" in new:  # its name in draft 7
        new["items"] = new.pop("prefixItems")
    said = _annotations(new)
    return {**said, **_relaxed({key: value for key, value in new.items() if key not in _ANNOTATIONS})}


def _annotations(schema: Schema) -> Schema:
    """Return the parts of a schema that are only for people."""
    said = {key: schema[key] for key in _ANNOTATIONS if key in schema}
    if "description" in said:
        said["description"] = _paragraphs(said["description"])
    if not _is_worth_showing(said.get("default"), schema):
        said.pop("default", None)
    return said


def _relaxed(schema: Schema) -> Schema:
    """Also allow a variable, a text, or what YAML makes of a word in place of a value."""
    if "anyOf" in schema:
        members = [part for member in schema["anyOf"] for part in member.get("anyOf", [member])]
    else:
        members = [schema, *_alternatives(schema)]
    unique = [member for number, member in enumerate(members) if member not in members[:number]]
    return schema if len(unique) == 1 else {"anyOf": unique}


def _alternatives(schema: Schema) -> list[Schema]:
    """Return what may be written in place of a value of one type."""
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else []):
        words = (choice for choice in choices if isinstance(choice, str) and choice in _READINGS)
        return [*(reference(_READINGS[word]) for word in words), reference("variable")]
    match schema.get("type"):
        case "boolean":
            return [reference("written.truth")]
        case "integer" | "number":
            return [reference("written.number")]
        case "string" if _CONSTRAINTS & schema.keys():
            return [reference("variable")]
    return []


def reference(name: str) -> Schema:
    """Return a reference to a definition."""
    return {"$ref": REFERENCE + name}


def _paragraphs(text: str) -> str:
    """Return a docstring without line breaks inside its paragraphs, which an editor would keep."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _is_worth_showing(default: Any, option: Schema) -> bool:
    """Return whether to show a default: not a secret, nor a mapping, whose options show their own."""
    secret = any(member.get("format") == "password" for member in option.get("anyOf", [option]))
    nested = isinstance(default, dict) or (
        isinstance(default, list) and any(isinstance(item, dict | list) for item in default)
    )
    return default is not None and not secret and not nested
