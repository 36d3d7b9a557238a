"""Calls are streamed as the service streams them, and refused as strictly, through the real SDK."""

from __future__ import annotations

import asyncio
import json

import openai
import pytest

from voicebot import ChatRequest, Message, ProviderError, Tool, ToolCall
from voicebot.interfaces import ChatModel
from voicebot.messages import ReplyEnded
from voicebot.options import Options
from voicebot_emulator.providers import Providers
from voicebot_emulator.script import Answered, Script

from .clients import ASK, SURFACES, emulating, streamed, text_of

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
STRICT = {**CITY, "additionalProperties": False}


def tool(name="weather", parameters=CITY, **more):
    return {"type": "function", "function": {"name": name, "parameters": parameters, **more}}


def call(id="call_1", name="weather", arguments="{}"):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(*calls, content=None):
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def result(id="call_1", content="Rain."):
    return {"role": "tool", "tool_call_id": id, "content": content}


PARALLEL = Answered.model_validate(
    {
        "text": "Let me look.",
        "calls": [
            {"name": "weather", "arguments": {"city": "Berlin at the river"}},
            {"name": "clock"},
            {"name": "weather", "arguments": '{"city": '},
        ],
    }
)


@pytest.mark.parametrize("surface", SURFACES)
def test_calls_are_streamed_after_the_text_each_with_its_name_first_and_its_arguments_in_pieces(surface):
    async def talk():
        async with emulating(script=Script(answered=(PARALLEL, "It rains."))) as (_, clients):
            return await streamed(clients[surface], tools=[tool()])

    choices = [chunk.choices[0] for chunk in asyncio.run(talk()) if chunk.choices]
    assert text_of_choices(choices) == "Let me look."
    deltas = [delta for choice in choices for delta in choice.delta.tool_calls or ()]
    first = [delta for delta in deltas if delta.id]
    assert [(d.index, d.type, d.function.name, d.function.arguments) for d in first] == [
        (0, "function", "weather", ""),
        (1, "function", "clock", ""),
        (2, "function", "weather", ""),
    ]
    assert len({delta.id for delta in first}) == 3
    arguments = ["".join(d.function.arguments for d in deltas if d.index == index) for index in range(3)]
    assert arguments == ['{"city": "Berlin at the river"}', "{}", '{"city": ']
    assert sum(delta.index == 0 for delta in deltas) > 3
    assert all(delta.function.name is None for delta in deltas if not delta.id)
    assert choices[-1].finish_reason == "tool_calls"


def text_of_choices(choices):
    return "".join(choice.delta.content or "" for choice in choices)


def test_a_call_without_text_has_no_content_and_comes_whole_if_it_is_not_streamed():
    script = Script(answered=(Answered.model_validate({"calls": [{"name": "clock"}]}),))

    async def talk():
        async with emulating(script=script) as (_, clients):
            whole = await clients["v1"].chat.completions.create(model="chat", messages=ASK, tools=[tool()])
            return whole.choices[0], await streamed(clients["v1"], tools=[tool()])

    whole, chunks = asyncio.run(talk())
    assert (whole.message.content, whole.finish_reason) == (None, "tool_calls")
    assert [(c.function.name, c.function.arguments) for c in whole.message.tool_calls] == [("clock", "{}")]
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert (deltas[0].role, deltas[0].content) == ("assistant", None)
    assert text_of(chunks) == ""


def test_a_script_that_calls_a_tool_is_refused_if_none_is_offered():
    async def talk():
        async with emulating(script=Script(answered=(PARALLEL,))) as (_, clients):
            with pytest.raises(openai.InternalServerError, match="the request offers none"):
                await streamed(clients["v1"])

    asyncio.run(talk())


def test_a_scripted_reply_needs_text_or_calls():
    with pytest.raises(ValueError, match="needs `text`, `calls` or both"):
        Script.model_validate({"answered": [{"first_token": 1}]})


class Clerk(ChatModel[Options]):
    """Calls the first tool, and repeats its result."""

    def __init__(self):
        super().__init__(Options())
        self.requests: list[ChatRequest] = []

    async def reply(self, request):
        self.requests.append(request)
        yield ToolCall("a", request.tools[0].name, '{"city": "Bonn"}')
        yield ToolCall("b", request.tools[0].name, "{}")
        yield ReplyEnded("calls")


def test_a_real_chat_model_gets_the_tools_and_the_history_and_its_calls_are_streamed():
    clerk = Clerk()

    async def talk():
        async with emulating(script=Script(), providers=Providers(chat=clerk)) as (_, clients):
            stream = await clients["v1"].chat.completions.create(
                model="chat",
                messages=[
                    *ASK,
                    calling(call(), content="Wait."),
                    result(),
                    {"role": "user", "content": "And?"},
                ],
                tools=[tool(description="The weather.")],
                stream=True,
            )
            return [chunk async for chunk in stream]

    chunks = asyncio.run(talk())
    deltas = [d for chunk in chunks for choice in chunk.choices for d in choice.delta.tool_calls or ()]
    assert [(d.index, d.id) for d in deltas if d.id] == [(0, "a"), (1, "b")]
    assert clerk.requests[0].messages == (
        Message("user", "Hi"),
        Message("assistant", "Wait.", (ToolCall("call_1", "weather", "{}"),)),
        Message("tool", "Rain.", answers="call_1"),
        Message("user", "And?"),
    )
    assert clerk.requests[0].tools == (Tool("weather", "The weather.", CITY),)


TOO_MANY = [call(f"call_{number}") for number in range(129)]
LONG = "x" * 65
HISTORIES = {
    "a result without a call": (
        [*ASK, result()],
        "messages.[1].role",
        None,
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
        "'tool_calls'.",
    ),
    "a result after the next question": (
        [*ASK, calling(call()), result(), *ASK, result()],
        "messages.[4].role",
        None,
        "must be a response to a preceeding message",
    ),
    "a call that is not answered": (
        [*ASK, calling(call()), *ASK],
        "messages.[2].role",
        None,
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
        "'tool_call_id'. The following tool_call_ids did not have response messages: call_1",
    ),
    "the last call is not answered": ([*ASK, calling(call())], "messages.[2].role", None, "call_1"),
    "one of two is not answered": (
        [*ASK, calling(call(), call("call_2")), result(), *ASK],
        "messages.[3].role",
        None,
        "did not have response messages: call_2",
    ),
    "a wrong id": (
        [*ASK, calling(call()), result("call_9")],
        "messages.[2].tool_call_id",
        None,
        "'tool_call_id' of 'call_9' not found in 'tool_calls' of previous message.",
    ),
    "no id": (
        [*ASK, calling(call()), {"role": "tool", "content": "Rain."}],
        "messages.[2].tool_call_id",
        None,
        "Missing parameter 'tool_call_id'",
    ),
    "two results for a call": (
        [*ASK, calling(call()), result(), result()],
        "messages.[3].tool_call_id",
        None,
        "Duplicate value for 'tool_call_id' of 'call_1', in messages[2] and messages[3].",
    ),
    "one id twice": (
        [*ASK, calling(call(), call()), result()],
        "messages[1].tool_calls",
        None,
        "Duplicate value for 'id' of 'call_1'",
    ),
    "no calls": ([*ASK, calling()], "messages[1].tool_calls", "empty_array", "minimum length 1"),
    "too many calls": (
        [*ASK, calling(*TOO_MANY)],
        "messages[1].tool_calls",
        "array_above_max_length",
        "Expected an array with maximum length 128, but got an array with length 129 instead.",
    ),
    "a long id": (
        [*ASK, calling(call("x" * 41))],
        "messages[1].tool_calls[0].id",
        "string_above_max_length",
        "Expected a string with maximum length 40, but got a string with length 41 instead.",
    ),
    "a name with a blank": (
        [*ASK, calling(call(name="the weather"))],
        "messages[1].tool_calls[0].function.name",
        "invalid_value",
        "does not match pattern",
    ),
    "a long name": (
        [*ASK, calling(call(name=LONG))],
        "messages[1].tool_calls[0].function.name",
        "string_above_max_length",
        "maximum length 64, but got a string with length 65",
    ),
    "a call without type": (
        [*ASK, calling({"id": "a", "function": {"name": "b", "arguments": ""}})],
        "messages[1].tool_calls[0].type",
        "missing_required_parameter",
        "Missing required parameter",
    ),
    "neither text nor calls": (
        [*ASK, {"role": "assistant", "content": None}, *ASK],
        "messages.[1].content",
        None,
        "expected a string, got null",
    ),
}


def refusals(requests):
    """Return what the SDK raises for each request: param, code and message."""

    async def talk():
        async with emulating() as (_, clients):
            refused = {}
            for name, request in requests.items():
                try:
                    await clients["v1"].chat.completions.create(
                        **{"model": "chat", "messages": ASK, **request}
                    )
                except openai.BadRequestError as error:
                    refused[name] = error
            return refused

    return asyncio.run(talk())


def assert_refused(refused, cases):
    for name, (_, param, code, message) in cases.items():
        assert name in refused, f"{name} is accepted"
        error = refused[name]
        assert (error.param, error.code, error.type) == (param, code, "invalid_request_error"), name
        assert message in error.message, name


def test_a_history_that_the_service_rejects_is_rejected_in_its_words():
    refused = refusals({name: {"messages": messages} for name, (messages, *_) in HISTORIES.items()})
    assert_refused(refused, HISTORIES)


def test_valid_histories_of_calls_are_accepted_with_and_without_tools():
    history = [
        *ASK,
        calling(call(), call("call_2", "clock"), content="Wait."),
        result("call_2"),
        result(content=[{"type": "text", "text": "Rain."}]),
        {"role": "assistant", "content": "It rains."},
        *ASK,
        calling(call()),
        result(content=""),
    ]
    assert (
        refusals({"with": {"messages": history, "tools": [tool()]}, "without": {"messages": history}}) == {}
    )


def strict(parameters):
    return {"tools": [tool("book", parameters, strict=True)]}


def field(**schema):
    return {**STRICT, "properties": {"city": {"type": "string", **schema}}}


P = "tools[0].function.parameters"
INVALID = "invalid_function_parameters"
TOOLS = {
    "no tools": ({"tools": []}, "tools", "empty_array", "minimum length 1"),
    "too many": (
        {"tools": [tool(f"t{number}") for number in range(129)]},
        "tools",
        "array_above_max_length",
        "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with "
        "length 129 instead.",
    ),
    "a name with a dot": (
        {"tools": [tool("maps.weather")]},
        "tools[0].function.name",
        "invalid_value",
        "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    ),
    "a long name": (
        {"tools": [tool(LONG)]},
        "tools[0].function.name",
        "string_above_max_length",
        "length 64",
    ),
    "a long description": (
        {"tools": [tool(description="x" * 1025)]},
        "tools[0].function.description",
        "string_above_max_length",
        "maximum length 1024",
    ),
    "strict in the wrong place": (
        {"tools": [{**tool(), "strict": True}]},
        "tools[0].strict",
        "unknown_parameter",
        "Unknown parameter: 'tools[0].strict'.",
    ),
    "no type": (
        {"tools": [{"function": {"name": "a"}}]},
        "tools[0].type",
        "missing_required_parameter",
        "Missing required parameter: 'tools[0].type'.",
    ),
    "a schema that is none": ({"tools": [tool(parameters=[])]}, P, INVALID, "[] is not of type 'object'"),
    "a schema of no type": (
        {"tools": [tool(parameters={"properties": {}})]},
        P,
        INVALID,
        "Invalid schema for function 'weather': schema must be a JSON Schema of 'type: \"object\"', got "
        "'type: \"None\"'.",
    ),
    "no properties": (
        {"tools": [tool(parameters={"type": "object"})]},
        P,
        INVALID,
        "In context=(), object schema missing properties.",
    ),
    "no items": (
        {"tools": [tool(parameters=field(type="array"))]},
        P,
        INVALID,
        "In context=('properties', 'city'), array schema missing items.",
    ),
    "alternatives at the top": (
        {"tools": [tool(parameters={**CITY, "anyOf": []})]},
        P,
        INVALID,
        "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
    ),
    "required that is null": (
        {"tools": [tool(parameters={**CITY, "required": None})]},
        P,
        INVALID,
        "None is not of type 'array'.",
    ),
    "strict and open": (
        strict(CITY),
        P,
        INVALID,
        "In context=(), 'additionalProperties' is required to be supplied and to be false.",
    ),
    "strict and optional": (
        strict({**STRICT, "required": []}),
        P,
        INVALID,
        "In context=(), 'required' is required to be supplied and to be an array including every key in "
        "properties. Missing 'city'.",
    ),
    "strict and limited": (
        strict(field(minLength=1)),
        P,
        INVALID,
        "In context=('properties', 'city'), 'minLength' is not permitted.",
    ),
    "a choice without tools": (
        {"tool_choice": "auto"},
        "tool_choice",
        None,
        "'tool_choice' is only allowed when 'tools' are specified.",
    ),
    "parallel without tools": (
        {"parallel_tool_calls": False},
        "parallel_tool_calls",
        None,
        "'parallel_tool_calls' is only allowed when 'tools' are specified.",
    ),
    "reasoning with tools": (
        {"tools": [tool()], "reasoning_effort": "low"},
        "reasoning_effort",
        None,
        "Function tools with reasoning_effort are not supported for gpt-5.4-mini in /v1/chat/completions.",
    ),
    "parallel with minimal effort": (
        {"model": "small", "tools": [tool()], "reasoning_effort": "minimal", "parallel_tool_calls": True},
        "parallel_tool_calls",
        "unsupported_parameter",
        "'minimal' reasoning effort",
    ),
    "parallel with a model that cannot": (
        {"model": "think", "tools": [tool()], "parallel_tool_calls": False},
        "parallel_tool_calls",
        "unsupported_parameter",
        "is not supported with this model",
    ),
}


def test_tools_that_the_service_rejects_are_rejected_in_its_words():
    assert_refused(refusals({name: request for name, (request, *_) in TOOLS.items()}), TOOLS)


def test_tools_that_the_service_accepts_are_accepted():
    requests = {
        "without parameters": {"tools": [{"type": "function", "function": {"name": "clock"}}]},
        "128": {"tools": [tool(f"t{number}") for number in range(128)], "parallel_tool_calls": False},
        "strict": strict({**STRICT, "properties": {"city": {"type": ["string", "null"], "enum": ["Bonn"]}}}),
        "limited": {"tools": [tool(parameters=field(minLength=1, format="uri"))], "tool_choice": "auto"},
        "no reasoning": {"tools": [tool()], "reasoning_effort": "none"},
        "minimal": {"model": "small", "tools": [tool()], "reasoning_effort": "minimal"},
    }
    assert refusals(requests) == {}


def test_the_emulated_service_and_our_chat_model_agree_about_a_call_and_its_result():
    from voicebot_openai.azure_chat import AzureChatModel
    from voicebot_openai.azure_options import AzureChatOptions

    tools = (Tool("weather", "The weather.", CITY), Tool("clock", "The time."))
    question = Message("user", "Hi")

    async def talk():
        async with emulating(script=Script(answered=(PARALLEL, "It rains."))) as (emulator, _):
            variables = emulator.environment
            options = {
                "endpoint": variables["OPENAI_ENDPOINT"],
                "api_key": variables["OPENAI_API_KEY"],
                "deployment": variables["OPENAI_DEPLOYMENT"],
            }
            model = AzureChatModel(AzureChatOptions.model_validate(options))
            await model.start()
            try:
                events = [event async for event in model.reply(ChatRequest((question,), tools=tools))]
                calls = tuple(event for event in events if isinstance(event, ToolCall))
                results = (Message("tool", f"{number}", answers=c.id) for number, c in enumerate(calls))
                history = (question, Message("assistant", "", calls), *results)
                after = [event async for event in model.reply(ChatRequest(history, tools=tools))]
                with pytest.raises(ProviderError, match="must be followed by tool messages"):
                    await anext(model.reply(ChatRequest(history[:-1], tools=tools)))
                return events, calls, after
            finally:
                await model.aclose()

    events, calls, after = asyncio.run(talk())
    assert [(c.name, c.arguments) for c in calls] == [
        ("weather", '{"city": "Berlin at the river"}'),
        ("clock", "{}"),
        ("weather", '{"city": '),
    ]
    assert isinstance(events[-1], ReplyEnded)
    assert events[-1].reason == "calls"
    assert json.loads(calls[0].arguments) == {"city": "Berlin at the river"}
    assert isinstance(after[-1], ReplyEnded)
    assert after[-1].reason == "stop"
