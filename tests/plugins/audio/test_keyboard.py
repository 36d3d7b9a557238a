"""What the `keyboard` device promises: lines are turns, and a reader that waits stops nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

import pytest

PROGRAM = """
import sys
from functools import partial
from voicebot import DeviceError
from voicebot.cli import coroutines
from voicebot_audio.keyboard import KeyboardDevice, KeyboardOptions

show = partial(print, file=sys.__stdout__, flush=True)  # what is printed while a command runs is logged

async def main():
    device = KeyboardDevice(KeyboardOptions())
    await device.start()
    async with device.open() as stream:
        show(stream.microphone, stream.speaker, stream.live)
        async for event in stream:
            show(repr(event))
            if event.text == "leave":
                break
    async with device.open() as stream:
        async for event in stream:
            show("again", repr(event))
    await device.aclose()

try:
    coroutines.run(main())
except DeviceError as error:
    print(error)
except KeyboardInterrupt:
    print("interrupted")
"""


def type_in(typed: bytes) -> Sequence[str]:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=typed,
        capture_output=True,
        check=True,
        timeout=60,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    assert result.stderr == b""
    return result.stdout.decode().splitlines()


def test_each_line_that_says_something_is_a_turn_until_the_input_ends() -> None:
    assert type_in("hello\n\n   \n  wie schön\r\nlast".encode()) == [
        "None None False",
        "TypedLine(text='hello')",
        "TypedLine(text='wie schön')",
        "TypedLine(text='last')",
    ]


def test_bytes_that_are_not_text_do_not_end_the_conversation() -> None:
    assert type_in(b"\xff\xfe\nstill here\n")[1:] == [
        "TypedLine(text='\ufffd\ufffd')",
        "TypedLine(text='still here')",
    ]


def test_lines_that_one_conversation_left_unread_go_to_the_next() -> None:
    assert type_in(b"leave\nstay\n")[1:] == ["TypedLine(text='leave')", "again TypedLine(text='stay')"]


def test_a_long_file_of_lines_is_read_no_further_ahead_than_needed() -> None:
    program = """
import asyncio
from voicebot_audio.keyboard import KeyboardDevice, KeyboardOptions

async def main():
    async with KeyboardDevice(KeyboardOptions()).open() as stream:
        async for event in stream:
            return

asyncio.run(main())
"""
    reading, writing = os.pipe()
    with subprocess.Popen([sys.executable, "-c", program], stdin=reading, stdout=subprocess.PIPE) as process:
        os.close(reading)
        try:
            with os.fdopen(writing, "wb") as pipe:
                for number in range(1_000_000):
                    pipe.write(b"line %d\n" % number)
            pytest.fail("a million lines were read")
        except BrokenPipeError:
            pass
        assert process.wait(60) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_an_interrupt_ends_a_conversation_that_waits_for_a_line() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"None None False\n"

        process.send_signal(signal.SIGINT)

        # The input stays open: only the interrupt can end this.
        assert process.wait(60) == 0
        assert process.stdout.read() == b"interrupted\n"
        assert process.stderr is not None
        assert process.stderr.read() == b""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo terminals there")
def test_at_a_terminal_a_person_may_interrupt_and_ends_with_control_d() -> None:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=theirs, stdout=subprocess.PIPE) as process:
        os.close(theirs)
        assert process.stdout is not None
        assert process.stdout.readline() == b"None None True\n"
        os.write(ours, b"hi\n")
        assert process.stdout.readline() == b"TypedLine(text='hi')\n"
        os.write(ours, b"\x04")
        assert process.wait(60) == 0
    os.close(ours)


def test_a_closed_standard_input_is_reported_in_one_line() -> None:
    program = "import sys; sys.stdin = None\n" + PROGRAM
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout == "keyboard: nothing to read from: standard input is closed\n"
