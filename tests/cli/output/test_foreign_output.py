"""What a tool, a plugin or a library prints while a command runs goes to the log."""

from __future__ import annotations

import logging
import sys
import threading

import pytest

from voicebot.cli.output.log_handler import Stderr
from voicebot.cli.output.printing import echo, foreign_output_logged


@pytest.fixture(autouse=True)
def _log_everything(caplog):
    caplog.set_level(logging.INFO)


def test_what_others_print_is_logged_line_by_line_and_the_command_still_writes(caplog, capsys):
    with foreign_output_logged():
        print("one", 2, sep="-")
        sys.stdout.write("half ")
        echo("Bot: hello")
        sys.stdout.write("a line\n\nnot ended")
        print("kept", file=sys.stderr)
    print("after")

    out, err = capsys.readouterr()
    assert out == "Bot: hello\nafter\n"
    assert "kept\n" in err
    assert caplog.messages == ["one-2", "half a line", "not ended"]


def test_lines_of_threads_are_not_mixed(caplog, capsys):
    def work():
        sys.stdout.write("from the thread\n")

    with foreign_output_logged():
        sys.stdout.write("from ")
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        sys.stdout.write("here\n")

    assert caplog.messages == ["from the thread", "from here"]
    assert capsys.readouterr().out == ""


def test_the_last_line_of_each_thread_is_logged_though_it_has_not_ended(caplog, capsys):
    begun, ends = threading.Event(), threading.Event()

    def work(line, wait):
        sys.stdout.write(line)
        begun.set()
        if wait:
            ends.wait(10)

    gone, running = (
        threading.Thread(target=work, args=each) for each in (("gone", False), ("running", True))
    )
    with foreign_output_logged():
        gone.start()
        gone.join()
        sys.stdout.write("begun here")
        assert caplog.messages == ["gone"]
        begun.clear()
        running.start()
        begun.wait(10)
    ends.set()
    running.join()

    assert sorted(caplog.messages) == ["begun here", "gone", "running"]
    assert capsys.readouterr().out == ""


def test_a_log_on_stdout_does_not_log_itself(capsys):
    logger = logging.getLogger("voicebot.cli.output.foreign_output")
    with foreign_output_logged():
        handler = logging.StreamHandler(sys.stdout)
        logger.addHandler(handler)
        try:
            print("once")
        finally:
            logger.removeHandler(handler)

    assert capsys.readouterr().out == "once\n"


@pytest.mark.parametrize(
    ("logged", "shown"),
    [
        (
            "(b'HTTP/1.1', 302, b'Found', [(b'Location', b'https://a.example/?t=s3cret'), (b'X', b'1')])",
            "[(b'Location', b'***'), (b'X', b'1')]",
        ),
        ("{'set-cookie': 'id=s3cret; a=\\'s3cret\\'', 'age': '1'}", "{'set-cookie': '***', 'age': '1'}"),
        ("[(b'mcp-session-id', b\"s3cret's\")]", "[(b'mcp-session-id', b'***')]"),
    ],
)
def test_headers_that_may_hold_a_secret_are_masked(logged, shown, capsys):
    handler = Stderr("%(name)s: %(message)s")
    handler.handle(logging.LogRecord("httpcore2.http11", logging.DEBUG, "", 0, "%s", (logged,), None))

    err = " ".join(capsys.readouterr().err.split())
    assert "s3cret" not in err
    assert shown in err
