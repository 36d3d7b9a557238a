"""`voicebot check --connect`: every provider is tried, even if others fail."""

from __future__ import annotations

import json
import re

import pytest


def rows(ran):
    """Return what is printed about the provider of each section, with its figures replaced."""
    lines = [line.split(maxsplit=2) for line in ran.stdout.splitlines() if re.match("  [a-z]", line)]
    return {kind: re.sub(r"\d+ ms", "N ms", messages) for kind, _, messages in lines}


def errors(ran):
    usual = ("<", "Trying ", "warning: still loading ")
    return [line for line in ran.stderr.splitlines() if not line.startswith(usual)]


WELL = {
    "recognizer": "start N ms, listening N ms, finished N ms",
    "chat": "start N ms, first token N ms",
    "synthesizer": "start N ms, first sound N ms",
    "device": "start N ms, open N ms, hearing N ms",
    "voice_activity": "start N ms",
}


def test_each_provider_is_tried_and_its_times_are_shown(voicebot):
    voicebot.write("bot.yaml", "device: {provider: telephone}")

    ran = voicebot("check", "bot.yaml", "--connect")

    assert (ran.returncode, errors(ran)) == (0, [])
    assert ran.stdout.splitlines()[0] == "bot.yaml: ok"
    assert rows(ran) == WELL


@pytest.mark.parametrize(
    ("kind", "more", "chat", "reason"),
    [
        ("chat", "", "start: raises", "the scripted chat model is not at home"),
        ("chat", "", "start: crashes", "chat 'scripted' could not start: ZeroDivisionError (-v shows where)"),
        (
            "chat",
            "start_timeout: 0.5",
            "start: waits",
            "'scripted' did not start within 0.5 s (`start_timeout`)",
        ),
        ("chat", "", 'fails: "out of words,\\ntry again"', "out of words, try again"),
        ("chat", "", "replies: [' ']", "its reply to a greeting was empty"),
        (
            "chat",
            "start_timeout: 0.5",
            "first_token: 60",
            "started, but did not answer within 0.5 s (`start_timeout`)",
        ),
        (
            "synthesizer",
            "synthesizer: {provider: scripted, silent: true}",
            "",
            "it gave no sound for the word 'Hello'",
        ),
        ("synthesizer", "synthesizer: {provider: choir, voice: Nobody}", "", "there is no voice 'Nobody'"),
        ("device", "device: {provider: broken-exchange}", "", "nobody answers"),
        ("device", "device: {provider: exchange}", "", "the exchange is not plugged in"),
        ("device", "device: {provider: telephone, frames: 0}", "", "its microphone gave no sound"),
    ],
)
def test_a_failure_is_one_line_and_the_other_providers_are_still_tried(voicebot, kind, more, chat, reason):
    voicebot.write(
        "bot.yaml", more if "device:" in more else f"device: {{provider: telephone}}\n{more}", chat=chat
    )

    ran = voicebot("check", "bot.yaml", "--connect")

    assert (ran.returncode, errors(ran)) == (1, [f"error: bot.yaml: {kind}: {reason}"])
    assert ran.stdout.splitlines()[0] == "bot.yaml: failed"
    assert rows(ran) == {other: messages for other, messages in WELL.items() if other != kind}


def test_each_file_is_either_ok_or_has_errors(voicebot):
    device = "device: {provider: telephone}"
    voicebot.write("good.yaml", device)
    voicebot.write("dumb.yaml", device, chat="start: raises")
    voicebot.write("bad.yaml", "greting: hi")
    (voicebot.directory / "worse.yaml").write_text("extends: bad.yaml\n")

    ran = voicebot("check", "good.yaml", "dumb.yaml", "bad.yaml", "worse.yaml", "--connect")

    verdicts = [line for line in ran.stdout.splitlines() if not line.startswith(" ")]
    assert (ran.returncode, verdicts) == (2, ["good.yaml: ok", "dumb.yaml: failed"])
    assert [line.partition(" ")[::2] for line in errors(ran)] == [
        ("error:", "dumb.yaml: chat: the scripted chat model is not at home"),
        ("bad.yaml:7:1:", "unknown section 'greting'; did you mean 'greeting'?"),
        ("error:", "worse.yaml: cannot be used because of the problems above"),
    ]


@pytest.mark.parametrize(("voice", "advice"), [("Ana", "; did you mean 'Anna'?"), ("Nobody", "")])
def test_an_unknown_voice_gets_a_suggestion(voicebot, voice, advice):
    voicebot.write(
        "bot.yaml", f"device: {{provider: telephone}}\nsynthesizer: {{provider: choir, voice: {voice}}}"
    )

    ran = voicebot("check", "bot.yaml", "--connect")

    assert errors(ran) == [f"error: bot.yaml: synthesizer: there is no voice '{voice}'{advice}"]


def test_a_device_is_closed_after_the_check(voicebot):
    voicebot.write("bot.yaml", "device: {provider: telephone}")

    messages = voicebot("check", "bot.yaml", "--connect").stderr.splitlines()

    assert [line for line in messages if line in {"<opened>", "<closed>"}] == ["<opened>", "<closed>"]


@pytest.mark.parametrize("device", ["keyboard", "wav, output: kept.wav"])
def test_the_wav_device_is_not_opened_and_overwrites_nothing(voicebot, device):
    before = voicebot.record("kept.wav", "good old sound").read_bytes()
    voicebot.write("bot.yaml", f"device: {{provider: {device}}}")

    ran = voicebot("check", "bot.yaml", "--connect")

    assert (ran.returncode, rows(ran)["device"]) == (0, "start N ms")
    assert (voicebot.directory / "kept.wav").read_bytes() == before


def test_a_recogniser_that_never_finishes_fails(voicebot):
    path = voicebot.write("bot.yaml", "device: {provider: telephone}\nstart_timeout: 0.5")
    deaf = "recognizer: {provider: scripted, final_delay: 60}"
    path.write_text(path.read_text().replace("recognizer: {provider: scripted}", deaf))

    ran = voicebot("check", "bot.yaml", "--connect")

    reason = "started, but did not answer within 0.5 s (`start_timeout`)"
    assert (ran.returncode, errors(ran)) == (1, [f"error: bot.yaml: recognizer: {reason}"])
    assert list(rows(ran)) == ["chat", "synthesizer", "device", "voice_activity"]


def test_a_provider_that_is_left_out_is_not_tried(voicebot):
    path = voicebot.write("bot.yaml", "device: {provider: telephone}")
    path.write_text(path.read_text().replace("voice_activity: {provider: scripted}", "voice_activity: null"))

    assert "voice_activity" not in rows(voicebot("check", "bot.yaml", "--connect"))


def test_an_invalid_config_is_not_tried_and_determines_the_exit_status(voicebot):
    voicebot.write("bad.yaml", "greting: hi")
    voicebot.write("bot.yaml", "device: {provider: telephone}", chat="start: raises")

    ran = voicebot("check", "bad.yaml", "bot.yaml", "--connect")

    assert ran.returncode == 2
    assert ran.stderr.count("<starting>") == 1
    assert len(errors(ran)) == 2
    assert "chat" not in rows(ran)


def test_json_contains_times_in_seconds_and_failures(voicebot):
    voicebot.write("bot.yaml", "device: {provider: telephone}", chat="fails: out of words")

    ran = voicebot("check", "bot.yaml", "--connect", "--json")

    (document,) = json.loads(ran.stdout)
    assert (ran.returncode, document["ok"]) == (1, False)
    assert {kind: list(tried["seconds"]) for kind, tried in document["providers"].items()} == {
        "recognizer": ["start", "listening", "finished"],
        "chat": ["start"],
        "synthesizer": ["start", "first_sound"],
        "device": ["start", "open", "hearing"],
        "voice_activity": ["start"],
    }
    failures = {kind: tried["failure"] for kind, tried in document["providers"].items()}
    assert failures == dict.fromkeys(failures) | {"chat": "out of words"}
    assert errors(ran) == []


def test_a_switch_to_a_fallback_provider_is_reported(voicebot):
    voicebot.write(
        "bot.yaml",
        "device: {provider: telephone}\n"
        "synthesizer: {provider: fallback, of: [{provider: scripted, fails: at once}, {provider: choir}]}",
    )

    ran = voicebot("check", "bot.yaml", "--connect")

    messages = [line for line in errors(ran) if "warning" in line]
    assert (ran.returncode, messages) == (
        0,
        ["warning: bot.yaml: synthesizer: scripted failed (lost its voice); choir speaks from now on"],
    )
    assert rows(ran)["synthesizer"] == WELL["synthesizer"]


def test_the_tools_of_a_toolset_are_listed_ready_to_be_copied(voicebot):
    voicebot.write(
        "bot.yaml",
        "device: {provider: telephone}\n"
        "tools: [{provider: desk, allow: [weather, book], overrides: {book: {description: Reserves.}}}]",
    )

    ran = voicebot("check", "bot.yaml", "--connect")

    assert (ran.returncode, errors(ran)) == (0, [])
    assert re.sub(r"\d+ ms", "N ms", ran.stdout).splitlines()[-6:] == [
        "  toolset         desk       start N ms",
        "    allow:",
        "      - weather  # reads: The weather in a city.",
        "      - book     # writes, asks first: Reserves.",
        '      - "no"     # writes, not allowed: Refuses␛[2J.',
        "      - leave    # writes, not allowed: Cancels its own task.",
    ]


def test_an_allowed_tool_that_is_not_there_has_its_place_and_a_suggestion(voicebot):
    voicebot.write(
        "bot.yaml",
        "device: {provider: telephone}\n"
        "tools: [{provider: desk, allow: [wether], overrides: {wether: {confirm: 'In {town}?'}}},"
        " {provider: desk, start: raises, allow: [book]}]",
    )

    (document,) = json.loads(voicebot("check", "bot.yaml", "--connect", "--json").stdout)

    first, second = (document["providers"][f"toolset {number}"] for number in (1, 2))
    assert not document["ok"]
    assert [(problem["line"], problem["column"], problem["message"]) for problem in first["problems"]] == [
        (8, 34, "desk: there is no tool 'wether'; did you mean 'weather'?")
    ]
    assert [tool["allowed"] for tool in first["tools"]] == [False] * 4
    assert (second["failure"], second["tools"]) == ("nobody is at the desk", [])
