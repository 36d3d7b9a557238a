"""JSON Schema of options models, loosened to what a YAML file may hold in place of their values.

A number can be written as a variable, or in quotes; YAML's older half knows more words for true and false
than its newer one. An editor must not complain of what the loader takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from voicebot.plugin.choice import KIND_IN_SCHEMA

Schema = dict[str, Any]
REFERENCE = "#/definitions/"
_VARIABLE = r"\$\{"
_NUMERAL = r"^[-+]?(\d[\d_]*\.?[\d_]*|\.\d+)([eE][-+]?\d+)?$"
_OTHERS = ["string", "number", "object", "array", "null"]
_TRUTH = "^([Tt]rue|TRUE|[Ff]alse|FALSE|[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$"
WRITTEN: dict[str, Schema] = {
    "variable": {"type": "string", "pattern": _VARIABLE},
    "written.number": {"type": "string", "pattern": f"{_VARIABLE}|{_NUMERAL}"},
    "written.truth": {"type": "string", "pattern": f"{_VARIABLE}|{_TRUTH}"},
    "read.false": {"not": {"anyOf": [{"type": _OTHERS}, {"const": True}]}},
    "read.true": {"not": {"anyOf": [{"type": _OTHERS}, {"const": False}]}},
}
"""Definitions of the texts that may stand for a value of another type, and of what some parsers make of words
such as `off`; an editor takes these and proposes none of them."""
_READINGS = {"off": "read.false", "no": "read.false", "on": "read.true", "yes": "read.true"}
_DROPPED = {"title", "writeOnly", "discriminator"}
_ANNOTATIONS = ("description", "default", "examples", "deprecated", "deprecationMessage")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPPINGS = ("properties", "patternProperties")
_SCHEMAS = ("items", "additionalProperties", "contains")
_CONSTRAINTS = {"pattern", "minLength", "maxLength"}


class LenientJsonSchema(GenerateJsonSchema):
    """Describes what has no JSON Schema as anything, for a plugin may use any type."""

    def handle_invalid_for_json_schema(
        self, schema: core_schema.CoreSchema, error_info: str
    ) -> JsonSchemaValue:
        return {}

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Say nothing of defaults that JSON cannot hold."""


def model_schemas(
    models: Iterable[type[BaseModel]],
) -> tuple[dict[type[BaseModel], str], dict[str, Schema]]:
    """Return the definitions of models and of all that they hold, and each model's name among them."""
    wanted = list(dict.fromkeys(models))
    references, document = models_json_schema(
        [(model, "validation") for model in wanted],
        ref_template=f"{REFERENCE}{{model}}",
        schema_generator=LenientJsonSchema,
    )
    names = {model: str(references[model, "validation"]["$ref"]).removeprefix(REFERENCE) for model in wanted}
    return names, {name: as_written(schema) for name, schema in document.get("$defs", {}).items()}


def as_written(schema: Schema) -> Schema:
    """Return the schema of what may be written in YAML for a value, without the titles that repeat names."""
    if kind := schema.get(KIND_IN_SCHEMA):  # as a section at the top
        return {**_annotations(schema), **reference(kind)}
    new = {key: value for key, value in schema.items() if key not in _DROPPED}
    for key in _LISTS:
        if key in new:
            new[key] = [as_written(member) for member in new[key]]
    for key in _MAPPINGS:
        if key in new:
            new[key] = {name: as_written(member) for name, member in new[key].items()}
    for key in _SCHEMAS:
        if isinstance(new.get(key), dict):
            new[key] = as_written(new[key])
    if "prefixItems" in new:  # as draft 7 calls it
        new["items"] = new.pop("prefixItems")
    said = _annotations(new)
    return {**said, **_loosened({key: value for key, value in new.items() if key not in _ANNOTATIONS})}


def _annotations(schema: Schema) -> Schema:
    """Return what a schema says that is only for people."""
    said = {key: schema[key] for key in _ANNOTATIONS if key in schema}
    if "description" in said:
        said["description"] = _paragraphs(said["description"])
    if not _is_worth_telling(said.get("default"), schema):
        said.pop("default", None)
    return said


def _loosened(schema: Schema) -> Schema:
    """Let a variable, a text, or what YAML makes of a word stand for a value, too."""
    if "anyOf" in schema:
        members = [part for member in schema["anyOf"] for part in member.get("anyOf", [member])]
    else:
        members = [schema, *_instead(schema)]
    unique = [member for number, member in enumerate(members) if member not in members[:number]]
    return schema if len(unique) == 1 else {"anyOf": unique}


def _instead(schema: Schema) -> list[Schema]:
    """Return what else may stand where a value of one type may."""
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
    """Return a docstring without the line breaks within its paragraphs, which an editor would keep."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _is_worth_telling(default: Any, option: Schema) -> bool:
    """Return whether a default is to be shown: no secret, and no mapping, whose options show their own."""
    secret = any(member.get("format") == "password" for member in option.get("anyOf", [option]))
    nested = isinstance(default, dict) or (
        isinstance(default, list) and any(isinstance(item, dict | list) for item in default)
    )
    return default is not None and not secret and not nested
