"""Another chat model, asked by a tool call."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import ValidationError

from voicebot import (
    ChatModel,
    ChatRequest,
    Choice,
    Message,
    Notice,
    Options,
    ProviderError,
    ReplyEnded,
    TextDelta,
    ToolProgress,
    ToolResult,
    load_config,
)
from voicebot.plugin.registry import Registration
from voicebot.testing import Pause, ScriptedChatModel, simulated
from voicebot_tools.delegate import DelegateToolOptions, DelegateToolset


class Events(ChatModel[Options]):
    """Replies with given events."""

    def __init__(self, *events):
        super().__init__(Options())
        self.events = events

    async def reply(self, request):
        for event in self.events:
            yield event


def delegate(chat, **options):
    registration = Registration("scripted", "chat", lambda options: chat, Options, "test")
    return DelegateToolset(
        DelegateToolOptions(of=Choice(registration, Options()), allow=("ask_expert",), **options)
    )


@simulated
async def test_the_whole_answer_is_the_result(call):
    chat = ScriptedChatModel(["It is blue. Light scatters."])
    toolset = delegate(chat, system="Be brief.", progress="Let me think.")

    events = await call(toolset, "ask_expert", {"question": "Why is the sky blue?"})

    assert events == [ToolProgress("Let me think."), ToolResult("It is blue. Light scatters.")]
    messages = (Message("system", "Be brief."), Message("user", "Why is the sky blue?"))
    assert chat.requests == [ChatRequest(messages, "c0ffee", ahead=True)]


@simulated
async def test_without_a_system_message_there_is_only_the_question(call):
    chat = ScriptedChatModel(["Yes."])

    await call(delegate(chat, system=""), "ask_expert", {"question": "Is it?"})

    assert chat.requests[0].messages == (Message("user", "Is it?"),)


def test_the_tool_reads_unless_the_chat_model_acts():
    class Acting(ScriptedChatModel):
        acts = True

    (reads,) = delegate(ScriptedChatModel()).tools()
    (writes,) = delegate(Acting(), timeout=90).tools()

    assert (reads.name, reads.effect, reads.timeout) == ("ask_expert", "reads", 60)
    assert (writes.effect, writes.timeout) == ("writes", 90)
    assert list(reads.parameters["properties"]) == ["question"]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([TextDelta("Yes. No"), ReplyEnded(withdrawn=3)], [ToolResult("Yes.")]),
        (
            [TextDelta("Yes and"), ReplyEnded("length")],
            [ToolResult("Yes and\n(the answer was too long and is cut off)")],
        ),
        ([ReplyEnded("filtered")], [ToolResult("a filter stopped the answer", failed=True)]),
        ([ReplyEnded()], [ToolResult("there was no answer", failed=True)]),
        (
            [Notice("now using the spare"), TextDelta("Yes."), ReplyEnded()],
            [Notice("now using the spare"), ToolResult("Yes.")],
        ),
    ],
)
def test_how_an_answer_ends(call, events, expected):
    assert asyncio.run(call(delegate(Events(*events)), "ask_expert", {"question": "?"})) == expected


@pytest.mark.parametrize(
    ("name", "arguments"), [("ask_expert", "{"), ("ask_expert", "{}"), ("other", {"question": "?"})]
)
def test_a_wrong_call_asks_nothing(call, name, arguments):
    chat = ScriptedChatModel()

    (result,) = asyncio.run(call(delegate(chat), name, arguments))

    assert result.failed
    assert chat.requests == []


@simulated
async def test_a_failure_is_the_chat_models_own(call):
    with pytest.raises(ProviderError, match="the key is not accepted"):
        await call(
            delegate(ScriptedChatModel([ProviderError("the key is not accepted")])),
            "ask_expert",
            {"question": "?"},
        )


@simulated
async def test_a_cancelled_call_cancels_the_chat_model(call):
    chat = ScriptedChatModel([[Pause(float("inf"))]])
    task = asyncio.create_task(call(delegate(chat), "ask_expert", {"question": "?"}))
    await asyncio.sleep(1)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert chat.cancelled == 1


def test_a_config_nests_any_chat_model(tmp_path):
    path = tmp_path / "bot.yaml"
    path.write_text(
        """\
recognizer: {provider: openai-stt, base_url: "http://localhost:1/v1", model: whisper-1}
chat: {provider: script, default: [What?]}
synthesizer: {provider: openai-tts, base_url: "http://localhost:1/v1", model: tts-1}
tools:
  - provider: delegate
    allow: [ask_physicist]
    name: ask_physicist
    of:
      provider: retry
      of: {provider: script, default: [Light scatters.]}
"""
    )

    (choice,) = load_config(path, environ={}).tools

    assert [leaf.name for leaf in choice.leaves] == ["script"]
    assert [each.name for each in choice.make().tools()] == ["ask_physicist"]


def test_allow_has_to_name_the_tool():
    registration = Registration("scripted", "chat", lambda options: None, Options, "test")
    chosen = Choice(registration, Options())

    assert set(DelegateToolOptions(of=chosen, allow=(), name="ask_doctor").known_tools()) == {"ask_doctor"}
    with pytest.raises(ValidationError, match="'ask a doctor' must consist of"):
        DelegateToolOptions(of=chosen, allow=(), name="ask a doctor")
