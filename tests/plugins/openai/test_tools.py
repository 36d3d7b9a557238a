"""Tools: what is sent of them, and the calls of servers that stream them in many ways."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace

import pytest

from voicebot import ChatRequest, Message, ProviderError, ReplyEnded, TextDelta, Tool, ToolCall
from voicebot_emulator.script import Answered

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = (Tool("weather", "The weather in a city.", CITY), Tool("clock", "The time."))
QUESTION = Message("user", "How is the weather?")
CALL = ToolCall("call_1", "weather", '{"city": "Bonn"}')
HISTORY = (
    QUESTION,
    Message("assistant", "", (CALL,)),
    Message("tool", "Rain.", answers="call_1"),
    Message("assistant", "Rain.", ()),
    QUESTION,
)


def delta(index=None, id=None, name=None, arguments=None, **more):
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    given = {"index": index, "id": id, "type": "function" if name else None, "function": function, **more}
    return {key: value for key, value in given.items() if value is not None}


def streaming(*chunks, finish="tool_calls", end="done"):
    """Answer with chunks, each a text or a list of pieces of calls."""

    async def answer(exchange):
        await exchange.begin()
        await exchange.delta(role="assistant", content=None)
        for chunk in chunks:
            await exchange.delta(**({"content": chunk} if isinstance(chunk, str) else {"tool_calls": chunk}))
        if finish:
            await exchange.delta(finish)
        if end == "done":
            await exchange.done()
        elif end == "closed":
            exchange.writer.write(b"0\r\n\r\n")
        else:
            exchange.cut()

    return answer


async def asking(chat_server, answer, *, messages=(QUESTION,), tools=TOOLS, **options):
    async with chat_server(answer) as server, server.model(max_retries=0, **options) as model:
        events = [event async for event in model.reply(ChatRequest(tuple(messages), tools=tools))]
        return events, [exchange.body for exchange in server.requests]


def ask(chat_server, answer, **more):
    return asyncio.run(asking(chat_server, answer, **more))[0]


def bodies(chat_server, **more):
    return asyncio.run(asking(chat_server, streaming("Rain.", finish="stop"), **more))[1]


def calls_of(events):
    return [(event.name, event.arguments) for event in events if isinstance(event, ToolCall)]


BONN, ULM = ("weather", '{"city": "Bonn"}'), ("weather", '{"city": "Ulm"}')
STREAMS = {
    "as OpenAI": (
        [
            [delta(0, "a", "weather", "")],
            [delta(0, arguments='{"city"')],
            [delta(0, arguments=': "Bonn"}')],
            [delta(1, "b", "clock", "")],
            [delta(1, arguments="{}")],
        ],
        [BONN, ("clock", "{}")],
    ),
    "mixed": (
        [
            [delta(0, "a", "weather", ""), delta(1, "b", "weather", "")],
            [delta(1, arguments='{"city": "Ulm"}'), delta(0, arguments='{"city": ')],
            [delta(0, arguments='"Bonn"}')],
        ],
        [BONN, ULM],
    ),
    "whole": ([[delta(0, "a", *BONN), delta(1, "b", *ULM)]], [BONN, ULM]),
    "whole, one by one, without an index": (
        [[delta(None, "a", *BONN)], [delta(None, "b", *ULM)]],
        [BONN, ULM],
    ),
    "without index and id": ([[delta(None, None, *BONN)], [delta(None, None, *ULM)]], [BONN, ULM]),
    "without index and id, together": ([[delta(name="clock"), delta(name="clock")]], [("clock", "{}")] * 2),
    "in pieces without an index": (
        [
            [delta(None, "a", "weather", '{"city": ')],
            [delta(arguments='"Bonn"}')],
            [delta(None, "b", "clock")],
        ],
        [BONN, ("clock", "{}")],
    ),
    "all with index 0": ([[delta(0, "a", *BONN)], [delta(0, "b", *ULM)]], [BONN, ULM]),
    "all with index 0, without ids": ([[delta(0, None, *BONN)], [delta(0, None, *ULM)]], [BONN, ULM]),
    "id and name with every piece": (
        [[delta(0, "a", "weather", '{"city"')], [delta(0, "a", "weather", ': "Bonn"}')]],
        [BONN],
    ),
    "another id with every piece": (
        [
            [delta(0, "a", "weather")],
            [delta(0, "b", arguments='{"city"')],
            [delta(0, "c", arguments=': "Bonn"}')],
        ],
        [BONN],
    ),
    "name with every piece": (
        [[delta(0, None, "weather", '{"city"')], [delta(0, None, "weather", ': "Bonn"}')]],
        [BONN],
    ),
    "a name in pieces": (
        [[delta(0, "a", "wea")], [delta(0, name="ther")], [delta(0, arguments=BONN[1])]],
        [BONN],
    ),
    "arguments as an object": ([[delta(0, "a", "weather", {"city": "Bonn"})]], [BONN]),
    "no arguments": ([[delta(0, "a", "clock")]], [("clock", "{}")]),
    "arguments of null": ([[delta(0, "a", "clock", "null")]], [("clock", "{}")]),
    "a namespace": ([[delta(0, "a", "functions.weather", BONN[1])]], [BONN]),
    "blanks": ([[delta(0, "a", " weather\n", BONN[1])]], [BONN]),
    "a token of the template": ([[delta(0, "a", "weather<|channel|>commentary", BONN[1])]], [BONN]),
    "a number": ([[delta(0, "a", "functions.weather:0", BONN[1])]], [BONN]),
    "an unknown name": ([[delta(0, "a", "maps.find", "{}")]], [("maps.find", "{}")]),
    "invalid arguments": ([[delta(0, "a", "weather", "{city: Bonn}")]], [("weather", "{city: Bonn}")]),
    "malformed pieces": ([["nonsense", {"index": "0"}, delta(0, "a", *BONN)]], [("", "{}"), BONN]),
}


async def asked_in_turn(chat_server, answers, *, messages=(QUESTION,), **options):
    """Return the events of each answer, and its error last; one server and one model for all is quicker."""
    waiting = list(answers)

    async def answer(exchange):
        await waiting.pop(0)(exchange)

    async def outcome(model):
        events = []
        try:
            async for event in model.reply(ChatRequest(tuple(messages), tools=TOOLS)):
                events.append(event)  # noqa: PERF401 - an error would take them along
        except ProviderError as error:
            events.append(error)
        return events

    async with chat_server(answer) as server, server.model(max_retries=0, **options) as model:
        return [await outcome(model) for _ in answers]


def test_calls_are_understood_however_they_are_streamed(chat_server):
    answers = [streaming(*chunks) for chunks, _ in STREAMS.values()]
    replies = dict(zip(STREAMS, asyncio.run(asked_in_turn(chat_server, answers)), strict=True))
    assert {name: calls_of(events) for name, events in replies.items()} == {
        name: called for name, (_, called) in STREAMS.items()
    }
    for events in replies.values():
        assert events[-1] == ReplyEnded("calls")
        ids = [event.id for event in events if isinstance(event, ToolCall)]
        assert all(ids)
        assert len(set(ids)) == len(ids)


def test_a_reply_with_whole_calls_waits_for_their_results_whatever_it_says(chat_server):
    finishes = ["tool_calls", "stop", "function_call", "length", None]
    answers = [streaming("One moment.", [delta(0, "a", *BONN)], finish=finish) for finish in finishes]
    whole = [TextDelta("One moment."), ToolCall("a", *BONN), ReplyEnded("calls")]
    assert asyncio.run(asked_in_turn(chat_server, answers)) == [whole] * len(finishes)


def test_a_reply_that_was_not_streamed_has_its_calls(chat_server):
    message = {"role": "assistant", "content": None, "tool_calls": [delta(None, "a", *BONN)]}

    async def answer(exchange):
        await exchange.send(
            200, {"choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
        )

    assert ask(chat_server, answer) == [ToolCall("a", *BONN), ReplyEnded("calls")]


def test_an_id_that_was_used_before_is_replaced_by_one_that_every_server_accepts(chat_server):
    events = ask(
        chat_server,
        streaming([delta(0, "call_1", *BONN)], [delta(1, "b", *ULM)], [delta(2, "b", "clock", "{}")]),
        messages=HISTORY,
    )
    first, second, third = (event.id for event in events if isinstance(event, ToolCall))
    assert second == "b"
    assert re.fullmatch(r"[a-zA-Z0-9]{9}", first)
    assert re.fullmatch(r"[a-zA-Z0-9]{9}", third)


PART = '{"city": "Bo'


def finishing_every_chunk(end):
    """Answer like a server that sends a finish reason with every chunk."""

    async def answer(exchange):
        await exchange.begin()
        await exchange.delta("stop", tool_calls=[delta(0, "a", *BONN)])
        await exchange.delta("stop", tool_calls=[delta(1, "b", "weather", PART)])
        if end == "cut":
            exchange.cut()
            return
        await exchange.delta("stop", tool_calls=[delta(1, arguments='nn"}')])
        await exchange.done()

    return answer


def test_a_server_that_finishes_every_chunk_is_read_to_the_end(chat_server):
    assert calls_of(ask(chat_server, finishing_every_chunk("done"))) == [BONN, BONN]


def test_a_call_that_is_broken_off_at_the_maximum_length_calls_nothing(chat_server):
    answers = [
        streaming([delta(0, "a", *BONN)], [delta(1, "b", "weather", arguments)], finish="length")
        for arguments in (PART, "")
    ]
    for (error,) in asyncio.run(asked_in_turn(chat_server, answers)):
        assert "in the middle of a tool call; raise `max_tokens`" in str(error)
        assert not error.retryable


def test_a_reply_that_breaks_off_calls_nothing(chat_server):
    answers = [
        streaming("One moment.", [delta(0, "a", "weather", PART)], finish=None, end="closed"),
        streaming([delta(0, "a", *BONN)], [delta(1, "b", "weather", PART)], finish=None, end="closed"),
        streaming([delta(0, "a", *BONN)], finish=None, end="cut"),
        finishing_every_chunk("cut"),
    ]
    for *events, error in asyncio.run(asked_in_turn(chat_server, answers)):
        assert isinstance(error, ProviderError)
        assert error.retryable
        assert calls_of(events) == []


def test_whole_calls_are_a_complete_reply_even_if_the_server_just_ends_the_response(chat_server):
    assert calls_of(ask(chat_server, streaming([delta(0, "a", *BONN)], finish=None, end="closed"))) == [BONN]


def test_a_filtered_reply_calls_nothing(chat_server):
    events = ask(chat_server, streaming([delta(0, "a", *BONN)], finish="content_filter"))
    assert events == [ReplyEnded("filtered")]


def test_calls_that_are_announced_and_missing_are_asked_for_again(chat_server):
    answers = [streaming(), streaming([delta(0, "a", *BONN)])]

    async def talk():
        async def answer(exchange):
            await answers.pop(0)(exchange)

        async with chat_server(answer) as server, server.model(max_retries=1) as model:
            return [event async for event in model.reply(ChatRequest((QUESTION,), tools=TOOLS))]

    assert calls_of(asyncio.run(talk())) == [BONN]


def test_an_announced_call_after_text_is_no_failure(chat_server):
    assert ask(chat_server, streaming("Rain."))[-1] == ReplyEnded("stop")


def test_a_tool_that_was_not_offered_is_not_called(chat_server):
    calls = streaming("Rain.", [delta(0, "a", *BONN)])
    assert ask(chat_server, calls, tools=()) == [TextDelta("Rain."), ReplyEnded("stop")]
    with pytest.raises(ProviderError, match="called a tool that was not offered"):
        ask(chat_server, streaming([delta(0, "a", *BONN)]), tools=())


WRITTEN = (
    '<tool_call>\n{"name": "clock"}\n</tool_call> So.',
    "Wait. <tool_call>\n<function=weather>\n<parameter=city>\nBonn\n</parameter>\n</function>\n</tool_call>",
    '[TOOL_CALLS][{"name": "clock"}]',
    "<｜tool▁calls▁begin｜>function<｜tool▁sep｜>weather\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
)


def test_a_call_in_the_text_is_left_to_the_engine_if_tools_are_offered(chat_server):
    answers = [
        streaming(*pieces, finish="stop")
        for text in WRITTEN
        for pieces in ([text], text, [text[:9], text[9:]])
    ]
    replies = asyncio.run(asked_in_turn(chat_server, answers))
    texts = ["".join(event.text for event in events if isinstance(event, TextDelta)) for events in replies]
    assert texts == [text for text in WRITTEN for _ in range(3)]
    events = ask(chat_server, streaming("Wait. ", WRITTEN[0], finish="stop"), tools=())
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Wait. So."


def test_tools_and_history_are_sent_in_the_form_of_the_api(chat_server):
    (body,) = bodies(chat_server, messages=HISTORY)
    parameters = {**CITY, "additionalProperties": False}
    weather = {"name": "weather", "description": "The weather in a city.", "parameters": parameters}
    assert [tool["function"]["name"] for tool in body["tools"]] == ["clock", "weather"]
    assert body["tools"][1] == {"type": "function", "function": weather}
    function = {"name": "weather", "arguments": '{"city": "Bonn"}'}
    assert body["messages"] == [
        {"role": "user", "content": QUESTION.content},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "Rain."},
        {"role": "assistant", "content": "Rain."},
        {"role": "user", "content": QUESTION.content},
    ]


def test_the_order_of_the_tools_does_not_change_the_request(chat_server):
    (one,), (other,) = bodies(chat_server), bodies(chat_server, tools=TOOLS[::-1])
    assert json.dumps(one) == json.dumps(other)


def test_without_tools_nothing_about_them_is_sent(chat_server):
    extra = {"parallel_tool_calls": False, "min_p": 0.1}
    (body,) = bodies(chat_server, tools=(), extra_body=extra)
    assert not body.keys() & {"tools", "parallel_tool_calls"}
    assert body["min_p"] == 0.1
    assert bodies(chat_server, extra_body=extra)[0]["parallel_tool_calls"] is False


def test_a_call_that_no_server_would_accept_is_sent_as_a_valid_one(chat_server):
    calls = (
        ToolCall("a", "the weather!", "{}"),
        ToolCall("b", "x" * 80, "{city: Bonn"),
        ToolCall("c", "clock", "[1]"),
    )
    results = [Message("tool", "No.", answers=call.id) for call in calls]
    (body,) = bodies(chat_server, messages=(QUESTION, Message("assistant", "", calls), *results))
    sent = [(call["id"], *call["function"].values()) for call in body["messages"][1]["tool_calls"]]
    assert sent == [("a", "the_weather_", "{}"), ("b", "x" * 64, "{}"), ("c", "clock", "{}")]


def test_a_long_id_of_another_server_is_shortened_in_call_and_result(chat_server):
    long = "x" * 60
    call = ToolCall(long, "clock", "{}")
    messages = (QUESTION, Message("assistant", "", (call,)), Message("tool", "Noon.", answers=long))
    (body,) = bodies(chat_server, messages=messages)
    assert body["messages"][1]["tool_calls"][0]["id"] == body["messages"][2]["tool_call_id"]
    assert len(body["messages"][2]["tool_call_id"]) <= 40


NULLS = [
    (400, {"error": {"message": "invalid message content type: <nil>"}}),
    (400, {"error": "Invalid 'content': 'content' field must be a string or an array of objects."}),
    (500, {"error": {"message": "Expected 'content' to be a string or an array"}}),
]


@pytest.mark.parametrize(("status", "body"), NULLS)
def test_a_server_that_rejects_null_gets_empty_text_from_then_on(chat_server, status, body):
    async def answer(exchange):
        if any(message["content"] is None for message in exchange.body["messages"]):
            await exchange.send(status, body)
        else:
            await streaming("Rain.", finish="stop")(exchange)

    async def talk():
        async with chat_server(answer) as server, server.model(max_retries=0) as model:
            for _ in range(2):
                assert [event async for event in model.reply(ChatRequest(HISTORY, tools=TOOLS))]
            return len(server.requests)

    assert asyncio.run(talk()) == 3


def test_a_server_that_rejects_the_ids_of_another_gets_short_ones_from_then_on(chat_server):
    said = "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9."

    async def answer(exchange):
        ids = {message["tool_call_id"] for message in exchange.body["messages"] if message["role"] == "tool"}
        ids |= {call["id"] for message in exchange.body["messages"] for call in message.get("tool_calls", ())}
        if all(re.fullmatch("[a-zA-Z0-9]{9}", id) for id in ids) and len(ids) == 1:
            await streaming("Rain.", finish="stop")(exchange)
        else:
            await exchange.send(400, {"object": "error", "message": said})

    async def talk():
        async with chat_server(answer) as server, server.model(max_retries=0) as model:
            for _ in range(2):
                assert [event async for event in model.reply(ChatRequest(HISTORY, tools=TOOLS))]
            return len(server.requests)

    assert asyncio.run(talk()) == 3


def test_what_gemini_sends_with_a_call_is_sent_back(chat_server):
    signature = {"google": {"thought_signature": "abc"}}
    answers = [
        streaming([delta(None, "a", *BONN, extra_content=signature)], finish="stop"),
        streaming("Rain."),
    ]

    async def talk():
        async def answer(exchange):
            await answers.pop(0)(exchange)

        async with chat_server(answer) as server, server.model() as model:
            events = [event async for event in model.reply(ChatRequest((QUESTION,), tools=TOOLS))]
            calls = tuple(event for event in events if isinstance(event, ToolCall))
            asked = (QUESTION, Message("assistant", "", calls), Message("tool", "Shall I?", answers="a"))
            agreed = tuple(replace(each, id="call00001") for each in calls)  # the engine makes it again
            other = ToolCall("c", calls[0].name, "{}")
            again = Message("assistant", "", (*agreed, other)), Message("tool", "Rain.", answers="call00001")
            history = (*asked, Message("user", "Yes."), *again, Message("tool", "Rain.", answers="c"))
            assert [event async for event in model.reply(ChatRequest(history, tools=TOOLS))]
            sent = server.requests[1].body["messages"]
            return [call.get("extra_content") for each in sent for call in each.get("tool_calls", ())]

    assert asyncio.run(talk()) == [signature, signature, None]


NO_TOOLS = [
    (400, {"error": {"message": "registry.ollama.ai/library/gemma3:4b does not support tools"}}),
    (500, {"error": {"message": "tools param requires --jinja flag", "type": "server_error"}}),
    (
        400,
        {
            "object": "error",
            "message": '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser',
        },
    ),
    (404, {"error": {"message": "No endpoints found that support tool use.", "code": 404}}),
    (400, {"error": {"message": "`tool calling` is not supported with this model"}}),
]


def refusing(status, body):
    async def refuse(exchange):
        await exchange.send(status, body)

    return refuse


def test_a_model_that_cannot_use_tools_is_reported_in_one_line_that_says_what_to_do(chat_server):
    answers = [refusing(status, body) for status, body in NO_TOOLS]
    for (error,) in asyncio.run(asked_in_turn(chat_server, answers)):
        assert "cannot use tools with `test-model`; choose a model that can" in str(error)
        assert "\n" not in str(error)
        assert not error.retryable


def test_a_rejected_schema_names_the_tool(chat_server):
    error = {
        "message": "Invalid schema for function 'weather': no",
        "type": "invalid_request_error",
        "param": "tools[1].function.parameters",
        "code": "invalid_function_parameters",
    }

    async def refuse(exchange):
        await exchange.send(400, {"error": error})

    with pytest.raises(
        ProviderError, match=r"remove it from `allow` .*: Invalid schema for function 'weather'"
    ):
        ask(chat_server, refuse)


EFFORT = "Function tools with reasoning_effort are not supported for gpt-6 in /v1/chat/completions."


@pytest.mark.parametrize(("accepted", "tried"), [("none", ["low", "none"]), (None, ["low", "none", None])])
def test_a_model_that_does_not_reason_with_tools_is_asked_without_reasoning(chat_server, accepted, tried):
    async def answer(exchange):
        if "tools" in exchange.body and exchange.body.get("reasoning_effort") != accepted:
            await exchange.send(400, {"error": {"message": EFFORT, "param": "reasoning_effort"}})
        else:
            await streaming("Rain.", finish="stop")(exchange)

    async def talk():
        async with chat_server(answer) as server, server.model(reasoning_effort="low") as model:
            for tools in (TOOLS, TOOLS, ()):
                assert [event async for event in model.reply(ChatRequest((QUESTION,), tools=tools))]
            return [exchange.body.get("reasoning_effort") for exchange in server.requests]

    assert asyncio.run(talk()) == [*tried, accepted, "low"]


def test_azures_models_take_tools_without_any_rejected_request(azure):
    answer = Answered.model_validate({"calls": [{"name": "weather", "arguments": {"city": "Bonn"}}]})

    async def talk(model):
        async with azure(answer, model=model) as service:
            request = ChatRequest((QUESTION,), tools=TOOLS)
            events = [event async for event in service.model.reply(request)]
            return calls_of(events), len(service.requests())

    for model in ("gpt-5.4-mini", "gpt-5-mini", "o4-mini"):
        assert asyncio.run(talk(model)) == ([BONN], 1), model


def test_a_call_that_azure_breaks_off_or_filters_is_not_made(azure):
    answer = Answered.model_validate(
        {"calls": [{"name": "weather", "arguments": {"city": "Bonn on the Rhine"}}]}
    )

    async def talk():
        outcomes = {}
        async with azure(answer, max_retries=0) as service:
            for fault in ("chat:drop@middle", "chat:error-event", "content-filter=stream"):
                service.emulator.set_faults([fault])
                outcomes[fault] = events = []
                try:
                    async for event in service.model.reply(ChatRequest((QUESTION,), tools=TOOLS)):
                        events.append(event)  # noqa: PERF401 - an error would take them along
                except ProviderError as error:
                    events.append(error.retryable)
        return outcomes

    outcomes = asyncio.run(talk())
    assert outcomes["chat:drop@middle"] == outcomes["chat:error-event"] == [True]
    assert [event.reason for event in outcomes["content-filter=stream"]] == ["filtered"]
