"""`voicebot plugins`, `options` and `devices`: what is available, and why something is not."""

from __future__ import annotations

import json
import os
import re

BROKEN = "import no_such_module\n"


def test_plugins_lists_distribution_version_and_providers(voicebot):
    ran = voicebot("plugins")

    assert ran.returncode == 0
    rows = [line.split(maxsplit=4) for line in ran.stdout.splitlines()]
    assert rows[0] == ["PLUGIN", "FROM", "VERSION", "KIND", "NAMES"]
    assert ["scripted", "voicebot-scripted", "1.2", "chat", "scripted"] in rows
    assert [
        "scripted",
        "voicebot-scripted",
        "1.2",
        "device",
        "exchange, telephone, broken-exchange, lacking",
    ] in rows


def test_plugins_shows_what_a_provider_still_requires(voicebot):
    assert "warning: to use lacking: pip install 'lacking[sdk]'" in voicebot("plugins").stderr


def test_a_broken_plugin_is_shown_with_the_reason_and_the_others_work(voicebot, install_plugin):
    folder = install_plugin("some-plugin", "broken_plugin", BROKEN)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    ran = voicebot("plugins")

    assert ran.returncode == 0
    reason = "ModuleNotFoundError: No module named 'no_such_module'"
    assert f"warning: plugin 'broken_plugin' of some-plugin is broken: {reason}" in ran.stderr
    assert reason in ran.stdout
    assert "scripted" in ran.stdout


def test_plugins_json_is_a_single_document(voicebot, install_plugin):
    folder = install_plugin("some-plugin", "broken_plugin", BROKEN)
    voicebot.environ["PYTHONPATH"] += os.pathsep + str(folder)

    ran = voicebot("plugins", "--json")

    assert (ran.returncode, ran.stderr) == (0, "")
    plugins = {plugin["plugin"]: plugin for plugin in json.loads(ran.stdout)}
    assert plugins["broken_plugin"] == {
        "plugin": "broken_plugin",
        "distribution": "some-plugin",
        "version": "1.2",
        "error": "ModuleNotFoundError: No module named 'no_such_module'",
        "providers": [],
        "commands": [],
        "languages": [],
        "hooks": [],
    }
    providers = plugins["scripted"]["providers"]
    assert {"name": "scripted", "kind": "chat", "missing": []} in providers
    assert {"name": "lacking", "kind": "device", "missing": ["lacking[sdk]"]} in providers


def test_options_are_shown_with_type_default_and_explanation(voicebot):
    ran = voicebot("options", "scripted")

    assert ran.returncode == 0
    assert "  first_token  number, at least 0  default: 0.0\n      Seconds to the first word.\n" in ran.stdout
    assert "  password  secret  default: **********\n" in ran.stdout


def test_options_describes_every_kind_of_an_ambiguous_name(voicebot):
    ran = voicebot("options", "scripted")

    heads = [line for line in ran.stdout.splitlines() if line.startswith("scripted")]
    assert heads == [
        f"scripted  {kind} of voicebot-scripted"
        for kind in ("recognizer", "chat", "synthesizer", "voice_activity")
    ]


def test_options_shows_missing_requirements_and_a_lack_of_options(voicebot):
    ran = voicebot("options", "lacking")

    assert "Needs: pip install 'lacking[sdk]'" in ran.stdout
    assert "It has no options." in ran.stdout


def test_options_suggests_a_similar_provider(voicebot):
    ran = voicebot("options", "exchagne")

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "no provider called 'exchagne' is installed; did you mean 'exchange'?" in ran.stderr


def test_options_lists_all_names_if_none_is_similar(voicebot):
    assert re.search(
        r"; installed: .*\bbroken-exchange, .*\bwyoming$", voicebot("options", "qqq").stderr, re.M
    )


def test_devices_lists_microphones_and_speakers_and_warns_about_a_failing_device(voicebot):
    ran = voicebot("devices")

    assert ran.returncode == 0
    rows = [line.split(maxsplit=3) for line in ran.stdout.splitlines()]
    assert rows[0] == ["DEVICE", "KIND", "NUMBER", "NAME"]
    assert ["exchange", "speaker", "0", "Loudspeaker on the wall"] in rows
    headset = next(row for row in rows if row[:3] == ["exchange", "microphone", "0"])
    assert headset[3].split() == ["Headset", "default"]
    assert "warning: broken-exchange: nobody answers" in ran.stderr


def test_devices_json_is_a_single_document(voicebot):
    found = json.loads(voicebot("devices", "--json").stdout)

    assert {
        "device": "exchange",
        "index": 0,
        "name": "Headset",
        "direction": "input",
        "default": True,
    } in found
