"""Faults of completions happen where they are set."""

from __future__ import annotations

import asyncio

import openai
import pytest

from .clients import ANSWER, ASK, SURFACES, emulating, streamed, text_of, until_broken


def test_a_burst_holds_many_tokens():
    async def talk():
        async with emulating("burst") as (_, clients):
            return await streamed(clients["v1"])

    chunks = asyncio.run(talk())
    assert text_of(chunks) == ANSWER
    assert len(chunks) == 4  # prompt, role, one lump, end


def test_an_error_event_replaces_the_next_piece():
    async def talk():
        async with emulating("error-event") as (_, clients):
            chunks, error = await until_broken(clients["v1"])
            assert "The server had an error" in str(error)
            return text_of(chunks)

    assert asyncio.run(talk()) == "Arr, I be a"


@pytest.mark.parametrize("surface", SURFACES)
def test_a_filtered_prompt_is_refused_with_what_was_found(surface):
    async def talk():
        async with emulating("content-filter=prompt") as (_, clients):
            with pytest.raises(openai.BadRequestError) as raised:
                await streamed(clients[surface])
            return raised.value

    error = asyncio.run(talk())
    assert error.code == "content_filter"
    assert error.body["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert error.body["innererror"]["content_filter_result"]["violence"] == {
        "filtered": True,
        "severity": "medium",
    }


def test_a_filtered_reply_ends_in_mid_stream():
    async def talk():
        async with emulating("content-filter=stream") as (_, clients):
            return await streamed(clients["v1"])

    chunks = asyncio.run(talk())
    assert text_of(chunks) == "Arr, I be a"
    assert chunks[-1].choices[0].finish_reason == "content_filter"


def test_a_withdrawn_reply_contains_the_offsets_of_the_allowed_text():
    async def talk():
        async with emulating("content-filter=withdraw") as (_, clients):
            return await streamed(clients["v1"])

    chunks = asyncio.run(talk())
    assert text_of(chunks) == ANSWER
    fine, withdrawn = (chunk.choices[0].content_filter_offsets for chunk in chunks[-2:])
    prompt, half, whole = len("Hi"), len("Hi") + len(ANSWER) // 2, len("Hi") + len(ANSWER)
    assert fine == {"check_offset": prompt, "start_offset": prompt, "end_offset": half}
    assert withdrawn == {"check_offset": half, "start_offset": half, "end_offset": whole}
    assert chunks[-1].choices[0].finish_reason == "content_filter"


@pytest.mark.parametrize("value", ["stream", "withdraw"])
def test_the_filter_cuts_a_whole_reply_too(value):
    async def talk():
        async with emulating(f"content-filter={value}") as (_, clients):
            return await clients["v1"].chat.completions.create(model="chat", messages=ASK)

    choice = asyncio.run(talk()).choices[0]
    assert choice.finish_reason == "content_filter"
    assert ANSWER.startswith(choice.message.content)
    assert choice.message.content != ANSWER


@pytest.mark.parametrize(("point", "heard"), [("start", ""), ("middle", "Arr, I be a"), ("end", ANSWER)])
@pytest.mark.parametrize("name", ["hang", "drop"])
def test_a_fault_stops_a_stream_at_its_point(name, point, heard):
    async def talk():
        async with emulating(f"chat:{name}@{point}") as (emulator, clients):
            chunks, error = await until_broken(clients["v1"].with_options(timeout=0.3))
            assert isinstance(error, openai.APIConnectionError)
            assert emulator.journal.find(what="done") == []
            return text_of(chunks), isinstance(error, openai.APITimeoutError)

    assert asyncio.run(talk()) == (heard, name == "hang")


@pytest.mark.parametrize("point", ["start", "middle", "end"])
def test_a_whole_reply_can_be_dropped(point):
    async def talk():
        async with emulating(f"chat:drop@{point}") as (_, clients):
            with pytest.raises(openai.APIConnectionError):
                await clients["v1"].chat.completions.create(model="chat", messages=ASK)

    asyncio.run(talk())
