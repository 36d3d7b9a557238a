"""A function's type hints and docstring become the tool that the chat model sees."""

from __future__ import annotations

import asyncio

import pytest
from jsonschema import Draft202012Validator

from voicebot import ProviderError, Tool


def described(started, text):
    (tool,) = started(text).tools()
    Draft202012Validator.check_schema(tool.parameters)
    return tool


def test_hints_and_docstring_describe_a_tool(started):
    tool = described(
        started,
        '''
        from typing import Literal

        @tool(effect="reads", timeout=8)
        async def weather(city: str, day: Literal["today", "tomorrow"] = "today") -> str:
            """Tell what the weather is like.

            It knows
            two days.

            Args:
                city: Name of a city,
                    in English.
                day (str): Which day.

            Returns:
                One sentence.
            """
        ''',
    )

    assert tool == Tool(
        "weather",
        "Tell what the weather is like.\nIt knows two days.",
        {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name of a city, in English."},
                "day": {
                    "type": "string",
                    "enum": ["today", "tomorrow"],
                    "default": "today",
                    "description": "Which day.",
                },
            },
            "required": ["city"],
            "additionalProperties": False,
        },
        "reads",
        None,
        8,
    )


def test_a_tool_writes_unless_it_says_otherwise_and_needs_no_parameters(started):
    tool = described(started, "@tool\ndef f():\n    'Do it.'")

    assert (tool.effect, tool.confirm, tool.timeout) == ("writes", None, None)
    assert tool.parameters == {"type": "object", "properties": {}, "additionalProperties": False}


def test_nested_types_are_inlined_without_titles(started):
    tool = described(
        started,
        """
        from pydantic import BaseModel, Field
        from typing import Annotated

        class Guest(BaseModel):
            title: str
            age: Annotated[int, Field(ge=0)] = 18

        @tool
        def book(guests: list[Guest], host: Guest, notes: dict[str, int] | None = None):
            "Book."
        """,
    )

    guest = {
        "type": "object",
        "properties": {"title": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "default": 18}},
        "required": ["title"],
        "additionalProperties": False,
    }
    assert tool.parameters["properties"] == {
        "guests": {"type": "array", "items": guest},
        "host": guest,
        "notes": {
            "anyOf": [{"type": "object", "additionalProperties": {"type": "integer"}}, {"type": "null"}],
            "default": None,
        },
    }


def test_postponed_hints_and_a_parameter_described_in_place(started, write):
    write("from __future__ import annotations")
    tool = described(
        started,
        """
        from typing import Annotated

        @tool
        def f(count: "Annotated[int, Field(ge=1, description='How many')]"):
            "Count."
        """,
    )

    assert tool.parameters["properties"] == {
        "count": {"type": "integer", "minimum": 1, "description": "How many"}
    }


@pytest.mark.parametrize("name", ["json", "copy", "model_name", "_id", "schema", "self", "default"])
def test_a_parameter_can_have_a_name_that_pydantic_uses(outcome, name):
    (result,) = outcome(f"@tool\ndef f({name}: int):\n    return {name} + 1", {name: 1})

    assert result.text == "2"


def test_a_default_that_json_cannot_express_is_left_out_and_used(outcome, started):
    text = "@tool\ndef f(item: object = print):\n    return str(item is print)"

    assert described(started, text).parameters["properties"] == {"item": {}}
    assert outcome(text)[-1].text == "True"


def test_the_caller_is_hidden_from_the_chat_model(started, outcome, caller):
    text = "@tool\ndef f(city: str, caller: ToolCaller):\n    return f'{city} {caller.language}'"

    assert list(described(started, text).parameters["properties"]) == ["city"]
    assert outcome(text, {"city": "Bonn"}, caller)[-1].text == "Bonn de-DE"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("def f(*cities: str): ...", "the tool 'f' takes any arguments ('cities'); list each parameter"),
        ("def f(**more: str): ...", "the tool 'f' takes any arguments ('more'); list each parameter"),
        (
            "def f(city: str, /): ...",
            "the tool 'f': 'city: str' cannot be given by name; list each parameter",
        ),
        ("def f(city): ...", "parameter 'city' of the tool 'f' has no type; write, for example, `city: str`"),
        (
            "def f(city: 'Town'): ...",
            "the tool 'f': its type hints cannot be read: name 'Town' is not defined",
        ),
        (
            "def f(x: int, lock: __import__('threading').Event): ...",
            "the tool 'f': parameter 'lock' has a type that cannot be described in JSON: Event",
        ),
        ("def f(x: int = Field(1)): ...", "the tool 'f': parameter 'x': write `Annotated[TYPE, Field(...)]`"),
        ("def f(): yield 1", "the tool 'f' yields, so it has to be asynchronous: `async def`"),
        (
            "def größe(): ...",
            "the tool 'größe': a tool's name has 1 to 64 letters from a to z, digits and '_'",
        ),
    ],
)
def test_a_function_that_cannot_be_a_tool_is_named_with_its_place(started, tmp_path, function, message):
    with pytest.raises(ProviderError) as raised:
        started(f"@tool\n{function}")

    assert "\n" not in str(raised.value)
    assert str(raised.value).startswith(f"{tmp_path / 'tools.py'}:")
    assert message in str(raised.value)


def test_a_type_that_contains_itself_is_refused(started):
    text = """
        from dataclasses import dataclass

        @dataclass
        class Tree:
            branches: "list[Tree]"

        @tool
        def f(tree: Tree): ...
        """
    with pytest.raises(ProviderError, match=r"'f': parameter 'tree': Tree contains itself"):
        started(text)


def test_a_confirmation_names_parameters(started):
    assert (
        described(started, "@tool(confirm='Book {count}?')\ndef f(count: int): ...").confirm
        == "Book {count}?"
    )
    with pytest.raises(ProviderError, match=r"`confirm` names \{number\}, which is not a parameter"):
        started("@tool(confirm='Book {number}?')\ndef f(count: int): ...")


def test_a_module_of_tools_needs_no_config(tmp_path, monkeypatch, call):
    from voicebot_tools.functions.toolset import PythonToolOptions, PythonToolset

    package = tmp_path / "acme"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "desk.py").write_text("from voicebot import tool\n@tool\ndef f():\n    return 'here'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    toolset = PythonToolset(PythonToolOptions(module="acme.desk", allow=("f",)))

    async def answer():
        await toolset.start()
        return await call(toolset, "f")

    assert asyncio.run(answer())[-1].text == "here"
