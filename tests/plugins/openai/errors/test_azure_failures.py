"""How Azure OpenAI can fail: one line to act on, without the key, and the next reply works."""

from __future__ import annotations

import asyncio
import re
import traceback

import pytest

from voicebot import ProviderError, ReplyEnded, TextDelta, Usage

ANSWER = "Arr, I be a pirate. And this be a tale to tell."

FAILURES = {
    "wrong key": (
        "wrong-key",
        r"rejected the key, which is wrong or belongs to another resource; copy",
        False,
    ),
    "unknown deployment": (
        "unknown-deployment",
        r"has no deployment `chat`; .* not the name of the model",
        False,
    ),
    "throttled": (
        "throttled",
        r"more tokens a minute for `chat` than its quota allows; raise the quota",
        True,
    ),
    "throttled for long": (
        "throttled=60",
        r"quota allows and asks for a delay of 60 s; raise",
        True,
    ),
    "forbidden": ("status=403", r"does not allow this; check the resource in the Azure portal", False),
    "wrong address": ("status=404", r"no chat completions API at this address; check `endpoint` and", False),
    "broken": ("status=500", r"failed with status 500; try again: The service is unavailable\.$", True),
    "unavailable": ("status=503", r"failed with status 503; try again", True),
    "error in mid-stream": ("error-event", r"broke off the reply: The server had an error", True),
    "silence before the answer": ("chat:hang@connect", r"sent nothing for 1\.5 s; raise `timeout`", True),
    "silence at first": ("chat:hang@start", r"sent nothing for 1\.5 s; raise `timeout`", True),
    "silence in mid-stream": ("chat:hang@middle", r"sent nothing for 1\.5 s; raise `timeout`", True),
    "cut before the answer": ("chat:drop@connect", r"closed the connection; try again", True),
    "cut at first": ("chat:drop@start", r"closed the connection; try again", True),
    "cut in mid-stream": ("chat:drop@middle", r"closed the connection; try again", True),
}


@pytest.mark.parametrize("api_version", ["2024-10-21", None], ids=["by deployment", "v1"])
@pytest.mark.parametrize(("fault", "message", "retryable"), FAILURES.values(), ids=FAILURES)
def test_a_failure_says_where_what_and_what_to_do_on_one_line_and_the_next_reply_works(
    azure, ask, text_of, key, fault, message, retryable, api_version
):
    async def talk():
        timeout = 1.5 if "sent nothing" in message else 60
        async with azure(
            ANSWER, faults=(fault,), timeout=timeout, max_retries=0, api_version=api_version
        ) as service:
            with pytest.raises(ProviderError) as raised:
                await ask(service.model)
            service.emulator.set_faults([])
            return service.emulator.port, raised.value, text_of(await ask(service.model))

    port, error, next_answer = asyncio.run(talk())
    assert str(error).startswith(f"Azure OpenAI at 127.0.0.1:{port} ")
    assert re.search(message, str(error)), str(error)
    assert "\n" not in str(error)
    assert key not in "".join(traceback.format_exception(error))
    assert error.retryable is retryable
    assert next_answer == ANSWER


def test_a_service_that_goes_away_is_reported_and_found_again(azure, ask, text_of):
    async def talk():
        async with azure(ANSWER, max_retries=0) as service:
            port = service.emulator.port
            await service.emulator.aclose()
            with pytest.raises(ProviderError, match="does not answer: is it running") as raised:
                await ask(service.model)
            service.emulator.port = port
            async with service.emulator:
                return raised.value.retryable, text_of(await ask(service.model))

    assert asyncio.run(talk()) == (True, ANSWER)


@pytest.mark.parametrize(
    "fault",
    ["throttledx1", "throttled=0.01x1", "status=503x2", "chat:drop@connectx1", "chat:drop@startx1"],
)
def test_a_reply_that_fails_before_its_first_word_is_retried(azure, ask, text_of, fault):
    async def talk():
        async with azure(ANSWER, faults=(fault,)) as service:
            return text_of(await ask(service.model))

    assert asyncio.run(talk()) == ANSWER


@pytest.mark.parametrize(
    "fault", ["wrong-keyx1", "unknown-deploymentx1", "throttled=60x1", "status=403x1", "chat:drop@middlex1"]
)
def test_a_reply_that_a_retry_would_not_help_is_not_retried(azure, ask, fault):
    async def talk():
        async with azure(ANSWER, faults=(fault,)) as service:
            with pytest.raises(ProviderError):
                await ask(service.model)

    asyncio.run(talk())


def test_retries_end_with_the_budget(azure, ask):
    async def talk():
        async with azure(ANSWER, faults=("throttled=0.2x1",), retry_budget=0.1) as service:
            with pytest.raises(ProviderError, match=r"a delay of 0\.2 s"):
                await ask(service.model)
        async with azure(ANSWER, faults=("throttled=0.2x1",), retry_budget=5) as service:
            return await ask(service.model)

    assert isinstance(asyncio.run(talk())[-1], ReplyEnded)


@pytest.mark.parametrize("fault", ["chat:drop@end", "chat:hang@end"])
def test_a_complete_reply_stands_even_if_its_end_is_not_reported(azure, ask, text_of, fault):
    async def talk():
        async with azure(ANSWER, faults=(fault,), timeout=0.5) as service:
            return await ask(service.model)

    events = asyncio.run(talk())
    assert text_of(events) == ANSWER
    assert events[-1].reason == "stop"


def test_a_prompt_that_the_filter_blocks_ends_the_reply_without_a_word(azure, ask, caplog):
    caplog.set_level("INFO", logger="voicebot_openai")

    async def talk():
        async with azure(ANSWER, faults=("content-filter=prompt",)) as service:
            return await ask(service.model)

    assert asyncio.run(talk()) == [ReplyEnded("filtered")]
    assert "content filter (violence: medium); rephrase it" in caplog.text


def test_text_that_the_filter_blocks_in_mid_stream_never_arrives(azure, ask, text_of):
    async def talk():
        async with azure(ANSWER, faults=("content-filter=stream",)) as service:
            return await ask(service.model)

    events = asyncio.run(talk())
    assert text_of(events) == "Arr, I be a"
    assert events[-1] == ReplyEnded("filtered", Usage(3, 4))


def test_text_that_the_asynchronous_filter_rejects_is_withdrawn(azure, ask, text_of):
    async def talk():
        async with azure(ANSWER, faults=("content-filter=withdraw",)) as service:
            return await ask(service.model)

    events = asyncio.run(talk())
    text, end = text_of(events), events[-1]
    assert (text, end.reason) == (ANSWER, "filtered")
    assert text[: len(text) - end.withdrawn] == ANSWER[: len(ANSWER) // 2]


def test_bursts_are_a_reply_like_any_other(azure, ask, text_of):
    async def talk():
        async with azure(ANSWER, faults=("burst",)) as service:
            return await ask(service.model)

    events = asyncio.run(talk())
    assert text_of(events) == ANSWER
    assert len([event for event in events if isinstance(event, TextDelta)]) == 1
