"""Whatever a function does, its call ends with one result."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from voicebot import ProviderError, ToolProgress, ToolResult
from voicebot.testing import simulated
from voicebot_tools.functions.blocking import StepTimer


@pytest.mark.parametrize("definition", ["def", "async def"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'Sunny.'", "Sunny."),
        ("None", "done"),
        ("''", "(empty)"),
        (
            "{'at': __import__('datetime').date(2026, 11, 29), 'seats': (1, 2)}",
            '{"at":"2026-11-29","seats":[1,2]}',
        ),
        ("float('nan')", '"NaN"'),
        ("True", "true"),
    ],
)
def test_a_returned_value_is_text_or_json(outcome, definition, value, text):
    assert outcome(f"@tool\n{definition} f():\n    return {value}") == [ToolResult(text)]


def test_a_result_may_say_that_it_failed_or_what_to_say(outcome):
    text = "@tool\ndef f():\n    return ToolResult('full', failed=True, say='Sorry.')"

    assert outcome(text) == [ToolResult("full", failed=True, say="Sorry.")]


@pytest.mark.parametrize("value", ["object()", "open", "b'\\xff'"])
def test_a_value_that_cannot_be_json_is_a_failure_that_names_the_type(outcome, value):
    (result,) = outcome(f"@tool\ndef f():\n    return {value}")

    assert result.failed
    assert "returned a value of the type " in result.text
    assert "0x" not in result.text


def test_two_megabytes_are_returned_whole(outcome):
    assert len(outcome("@tool\ndef f():\n    return 'x' * 2_000_000")[-1].text) == 2_000_000


@pytest.mark.parametrize("definition", ["def", "async def"])
@pytest.mark.parametrize(
    "exception", ["KeyError('hunter2')", "SystemExit(1)", "KeyboardInterrupt()", "StopIteration()"]
)
def test_whatever_is_raised_is_named_but_not_quoted(outcome, definition, exception, caplog):
    caplog.set_level(logging.INFO)

    (result,) = outcome(f"@tool\n{definition} f():\n    raise {exception}")

    name, unknown = exception.partition("(")[0], "whether it was done is not known"
    detail = f"{name} at tools.py:5 (-v shows more); {unknown}"
    assert result == ToolResult(f"the tool failed ({name}); {unknown}", failed=True, detail=detail)
    assert any(record.exc_info for record in caplog.records)


def test_a_provider_error_tells_the_chat_model_why(outcome):
    assert outcome("@tool\ndef f():\n    raise ProviderError('no table is free')") == [
        ToolResult("no table is free", failed=True)
    ]


def test_a_cancellation_that_nobody_asked_for_is_a_failure(outcome):
    (result,) = outcome("import asyncio\n@tool\nasync def f():\n    raise asyncio.CancelledError")

    assert result.text == "the tool failed (CancelledError); whether it was done is not known"


def test_a_tool_that_only_reads_has_done_nothing_when_it_fails(outcome):
    (result,) = outcome("@tool(effect='reads')\ndef f():\n    1 / 0")

    assert result.failed
    assert result.text == "the tool failed (ZeroDivisionError)"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("{", "the arguments are not valid JSON"),
        ("[]", "wrong arguments: arguments: input should be an object"),
        ("{}", "wrong arguments: count: field required"),
        (
            '{"count": "many"}',
            "wrong arguments: count: input should be a valid integer, unable to parse string as an integer",
        ),
        ('{"count": 1, "size": 2}', "wrong arguments: size: extra inputs are not permitted"),
    ],
)
def test_wrong_arguments_are_explained_to_the_chat_model(outcome, arguments, text):
    assert outcome("@tool\ndef f(count: int): ...", arguments) == [ToolResult(text, failed=True)]


def test_no_arguments_at_all_are_an_empty_object(outcome):
    assert outcome("@tool\ndef f(count: int = 3):\n    return count", "") == [ToolResult("3")]


def test_an_unknown_tool_is_a_failure(started, call):
    toolset = started("@tool\ndef f(): ...")

    assert asyncio.run(call(toolset, "g")) == [ToolResult("there is no tool called 'g'", failed=True)]


def test_a_generator_yields_its_progress_and_last_its_result(outcome):
    events = outcome(
        """
        @tool
        async def f():
            yield ToolProgress("Looking at Friday")
            yield ToolProgress("Looking at Saturday")
            yield {"free": ["Saturday"]}
        """
    )

    assert events == [
        ToolProgress("Looking at Friday"),
        ToolProgress("Looking at Saturday"),
        ToolResult('{"free":["Saturday"]}'),
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("progress = ToolProgress('wait')\n    yield progress", "the tool gave no result"),
        (
            "yield str(1)\n    yield str(2)",
            "'f' yielded a value after its result; what is not the result has to be a ToolProgress",
        ),
        (
            "yield ToolProgress('wait')\n    raise OSError",
            "the tool failed (OSError); whether it was done is not known",
        ),
    ],
)
def test_a_generator_without_one_result_fails(outcome, body, text):
    result = outcome(f"@tool\nasync def f():\n    {body}")[-1]

    assert result.failed
    assert result.text == text


def test_a_generator_that_breaks_after_its_result_has_done_its_work(outcome):
    notice, result = outcome("@tool\nasync def f():\n    yield 'booked'\n    1 / 0")

    assert notice.message.startswith("the tool 'f' failed after its result: ZeroDivisionError at tools.py:6")
    assert result == ToolResult("booked")


def test_a_decorated_function_runs_where_its_kind_belongs(outcome):
    text = """
        import functools, threading

        def traced(function):
            @functools.wraps(function)
            def wrapper(*args, **kwargs):
                return function(*args, **kwargs)
            return wrapper

        @tool
        @traced
        {} f(n: int):
            return f"{{n}} {{threading.current_thread() is threading.main_thread()}}"
        """

    assert outcome(text.format("async def"), {"n": 1})[-1].text == "1 True"
    assert outcome(text.format("def"), {"n": 1})[-1].text == "1 False"


def test_a_thread_that_hangs_delays_neither_the_cancellation_nor_other_calls(started, call):
    toolset = started(
        """
        import threading
        release = threading.Event()

        @tool
        def f():
            release.wait()

        @tool
        def end():
            release.set()
            return "released"
        """
    )

    async def conversation():
        hanging = asyncio.create_task(call(toolset, "f"))
        await asyncio.sleep(0)
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        return await call(toolset, "end")

    assert asyncio.run(conversation())[-1].text == "released"


@pytest.mark.parametrize("definition", ["def", "async def"])
def test_a_function_changes_the_conversation_from_wherever_it_runs(outcome, caller, definition):
    text = """
        @tool
        {} f(caller: ToolCaller):
            caller.remember("Anna has a parrot.")
            caller.set_patience(1, 2)
            caller.stay_silent()
            caller.end_conversation()
        """

    assert outcome(text.format(definition), caller=caller) == [ToolResult("done")]
    assert caller.did == ["Anna has a parrot.", (1, 2), "silent", "end"]


def test_what_a_function_returns_to_be_awaited_may_use_the_caller(outcome, caller):
    text = """
        async def later(caller):
            caller.remember("Anna has a parrot.")
            return "remembered"

        @tool
        def f(caller: ToolCaller):
            return later(caller)
        """

    assert outcome(text, caller=caller) == [ToolResult("remembered")]
    assert caller.did == ["Anna has a parrot."]


def test_what_a_function_returns_is_read_in_its_thread(outcome):
    text = """
        import threading

        @tool
        def f():
            return (threading.current_thread() is threading.main_thread() for _ in range(2))
        """

    assert outcome(text) == [ToolResult("[false,false]")]


def test_what_the_caller_refuses_reaches_a_thread(outcome, caller):
    def refuse(fact):
        raise ProviderError("not now")

    caller.remember = refuse

    assert outcome("@tool\ndef f(caller: ToolCaller):\n    caller.remember('x')", caller=caller) == [
        ToolResult("not now", failed=True)
    ]


def test_a_thread_that_runs_on_no_longer_changes_the_conversation(started, call, caller):
    toolset = started(
        """
        import threading
        cancelled, tried, log = threading.Event(), threading.Event(), []

        @tool
        def f(caller: ToolCaller):
            cancelled.wait()
            try:
                caller.end_conversation()
            except ProviderError as error:
                log.append(str(error))
            tried.set()

        @tool
        def g():
            cancelled.set()
            tried.wait()
            return log
        """
    )

    async def conversation():
        task = asyncio.create_task(call(toolset, "f", caller=caller))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await call(toolset, "g")

    assert asyncio.run(conversation())[-1].text == '["the call is over"]'
    assert caller.did == []


def test_calls_that_never_end_do_not_pile_up(started, call):
    toolset = started(
        """
        import threading
        release = threading.Event()

        @tool
        def f():
            release.wait()

        @tool
        async def end():
            release.set()
        """
    )

    async def conversation():
        hanging = [asyncio.create_task(call(toolset, "f")) for _ in range(32)]
        await asyncio.sleep(0)
        refused = await call(toolset, "f")
        await call(toolset, "end")
        await asyncio.gather(*hanging)
        return refused, await call(toolset, "f")

    refused, afterwards = asyncio.run(conversation())
    assert refused == [ToolResult("32 earlier calls are still running; it was not started", failed=True)]
    assert afterwards == [ToolResult("done")]


def test_cancelling_a_call_cancels_an_asynchronous_function(started, call):
    toolset = started(
        """
        import asyncio
        log = []

        @tool
        async def f():
            try:
                await asyncio.sleep(3600)
            finally:
                log.append("cancelled")

        @tool
        async def g():
            try:
                yield ToolProgress("wait")
                await asyncio.sleep(3600)
                yield "waited"
            finally:
                log.append("closed")

        @tool
        async def h():
            return log
        """
    )

    @simulated
    async def conversation():
        for name in ("f", "g"):
            task = asyncio.create_task(call(toolset, name))
            await asyncio.sleep(1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (await call(toolset, "h"))[-1].text == '["cancelled","closed"]'

    conversation()


def test_five_calls_run_at_a_time(started, call):
    toolset = started(
        """
        import threading
        together = threading.Barrier(5)

        @tool
        def f():
            together.wait()
            return "met"
        """
    )

    async def conversation():
        return await asyncio.gather(*(call(toolset, "f") for _ in range(5)))

    assert asyncio.run(conversation()) == [[ToolResult("met")]] * 5


@simulated
async def test_the_longest_step_of_a_function_is_timed():
    now = 0.0

    async def busy() -> str:
        nonlocal now
        now += 0.25
        await asyncio.sleep(10)
        now += 1.5
        await asyncio.sleep(10)
        return "done"

    timer = StepTimer(lambda: now)

    assert await timer.timed(busy()) == "done"
    assert timer.longest == 1.5


@simulated
async def test_a_timed_function_sees_its_cancellation():
    async def stubborn() -> str:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            return "cleaned up"
        return "never"

    task = asyncio.create_task(_awaited(StepTimer().timed(stubborn())))
    await asyncio.sleep(1)
    task.cancel()

    assert await task == "cleaned up"


async def _awaited(awaitable):
    return await awaitable


def test_a_function_that_blocks_the_event_loop_is_reported(outcome, monkeypatch):
    monkeypatch.setattr("voicebot_tools.functions.running.MOST", 0.0)

    notice, result = outcome("@tool\nasync def f():\n    return 'slept'")

    assert notice.message.startswith("the tool 'f' blocked the conversation for 0.0 s; write it as `def` ")
    assert result == ToolResult("slept")
    assert outcome("@tool\ndef f():\n    return 'slept'") == [ToolResult("slept")]


def test_context_variables_reach_a_thread(started, call):
    toolset = started(
        """
        from contextvars import ContextVar
        who = ContextVar("who", default="nobody")

        @tool
        async def g():
            who.set("Anna")

        @tool
        def f():
            return who.get()
        """
    )

    async def conversation():
        await call(toolset, "g")  # in this task, so that the next call sees it
        return await call(toolset, "f")

    assert asyncio.run(conversation())[-1].text == "Anna"
    assert threading.current_thread() is threading.main_thread()
