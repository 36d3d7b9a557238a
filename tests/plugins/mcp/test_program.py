"""Servers that are programs: they hang, end, print and ignore signals; the conversation goes on."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import aclosing, suppress

import pytest

from voicebot import ToolCall, ToolOverride, ToolProgress, ToolResult
from voicebot_mcp.limits import LONGEST_MESSAGE, MOST_PROGRESS

pytestmark = pytest.mark.slow

NAME = "stdio_server.py"


def test_tools_are_listed_and_run(program, started, call):
    async def run():
        async with started(program(timeout=3)) as toolset:
            tools = {tool.name: tool for tool in toolset.tools()}
            assert tools["echo"].description == "Says it again."
            assert tools["echo"].parameters["required"] == ["text"]
            assert tools["echo"].timeout == 3
            assert tools["end"].parameters == {"type": "object", "properties": {}}
            assert await call(toolset, "echo", text="hello ⏰") == ToolResult("hello ⏰")
            assert await call(toolset, "missing") == ToolResult("there is no missing", failed=True)
            results = await asyncio.gather(*(call(toolset, "echo", text=str(n)) for n in range(5)))
            assert [result.text for result in results] == list("01234")

    asyncio.run(run())


def test_a_list_of_tools_without_an_end_is_cut(program, started, call):
    async def run():
        async with started(program("pages")) as toolset:
            assert any(tool.name == "echo" for tool in toolset.tools())
            return await call(toolset, "echo", text="on")

    assert asyncio.run(run()) == ToolResult("on")


def test_hints_are_believed_only_on_request(program, started):
    async def effects(*, trusted):
        async with started(program(trust_hints=trusted)) as toolset:
            return {tool.name: tool.effect for tool in toolset.tools()}

    assert asyncio.run(effects(trusted=False))["echo"] == "writes"
    believed = asyncio.run(effects(trusted=True))
    assert (believed["echo"], believed["end"]) == ("reads", "writes")


def test_progress_is_told_as_it_comes(program, started, caller):
    async def run():
        async with (
            started(program()) as toolset,
            aclosing(toolset.call(ToolCall("1", "steps", ""), caller)) as events,
        ):
            return [event async for event in events]

    assert asyncio.run(run()) == [ToolProgress("first"), ToolProgress("second"), ToolResult("done")]


def test_progress_without_an_end_is_cut(program, started, caller):
    async def run():
        arguments = json.dumps({"more": 2 * MOST_PROGRESS})
        async with (
            started(program()) as toolset,
            aclosing(toolset.call(ToolCall("1", "steps", arguments), caller)) as events,
        ):
            return [event async for event in events]

    *progress, result = asyncio.run(run())

    assert len(progress) == MOST_PROGRESS
    assert result == ToolResult("done")


def test_a_server_that_reports_a_change_at_each_list_is_asked_after_a_pause(
    program, started, call, caplog, monkeypatch
):
    monkeypatch.setattr("voicebot_mcp.connection.BETWEEN_LISTS", 3600)
    caplog.set_level(logging.INFO, "voicebot_mcp")

    async def run():
        async with started(program("changing")) as toolset:
            for number in range(20):
                await call(toolset, "echo", text=str(number))

    asyncio.run(run())

    assert sum(each.getMessage().endswith(": listed") for each in caplog.records) == 1


def test_a_result_of_2_mb_arrives_and_one_over_the_limit_fails_alone(program, started, call):
    async def run():
        async with started(program()) as toolset:
            assert len((await call(toolset, "big", size=2_000_000)).text) == 2_000_000
            assert await call(toolset, "big", size=LONGEST_MESSAGE) == ToolResult(
                "Its answer has 4.0 MB, of at most 4 MB; ask for less.", failed=True
            )
            assert (await call(toolset, "echo", text="on")).text == "on"

    asyncio.run(run())


def test_what_is_printed_besides_messages_is_tolerated_and_errors_are_logged_without_secrets(
    program, started, call, caplog, tmp_path
):
    caplog.set_level(logging.DEBUG, "voicebot_mcp")

    async def run():
        options = program("noise", env={"KEY": "s3cret", "FOLDER": "/notes"}, cwd=tmp_path)
        async with started(options) as toolset:
            return json.loads((await call(toolset, "who")).text)

    process = asyncio.run(run())

    logged = [each.getMessage() for each in caplog.records]
    assert any(line.endswith("stdio_server.py: secret is *** ␛[2J") for line in logged)
    assert "s3cret" not in "".join(logged)
    assert process["cwd"] == str(tmp_path)
    assert process["env"]["KEY"] == "***"  # it has the key, but the chat model does not get it
    assert process["env"]["FOLDER"] == "/notes"
    passed_on = {"KEY", "FOLDER", "HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LC_CTYPE"}
    assert set(process["env"]) <= passed_on  # voicebot's keys are none of its business


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        ({"arguments": ["exit"]}, f"{NAME} cannot be used: ended with status 3: error: no licence key; "),
        ({"arguments": ["long"]}, "ended with status 3: error: " + 193 * "x" + "...; trying again"),
        ({"command": ["no-such-program"]}, "there is no program 'no-such-program'; install it, or correct `"),
        ({"command": ["/etc/passwd"]}, "'/etc/passwd' may not be run by this user; correct `command`"),
        ({"cwd": "/no/such/folder"}, "there is no folder '/no/such/folder'; correct `cwd`"),
    ],
    ids=["ends", "talks", "missing", "forbidden", "folder"],
)
def test_a_program_that_does_not_come_up_is_one_warning_and_the_bot_starts(
    program, started, call, warnings_logged, options, cause
):
    async def run():
        async with started(program(*options.pop("arguments", ()), **options)) as toolset:
            assert toolset.tools() == ()
            return await call(toolset, "echo", text="hello")

    result = asyncio.run(run())

    (warning,) = warnings_logged()
    assert cause in warning
    assert warning.endswith("; trying again in the background")
    assert warning.isprintable()
    assert result.failed
    assert result.text.startswith("MCP server ")
    assert "cannot be used now: " in result.text


def test_the_bot_starts_without_a_server_that_hangs(program, started, warnings_logged):
    async def run():
        async with started(program("hang", start_timeout=0.01)) as toolset:
            return toolset.tools()

    assert asyncio.run(run()) == ()
    (warning,) = warnings_logged()
    assert warning.endswith(
        "has not answered within 0.01 s (`start_timeout`); its tools are added when it does"
    )


def test_a_program_that_ends_at_anything_but_the_old_handshake_is_used(program, started, warnings_logged):
    async def run():
        async with started(program("strict")) as toolset:
            return toolset.tools()

    assert asyncio.run(run()) != ()
    assert warnings_logged() == []


def test_the_end_during_a_call_leaves_open_whether_it_happened(program, started, call, warnings_logged):
    async def run():
        async with started(program()) as toolset:
            before = toolset.tools()
            lost = await call(toolset, "end")
            assert toolset.tools() == before
            return lost, await call(toolset, "echo", text="back")

    lost, back = asyncio.run(run())

    assert lost == ToolResult(
        "It is unknown whether this was done: its server was lost during the call "
        "(ended with status 7: fatal error: out of cheese).",
        failed=True,
    )
    assert back == ToolResult("back")
    gone, there = warnings_logged()
    assert gone.endswith(
        "cannot be used: ended with status 7: fatal error: out of cheese; trying again in the background"
    )
    assert there.endswith(f"{NAME} is connected")


def test_what_only_reads_is_asked_again_when_the_server_is_back(program, started, call, tmp_path):
    reads = {"end_once": ToolOverride(effect="reads")}

    async def run():
        async with started(program(overrides=reads)) as toolset:
            assert any(tool.name == "end_once" for tool in toolset.tools())  # the server calls it end.once
            return await call(toolset, "end_once", text=str(tmp_path / "mark"))

    assert asyncio.run(run()) == ToolResult("survived")


def test_a_server_that_ended_between_calls_is_started_again(program, started, call, warned):
    async def run():
        async with started(program()) as toolset:
            ended = asyncio.create_task(warned())
            assert (await call(toolset, "end_soon")).text == "goodbye"
            await ended
            return await call(toolset, "echo", text="again")

    assert asyncio.run(run()) == ToolResult("again")


def test_a_call_that_is_cancelled_is_cancelled_in_the_server(program, started, call, caller, tmp_path):
    mark = tmp_path / "cancelled"

    async def run():
        async with started(program()) as toolset:
            waiting = asyncio.create_task(call(toolset, "wait", text=str(mark)))
            await call(toolset, "echo", text="it has been asked")
            waiting.cancel()
            await asyncio.wait({waiting})
            assert waiting.cancelled()
            while not mark.exists():
                await call(toolset, "echo", text="is it cancelled?")

    asyncio.run(run())


def test_a_change_of_tools_is_seen(program, started, call):
    async def run():
        async with started(program()) as toolset:
            assert all(tool.name != "sing" for tool in toolset.tools())
            await call(toolset, "learn")
            while all(tool.name != "sing" for tool in toolset.tools()):
                await call(toolset, "echo", text="has it learned?")

    asyncio.run(run())


def test_closing_during_a_call_ends_it_and_calls_are_refused_afterwards(program, started, call):
    async def run():
        async with started(program()) as toolset:
            waiting = asyncio.create_task(call(toolset, "wait", text="mark"))
            await call(toolset, "echo", text="it has been asked")
            await toolset.aclose()
            await asyncio.wait({waiting})
            with pytest.raises(Exception, match="is not connected"):
                await call(toolset, "echo", text="hello")
            return str(waiting.exception() or waiting.result())

    assert "was lost during the call" in asyncio.run(run())


@pytest.mark.slow  # waits for programs that do not end
@pytest.mark.parametrize("kind", ["child", "stubborn", "hang"])
def test_nothing_of_a_program_is_left(program, started, caplog, kind):
    caplog.set_level(logging.INFO, "voicebot_mcp")

    async def run():
        async with started(program(kind, start_timeout=5)):
            return

    asyncio.run(run())

    for line in (each.getMessage() for each in caplog.records):
        if ": child " in line:
            with suppress(ProcessLookupError), open(f"/proc/{int(line.split()[-1])}/stat") as stat:
                assert stat.read().split()[2] == "Z"  # nobody has asked for its status yet
