"""The JSON Schema of a config with all installed providers, by which an editor completes and checks it.

Draft 7, which every editor's YAML support knows. A config that `extends` another has a schema of its own, in
which nothing is required that the other may say.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from typing import Any

from voicebot.config.checking.selection import KEY as PROVIDER
from voicebot.config.json_schema.model_schema import ALTERNATIVES, REFERENCE, Schema, model_schemas, reference
from voicebot.config.load import IGNORED, OPTIONAL, REQUIRED
from voicebot.config.reading.extends import KEY as EXTENDS
from voicebot.config.schema import Settings
from voicebot.config.shipped import shipped_configs
from voicebot.errors import PluginError
from voicebot.plugin.registry import KINDS, LISTED, SELECTED_ONCE, Registration, interface
from voicebot.plugin.sections import SectionRegistration

_DRAFT = "http://json-schema.org/draft-07/schema#"
_CONFIG, _EXTENDED = "config", "extended."


def schema_text(registrations: Iterable[Registration], sections: Iterable[SectionRegistration] = ()) -> str:
    """Return the text of a schema file."""
    return json.dumps(config_schema(registrations, sections), indent=0, ensure_ascii=False) + "\n"


def config_schema(
    registrations: Iterable[Registration], sections: Iterable[SectionRegistration] = ()
) -> Schema:
    """Return the JSON Schema of configs that select among some providers; broken ones are left out.

    Args:
        sections: the sections of plugins that they may have.
    """
    providers = [each for each in registrations if _can_be_loaded(each)]
    added = [each for each in sections if _can_be_loaded(each)]
    names, definitions = model_schemas(
        [Settings, *(each.options for each in providers), *(each.options for each in added)]
    )
    for kind in KINDS:
        definitions[kind] = _section(kind, [each for each in providers if each.kind == kind])
    for each in providers:
        definitions[f"{each.kind}.{each.name}"] = _provider(each, definitions[names[each.options]])
    of_plugins = {each.name: reference(names[each.options]) for each in added}
    definitions[_CONFIG] = _config(definitions[names[Settings]], of_plugins)
    definitions |= ALTERNATIVES
    definitions |= _extended(definitions)
    document: Schema = {
        "$schema": _DRAFT,
        "type": "object",
        "if": {"required": [EXTENDS]},
        "then": reference(_EXTENDED + _CONFIG),
        "else": reference(_CONFIG),
    }
    return {**document, "definitions": _reached(document, definitions)}


def _can_be_loaded(registration: Registration | SectionRegistration) -> bool:
    try:
        registration.load()
    except PluginError:
        return False
    return True


def _config(settings: Schema, of_plugins: Mapping[str, Schema]) -> Schema:
    sections: dict[str, Schema] = {kind: reference(kind) for kind in SELECTED_ONCE}
    for kind, section in LISTED.items():
        sections[section] = {"type": "array", "items": reference(kind)}
    for section in (*OPTIONAL, *LISTED.values()):
        sections[section] = {"anyOf": [sections[section], {"type": "null"}]}
    extends = {
        "description": "Another config that this one extends: the name of a file in the same directory, "
        "or of a config that comes with voicebot.",
        "type": "string",
        "examples": [f"{name}.yaml" for name in shipped_configs()],
    }
    return {
        "type": "object",
        "properties": {EXTENDS: extends, **_or_nothing(of_plugins), **settings["properties"], **sections},
        "patternProperties": {f"^{IGNORED}": {}},
        "additionalProperties": False,
        "required": list(REQUIRED),
    }


def _or_nothing(sections: Mapping[str, Schema]) -> dict[str, Schema]:
    return {name: {"anyOf": [schema, {"type": "null"}]} for name, schema in sections.items()}


def _section(kind: str, providers: list[Registration]) -> Schema:
    """Return the schema of a section, whose `provider` decides which options there are.

    Without a `provider`, which an extended config may name, the options of any are allowed. If a variable
    holds its name, all are.
    """
    every = {each.name: reference(f"{kind}.{each.name}") for each in providers}
    names = {"enum": list(every), "enumDescriptions": [_doc(each) for each in providers]}
    selected = [
        {
            "if": {"type": "object", "properties": {PROVIDER: {"const": name}}, "required": [PROVIDER]},
            "then": options,
        }
        for name, options in every.items()
    ]
    if every:
        unselected = {"type": "object", "not": {"required": [PROVIDER]}}
        selected.append({"if": unselected, "then": {"anyOf": list(every.values())}})
    return {
        "description": _summary(interface(kind)),
        "type": "object",
        "properties": {
            PROVIDER: {
                "description": "Which installed provider to use; `voicebot plugins` lists them.",
                "anyOf": [*([names] if every else []), reference("variable")],
            }
        },
        "required": [PROVIDER],
        **({"allOf": selected} if every else {}),
    }


def _provider(registration: Registration, options: Schema) -> Schema:
    return {
        **options,
        "description": _doc(registration),
        "properties": {PROVIDER: {"const": registration.name}, **options.get("properties", {})},
    }


def _doc(registration: Registration) -> str:
    return _summary(registration.provider)


def _summary(documented: type[Any]) -> str:
    return " ".join(inspect.cleandoc(documented.__doc__ or "").split("\n\n")[0].split())


def _extended(definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the definitions that differ in a config that extends another, under names of their own.

    The other config may hold any key of a mapping. An item of a list is always complete.
    """
    different: set[str] = {_CONFIG}
    while True:
        found = {name for name, schema in definitions.items() if _partial(schema, different) != schema}
        if found <= different:
            return {_EXTENDED + name: _partial(definitions[name], different) for name in different}
        different |= found


def _partial(schema: Any, different: set[str]) -> Any:
    """Return a schema in which nothing is required, except in the conditions of its choices."""
    if isinstance(schema, list):
        return [_partial(member, different) for member in schema]
    if not isinstance(schema, dict):
        return schema
    new: Schema = {}
    for key, value in schema.items():
        if key == "$ref" and (name := value.removeprefix(REFERENCE)) in different:
            new.update(reference(_EXTENDED + name))
        elif key in ("if", "items"):
            new[key] = value
        elif key != "required" or isinstance(value, dict):  # an option may have that name
            new[key] = _partial(value, different)
    return new


def _reached(schema: Any, definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return the definitions that a schema refers to, directly or not, sorted by name."""
    found: dict[str, Schema] = {}
    waiting = [schema]
    while waiting:
        match waiting.pop():
            case dict() as mapping:
                name = (
                    mapping["$ref"].removeprefix(REFERENCE) if isinstance(mapping.get("$ref"), str) else None
                )
                if name is not None and name not in found:
                    found[name] = definitions[name]
                    waiting.append(definitions[name])
                waiting.extend(mapping.values())
            case list() as members:
                waiting.extend(members)
    return dict(sorted(found.items()))
