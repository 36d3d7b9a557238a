"""Observers record which tools ran, and with `content` also arguments and results."""

from __future__ import annotations

from opentelemetry.trace import SpanKind, StatusCode

from voicebot import (
    BotTurnEnded,
    ConversationEnded,
    HistoryCompacted,
    ToolEnded,
    ToolStarted,
    TurnTimed,
    UnitSpoken,
    UserTurnEnded,
)

from .test_telemetry import Collected, seconds
from .transcripts import HEADING, lines, transcript

CITY = '{"city": "Bonn"}'
CALLED = (
    ToolStarted(1.0, "a", "weather", CITY, ahead=True),
    ToolEnded(1.4, "a", "weather", "done", "Fog in Bonn", 0.4),
    UserTurnEnded(2.0, "book if there is fog"),
    UnitSpoken(2.5, "There is."),
    ToolStarted(3.0, "b", "book\x1b", "{}"),
    ToolEnded(13.0, "b", "book\x1b", "timeout", "It took longer than 10 s", 10.0),
    ToolEnded(13.0, "c", "swim", "refused", "there is no tool swim"),
    BotTurnEnded(14.0, "There is."),
    TurnTimed(14.0, 1, decided=2.0, final=1.9, first_unit=2.2),
    ToolStarted(14.5, "d", "weather", CITY),
    ToolEnded(15.0, "d", "weather", "cancelled", "the user spoke", 0.5),
    HistoryCompacted(16.0, "They spoke of fog."),
    ConversationEnded(20.0, by="input"),
)


def test_a_transcript_has_calls_after_the_words_that_led_to_them(watch, tmp_path):
    watch(transcript(tmp_path / "talk.md"), CALLED)

    assert (tmp_path / "talk.md").read_text() == (
        f"{HEADING}**User** (0:02): book if there is fog\n\n"
        '*0:01: weather({"city": "Bonn"}), done, 0.4 s:* Fog in Bonn\n\n'
        "*0:13: book␛({}), timeout, 10.0 s:* It took longer than 10 s\n\n"
        "*0:13: swim(), refused:* there is no tool swim\n\n"
        "**Polly** (0:02): There is.\n\n"
        '*0:15: weather({"city": "Bonn"}), cancelled, 0.5 s:* the user spoke\n\n'
        "*0:16: summary of older turns, for the chat model:* They spoke of fog.\n\n"
        "*0:20: The conversation ended.*\n\n"
    )


def test_a_long_result_is_cut_for_people_and_whole_for_programs(watch, tmp_path):
    ended = ToolEnded(1.0, "a", "weather", "done", "fog " * 1000, 0.4)
    for name in ("talk.md", "talk.jsonl"):
        watch(transcript(tmp_path / name), [ToolStarted(0.6, "a", "weather", CITY), ended])

    assert len((tmp_path / "talk.md").read_text()) < 700
    assert lines(tmp_path / "talk.jsonl")[1] == {
        "conversation": "c0ffee0",
        "time": "2026-11-24T15:30:01.000+00:00",
        "at": 1.0,
        "kind": "tool",
        "call": "a",
        "tool": "weather",
        "arguments": CITY,
        "outcome": "done",
        "seconds": 0.4,
        "text": "fog " * 1000,
    }


def test_timings_say_how_long_an_answer_waited_for_tools(watch, tmp_path):
    watch(
        transcript(tmp_path / "talk.md", timings=True), [TurnTimed(9.0, 3, tool_calls=2, tool_seconds=0.84)]
    )

    assert "*turn 3, waited 0.8 s for tools (2)*" in (tmp_path / "talk.md").read_text()


def test_a_call_of_a_conversation_that_breaks_off_is_not_lost(watch, tmp_path):
    watch(transcript(tmp_path / "talk.jsonl"), [*CALLED[:2], ConversationEnded(2.0, "it broke", "failure")])

    assert [line["kind"] for line in lines(tmp_path / "talk.jsonl")] == ["start", "tool", "end"]


def test_a_tool_that_ran_has_a_span_with_the_names_of_the_conventions(watch):
    collected = Collected()
    watch(collected.observer, CALLED[:9])
    span, failed = collected.spans["execute_tool weather"], collected.spans["execute_tool book␛"]

    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "weather",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.id": "a",
        "gen_ai.conversation.id": "c0ffee0",
        "voicebot.tool.outcome": "done",
        "voicebot.tool.ahead": True,
    }
    assert (span.kind, span.status.status_code, seconds(span)) == (
        SpanKind.INTERNAL,
        StatusCode.UNSET,
        (1.0, 1.4),
    )
    assert (failed.status.description, (failed.attributes or {})["error.type"]) == ("timeout", "timeout")
    assert span.parent is not None
    assert span.parent.span_id == collected.spans["turn"].context.span_id
    assert "execute_tool swim" not in collected.spans


def test_a_call_after_its_turn_is_within_that_turn(watch):
    collected = Collected()
    watch(collected.observer, CALLED)
    late = collected.spans["execute_tool weather"]

    assert (seconds(late), late.status.status_code) == ((14.5, 15.0), StatusCode.UNSET)
    assert late.parent is not None
    assert late.parent.span_id == collected.spans["turn"].context.span_id


def test_a_reply_that_tells_a_late_result_counts_with_its_tokens_and_not_as_a_turn(watch):
    collected = Collected()
    told = TurnTimed(18.0, 0, decided=16.0, first_token=16.5, last_token=17.0, input_tokens=90)
    watch(collected.observer, [*CALLED[:-1], told, CALLED[-1]])
    metrics = collected.metrics()
    (chat,) = (span for name, span in collected.spans.items() if name.startswith("chat"))

    assert (seconds(chat), (chat.attributes or {})["gen_ai.usage.input_tokens"]) == ((16.0, 17.0), 90)
    assert chat.parent is not None
    assert chat.parent.span_id == collected.spans["turn"].context.span_id
    assert [point.value for point in metrics["voicebot.turn.count"]] == [1]
    assert [point.sum for point in metrics["gen_ai.client.token.usage"]] == [90]


def test_arguments_and_results_are_exported_only_with_content(watch):
    for content in (False, True):
        collected = Collected(content=content)
        watch(collected.observer, CALLED)
        everything = "".join(span.to_json() for span in collected.spans.values())
        assert [words in everything for words in ("Bonn", "longer than 10 s")] == [content, content]
    attributes = collected.spans["execute_tool weather"].attributes or {}
    assert attributes["gen_ai.tool.call.arguments"] == CITY
    assert attributes["gen_ai.tool.call.result"] == "the user spoke"


def test_calls_are_counted_and_those_that_ran_are_timed(watch):
    collected = Collected()
    watch(collected.observer, CALLED)
    metrics = collected.metrics()

    outcomes = {p.attributes["voicebot.tool.outcome"]: p.value for p in metrics["voicebot.tool.calls"]}
    assert outcomes == {"done": 1, "timeout": 1, "refused": 1, "cancelled": 1}
    timed = metrics["gen_ai.execute_tool.duration"]
    assert {p.attributes["gen_ai.tool.name"]: round(p.sum, 3) for p in timed} == {
        "weather": 0.9,
        "book␛": 10.0,
    }
    assert [p.attributes.get("error.type") for p in timed] == [None, "timeout"]
