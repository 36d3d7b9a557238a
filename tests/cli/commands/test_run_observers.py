"""Observers and hooks on the command line, and transcripts that are complete."""

from __future__ import annotations

import json
import os
import signal
import sys

import pytest

KEPT = "observers:\n  - provider: transcript\n    file: talks/{name}.md\n"
TWICE = KEPT + "  - {provider: transcript, file: talk.jsonl}\n"
FILTERING = """\
import re
from voicebot import hookimpl

@hookimpl
def voicebot_filter_transcript(settings):
    return lambda text: text.replace("damn", "d***")
"""


def test_check_shows_observers_and_numbers_several(voicebot):
    voicebot.write("kept.yaml", TWICE)

    ran = voicebot("check", "kept.yaml")

    assert ran.returncode == 0
    assert (
        "  observer 1      transcript  voicebot-framework\n  observer 2      transcript  voicebot-framework\n"
        in ran.stdout
    )


def test_connect_starts_observers_and_leaves_nothing_behind(voicebot):
    voicebot.write("kept.yaml", f"device: {{provider: keyboard}}\n{KEPT}")

    ran = voicebot("check", "--connect", "--json", "kept.yaml")

    (document,) = json.loads(ran.stdout)
    assert document["providers"]["observer"]["failure"] is None
    assert not (voicebot.directory / "talks").exists()


def test_connect_reports_a_transcript_that_cannot_be_written(voicebot):
    voicebot.write("kept.yaml", f"device: {{provider: keyboard}}\n{KEPT}")
    (voicebot.directory / "talks").write_text("a file")

    ran = voicebot("check", "--connect", "kept.yaml")

    assert ran.returncode == 1
    assert "kept.yaml: observer: cannot write transcripts to talks/{name}.md: Not a directory" in ran.stderr


def test_a_bot_runs_without_a_transcript_that_cannot_be_written_and_warns(voicebot):
    voicebot.write("kept.yaml", KEPT)
    (voicebot.directory / "talks").write_text("a file")

    ran = voicebot("run", "kept.yaml", "--type", stdin="hello\n")

    assert (ran.returncode, ran.stdout) == (0, "You: hello\nParrot: All right.\n")
    (warning,) = (line for line in ran.stderr.splitlines() if "observer" in line)
    assert "the observer 'transcript' is left out: cannot write transcripts to talks/{name}.md" in warning


def test_a_transcript_of_a_recording_is_written(voicebot):
    voicebot.record("question.wav", "hello parrot", 2.0)
    voicebot.write("kept.yaml", TWICE)

    ran = voicebot("run", "kept.yaml", "--input", "question.wav")

    assert ran.returncode == 0
    text = (voicebot.directory / "talks" / "Parrot.md").read_text()
    assert "hello parrot\n" in text
    assert "**Parrot** " in text
    kinds = [
        json.loads(line)["kind"] for line in (voicebot.directory / "talk.jsonl").read_text().splitlines()
    ]
    assert kinds == ["start", "user", "bot", "end"]


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process alone")
def test_ctrl_c_loses_nothing_of_a_transcript(voicebot):
    voicebot.write("kept.yaml", KEPT)
    with voicebot.started("run", "kept.yaml", "--type") as process:
        process.stdin.write("hello\n")
        process.stdin.flush()
        assert [process.stdout.readline() for _ in range(2)] == ["You: hello\n", "Parrot: All right.\n"]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert "Traceback" not in process.stderr.read()
    text = (voicebot.directory / "talks" / "Parrot.md").read_text()
    assert [line.partition(" (")[0] for line in text.splitlines() if line.startswith("**")] == [
        "**User**",
        "**Parrot**",
    ]
    assert text.endswith("The conversation ended.*\n\n")


def test_check_plugin_finds_an_observer_in_the_list(voicebot):
    voicebot.write("kept.yaml", TWICE)

    ran = voicebot("check-plugin", "opentelemetry", "--config", "kept.yaml")

    assert ran.returncode == 2
    assert "the observer of kept.yaml is 'transcript', 'transcript', not 'opentelemetry'" in ran.stderr


def test_options_shows_an_observer_in_its_list(voicebot):
    ran = voicebot("options", "transcript")

    assert "transcript  observer of voicebot-framework" in ran.stdout
    assert "  In a config:\n\n  observers:\n    - provider: transcript\n      file: ...\n" in ran.stdout


def test_plugins_shows_the_hooks_that_a_plugin_implements_and_they_work(voicebot, install_plugin):
    folder = install_plugin("some-plugin", "polite_plugin", FILTERING)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    listed = voicebot("plugins")
    ran = voicebot("run", "scripted.yaml", "--type", stdin="damn parrot\n")

    row = next(line for line in listed.stdout.splitlines() if line.startswith("polite_plugin"))
    assert row.split()[-2:] == ["hooks", "voicebot_filter_transcript"]
    assert ran.stdout == "You: d*** parrot\nParrot: All right.\n"
    plugins = {plugin["plugin"]: plugin for plugin in json.loads(voicebot("plugins", "--json").stdout)}
    assert plugins["polite_plugin"]["hooks"] == ["voicebot_filter_transcript"]
    assert plugins["turns"]["hooks"] == ["voicebot_register"]
