"""`voicebot check-plugin`: a report on a provider, for people and for programs."""

from __future__ import annotations

import json
import os
import re

import pytest

MUTE = """\
import voicebot

class Mute(voicebot.ChatModel[voicebot.Options]):
    async def reply(self, request):
        if not request.messages:
            raise IndexError("no message")
        yield voicebot.TextDelta("mh")

@voicebot.hookimpl
def voicebot_register(registry):
    registry.add("mute", Mute, voicebot.Options)
"""


@pytest.fixture
def mute(voicebot, install_plugin):
    folder = install_plugin("some-plugin", "mute_plugin", MUTE)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)
    return voicebot


def test_a_correct_provider_passes_and_skipped_checks_have_a_reason(voicebot):
    ran = voicebot("check-plugin", "silence")

    assert ran.returncode == 0, ran.stdout
    first, *lines, last = ran.stdout.splitlines()
    assert (
        first
        == f"silence  turn_detector of voicebot-framework, {sum(line[2:3] != ' ' for line in lines)} checks"
    )
    (passed,) = (line for line in lines if "any turn is accepted" in line)
    assert passed.split()[-3] == "passed"
    assert "      no option is a secret (a SecretStr with a value)" in lines
    assert " passed, " in last


def test_a_failure_shows_expected_and_actual_behaviour_and_a_link(mute):
    ran = mute("check-plugin", "mute")

    assert ran.returncode == 1
    lines = ran.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if "a reply ends exactly once" in line)
    assert lines[at].split()[-3] == "failed"
    assert lines[at + 1 : at + 3] == [
        "      expected: one ReplyEnded as the last event",
        "      seen: none after 'mh'",
    ]
    page, _, heading = lines[at + 3].removeprefix("      read: ").partition("#")
    assert f"\n### {heading.replace('-', ' ')}" in (mute.directory / page).read_text(encoding="utf-8").lower()
    assert "Traceback" not in ran.stdout + ran.stderr
    assert "Traceback" in mute("check-plugin", "mute", "-v").stderr


def test_the_json_report_is_a_single_document(mute):
    ran = mute("check-plugin", "mute", "--json")

    assert ran.returncode == 1
    report = json.loads(ran.stdout)
    assert (report["provider"], report["kind"], report["ok"]) == ("mute", "chat", False)
    (check,) = (c for c in report["checks"] if c["check"] == "test_any_history_is_answered_or_refused")
    assert check["result"] == "failed"
    assert check["text"].startswith("expected: ")


HANGING = """\
import asyncio, voicebot

class Mute(voicebot.ChatModel[voicebot.Options]):
    async def reply(self, request):
        await asyncio.get_running_loop().create_future()
        yield voicebot.ReplyEnded()

@voicebot.hookimpl
def voicebot_register(registry):
    registry.add("mute", Mute, voicebot.Options)
"""


def test_the_time_limit_applies_to_each_check(voicebot, install_plugin):
    folder = install_plugin("some-plugin", "mute_plugin", HANGING)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    ran = voicebot("check-plugin", "mute", "--time-limit", "0.2", "--json")
    refused = voicebot("check-plugin", "mute", "--time-limit", "0")

    checks = {check["check"]: check["text"] for check in json.loads(ran.stdout)["checks"]}
    text = checks["test_a_reply_ends_exactly_once"]
    # On a busy machine a provider that hangs may seem to make progress, and the check gives up later.
    assert re.match(r"expected: (something to happen|an end) within [\d.]+ s\nseen: it (hangs|is slow)", text)
    assert "mute_plugin.py:5 in reply" in text
    assert "`--time-limit` of `voicebot check-plugin`" in text
    assert refused.returncode == 2
    assert "--time-limit" in refused.stderr


SLOW = """\
import asyncio, voicebot

class Slow(voicebot.Synthesizer[voicebot.Options]):
    output_format = voicebot.AudioFormat(8_000)

    async def synthesize(self, utterance):
        for word in utterance.text.split():
            yield voicebot.AudioChunk(bytes(self.output_format.bytes_in(0.2 * (len(word) + 1))))
            await asyncio.sleep(0)

@voicebot.hookimpl
def voicebot_register(registry):
    registry.add("slow", Slow, voicebot.Options)
"""


def test_a_slow_voice_passes_if_pace_allows_it(voicebot, install_plugin):
    folder = install_plugin("some-plugin", "slow_plugin", SLOW)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    ran = voicebot("check-plugin", "slow", "--pace", "4", "6", "--json")

    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("silence", "--pace", "4", "6"), "--pace is for a synthesizer; 'silence' is a turn_detector"),
        (
            ("desk", "--arguments", "[]"),
            '--arguments: it must be a JSON object, such as \'{"city": "Bonn"}\'',
        ),
        (("silence", "--word-error-rate", "0.5"), "--word-error-rate is for a recognizer"),
        (("slow", "--pace", "6", "4"), "the fewest and then the most characters per second, not 6 4"),
    ],
)
def test_options_that_do_not_fit_the_kind_are_rejected(voicebot, options, complaint):
    ran = voicebot("check-plugin", *options)

    assert ran.returncode == 2
    assert complaint in " ".join(ran.stderr.split())


def test_options_come_from_a_config_that_uses_the_provider(voicebot):
    voicebot.write("quiet.yaml", "")

    without = voicebot("check-plugin", "script")
    other = voicebot("check-plugin", "script", "--config", "quiet.yaml")

    assert without.returncode == 2
    assert "script needs the option 'default'" in without.stderr
    assert "Give its options with --config CONFIG" in without.stderr
    assert other.returncode == 2
    assert "the chat of quiet.yaml is 'scripted', not 'script'" in other.stderr


def test_a_name_of_several_kinds_requires_kind(voicebot):
    ran = voicebot("check-plugin", "scripted")

    assert ran.returncode == 2
    assert "choose one with --kind" in ran.stderr


def test_an_unknown_provider_gets_a_suggestion(voicebot):
    ran = voicebot("check-plugin", "silense")

    assert ran.returncode == 2
    assert "no provider called 'silense' is installed; did you mean 'silence'?" in ran.stderr


def test_a_recogniser_is_checked_with_a_recording_and_its_words(voicebot):
    voicebot.record("parrot.wav", "there is a parrot")

    ran = voicebot(
        "check-plugin",
        "scripted",
        "--kind",
        "recognizer",
        "--config",
        "scripted.yaml",
        "--clip",
        "parrot.wav",
        "--words",
        "There is a parrot!",
        "--json",
    )

    checks = {check["check"]: check for check in json.loads(ran.stdout)["checks"]}
    assert checks["test_the_words_of_a_clip_are_recognised"]["result"] == "passed"
