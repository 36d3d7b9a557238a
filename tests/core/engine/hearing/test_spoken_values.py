"""The recogniser is told to expect the values that arguments of tools may have."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from voicebot import Tool, ToolCall, ToolCaller, ToolEvent, Toolset, ToolsetOptions
from voicebot.config.schema import Settings
from voicebot.engine.hearing.spoken_values import spoken_values
from voicebot.testing import ScriptedRecognizer, converse, simulated


class House(Toolset[ToolsetOptions]):
    """A house with tools of a given schema, of which all but one are allowed."""

    def __init__(self, *schemas: Mapping[str, Any]) -> None:
        super().__init__(ToolsetOptions(allow=tuple(f"tool_{n}" for n in range(len(schemas)))))
        self._schemas = schemas

    def tools(self) -> Sequence[Tool]:
        tools = [Tool(f"tool_{n}", "Does it.", schema) for n, schema in enumerate(self._schemas)]
        return [*tools, Tool("hidden", "Is not allowed.", schema(cellar={"enum": ["wine cellar"]}))]

    async def call(self, call: ToolCall, caller: ToolCaller) -> AsyncGenerator[ToolEvent, None]:
        raise NotImplementedError
        yield


def schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


ROOM = {"enum": ["living_room", "loo", "loo", 7, "12", "x" * 41]}


@simulated
async def test_listed_texts_are_expected_as_words() -> None:
    nested = schema(rooms={"type": "array", "items": ROOM}, when={"anyOf": [{"enum": ["tonight"]}, True]})

    assert spoken_values([House(schema(room=ROOM), nested)]) == ("living room", "loo", "tonight")


@simulated
async def test_odd_and_endless_schemas_have_no_values_and_only_so_many_are_expected() -> None:
    endless = schema()
    endless["properties"]["again"] = endless
    many = schema(number={"enum": [f"number {n}" for n in range(200)]})

    assert spoken_values([House(endless, {"properties": [1], "anyOf": 5, "enum": "abc", "items": [2]})]) == ()
    assert len(spoken_values([House(many)])) == 100
    assert spoken_values([]) == ()


@simulated
async def test_the_recogniser_gets_them_after_the_phrases_of_the_config() -> None:
    recognizer = ScriptedRecognizer()
    settings = Settings(phrases=("ahoy",))
    async with converse(recognizer=recognizer, settings=settings, toolsets=[House(schema(room=ROOM))]):
        pass

    assert recognizer.sessions[0].hints.phrases == ("ahoy", "living room", "loo")
