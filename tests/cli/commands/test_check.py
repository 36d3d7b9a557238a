"""`voicebot check`: every problem is reported, and the exit status says whether there are errors."""

from __future__ import annotations

import json

import pytest


def test_a_valid_config_is_ok_and_its_providers_are_shown(voicebot):
    ran = voicebot("check", "scripted.yaml")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (
        "scripted.yaml: ok\n"
        "  recognizer      scripted    voicebot-scripted\n"
        "  chat            scripted    voicebot-scripted\n"
        "  synthesizer     scripted    voicebot-scripted\n"
        "  device          sound-card  voicebot-framework\n"
        "  voice_activity  scripted    voicebot-scripted\n"
    )


def test_every_problem_of_every_config_is_reported_and_valid_ones_are_still_ok(voicebot):
    voicebot.write("bad.yaml", "greting: hi\nturns: {patience: long}")

    ran = voicebot("check", "bad.yaml", "scripted.yaml")

    assert ran.returncode == 2
    assert ran.stderr.splitlines() == [
        "bad.yaml:7:1: unknown section 'greting'; did you mean 'greeting'?",
        "bad.yaml:8:19: patience must be a number, a mapping or one of quick, normal or relaxed, not 'long'",
    ]
    assert ran.stdout.startswith("scripted.yaml: ok\n")


def test_a_warning_does_not_fail(voicebot):
    voicebot.write("clear.yaml", "", chat="password: very-secret")

    ran = voicebot("check", "clear.yaml")

    assert ran.returncode == 0
    assert "clear.yaml:4:" in ran.stderr
    assert ": warning: password is a secret in plain text" in ran.stderr
    assert "very-secret" not in ran.stdout + ran.stderr


def test_a_problem_in_a_shared_base_config_is_reported_once(voicebot):
    voicebot.write("base.yaml", "unheard_of: 1")
    for name in ("one.yaml", "two.yaml"):
        (voicebot.directory / name).write_text("extends: base.yaml\n")

    ran = voicebot("check", "one.yaml", "two.yaml")

    assert ran.returncode == 2
    assert ran.stderr.count("unheard_of") == 1


def test_json_is_one_document_and_nothing_else(voicebot):
    voicebot.write("bad.yaml", "greting: hi")

    ran = voicebot("check", "--json", "bad.yaml", "scripted.yaml")

    assert (ran.returncode, ran.stderr) == (2, "")
    bad, good = json.loads(ran.stdout)
    assert (bad["config"], bad["ok"], bad["providers"]) == ("bad.yaml", False, {})
    assert bad["problems"] == [
        {
            "file": "bad.yaml",
            "line": 7,
            "column": 1,
            "message": "unknown section 'greting'; did you mean 'greeting'?",
            "severity": "error",
        }
    ]
    assert (good["ok"], good["problems"]) == (True, [])
    assert good["providers"]["chat"] == {"provider": "scripted", "distribution": "voicebot-scripted"}


def test_in_json_a_problem_with_a_setting_has_no_line_or_column(voicebot):
    ran = voicebot("check", "--json", "scripted.yaml", "--set", "name=a", "--set", "greting=hi")

    [document] = json.loads(ran.stdout)
    assert document["problems"] == [
        {
            "file": "command line",
            "line": None,
            "column": None,
            "message": "unknown section 'greting'; did you mean 'greeting'?",
            "severity": "error",
        }
    ]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("nothing.yaml", None, "no such file"),
        ("empty.yaml", b"", "the file is empty"),
        ("list.yaml", b"- a\n- b\n", "not a list"),
        ("binary.yaml", bytes(range(256)), "this is a binary file"),
        (".", None, "this is a directory, not a config"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["run"]], ids=" ".join)
def test_a_file_that_is_not_a_config_is_reported_in_one_line(voicebot, command, name, content, complaint):
    if content is not None:
        (voicebot.directory / name).write_bytes(content)

    ran = voicebot(*command, name)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"{name}: " if name == "nothing.yaml" else f"{name}:1:1: ")
    assert complaint in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_dot_env_sets_variables_that_the_environment_does_not(voicebot):
    voicebot.write("named.yaml", "greeting: ${GREETING_A} ${GREETING_B}", chat="first_token: '${WAIT}'")
    (voicebot.directory / ".env").write_text("GREETING_A=from-file\nGREETING_B=from-file\nWAIT=0\n")
    voicebot.environ["GREETING_B"] = "from-environment"

    ran = voicebot("run", "named.yaml", "--type")

    assert (ran.returncode, ran.stdout) == (0, "Parrot: from-file from-environment\n")


def test_a_dot_env_that_is_not_text_is_reported(voicebot):
    (voicebot.directory / ".env").write_bytes(b"KEY=\xff\xfe\x00")

    ran = voicebot("check", "scripted.yaml")

    assert (ran.returncode, ran.stderr) == (
        2,
        f"{voicebot.directory / '.env'}:1:1: this is not text in UTF-8; save it as UTF-8\n",
    )


def test_the_pirate_config_names_its_missing_variables(voicebot):
    assert voicebot("init", "--from", "pirate").returncode == 0

    ran = voicebot("check", "pirate.yaml")

    assert ran.returncode == 2
    assert (
        "azure.yaml:9:8: the variable SPEECH_KEY has no value: KEY 1 of your Speech resource; " in ran.stderr
    )


def test_if_variables_are_missing_the_setup_text_of_the_config_is_shown_once(voicebot):
    voicebot.write(
        "base.yaml", "phrases: ['${NOT_THERE:?a word}']\nsetup: |\n  Choose a word.\n    Any will do."
    )
    for name in ("one.yaml", "two.yaml"):
        (voicebot.directory / name).write_text("extends: base.yaml\n")
    told = "base.yaml:7:11: the variable NOT_THERE has no value: a word\n\nChoose a word.\n  Any will do.\n"

    also = "error: two.yaml: cannot be used because of the problems above\n"
    for command, more in ((["check", "one.yaml", "two.yaml"], also), (["run", "one.yaml"], "")):
        ran = voicebot(*command)

        assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", told + more)


def test_the_pirate_config_without_keys_suggests_ways_to_run_without_them(voicebot):
    voicebot("init", "--from", "pirate")

    advice = voicebot("run", "pirate.yaml").stderr.partition("\n\n")[2]

    assert "  voicebot run offline " in advice
    assert "  voicebot emulate azure " in advice
    assert max(len(line) for line in advice.splitlines()) < 80


def test_a_dot_env_next_to_the_config_is_read_too(voicebot):
    there = voicebot.directory / "elsewhere"
    there.mkdir()
    (there / ".env").write_text("BOTS_LINE=Sorry\n", encoding="utf-8")
    text = (voicebot.directory / "scripted.yaml").read_text(encoding="utf-8")
    more = 'phrases: ["${BOTS_LINE:?what is it}"]'
    (there / "named.yaml").write_text(f"{text}\n{more}\n", encoding="utf-8")

    ran = voicebot("check", "elsewhere/named.yaml")

    assert ran.returncode == 0, ran.stderr


TREE = """\
synthesizer:
  provider: fallback
  of:
    - {provider: retry, of: {provider: scripted}}
    - {provider: scripted}
"""


def test_nested_providers_are_shown_as_a_tree(voicebot):
    voicebot.write("tree.yaml", TREE)

    ran = voicebot("check", "tree.yaml")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == (
        "tree.yaml: ok\n"
        "  recognizer      scripted      voicebot-scripted\n"
        "  chat            scripted      voicebot-scripted\n"
        "  synthesizer     fallback      voicebot-framework\n"
        "                    retry       voicebot-framework\n"
        "                      scripted  voicebot-scripted\n"
        "                    scripted    voicebot-scripted\n"
        "  device          sound-card    voicebot-framework\n"
        "  voice_activity  scripted      voicebot-scripted\n"
    )


def test_json_contains_the_tree_of_providers_too(voicebot):
    voicebot.write("tree.yaml", TREE)

    (document,) = json.loads(voicebot("check", "--json", "tree.yaml").stdout)

    scripted = {"provider": "scripted", "distribution": "voicebot-scripted"}
    assert document["providers"]["synthesizer"] == {
        "provider": "fallback",
        "distribution": "voicebot-framework",
        "inner": [{"provider": "retry", "distribution": "voicebot-framework", "inner": [scripted]}, scripted],
    }


def test_a_problem_in_a_nested_provider_is_reported_with_its_location(voicebot):
    voicebot.write("tree.yaml", TREE.replace("- {provider: scripted}", "- {provider: scripted, fail: later}"))

    ran = voicebot("check", "tree.yaml")

    assert ran.returncode == 2
    assert ran.stderr.startswith("tree.yaml:10:28: unknown option 'fail' of scripted; did you mean 'fails'?")


def test_only_the_first_of_very_many_problems_are_shown(voicebot):
    voicebot.write("bot.yaml", "".join(f"key{number}: 1\n" for number in range(500)))

    ran = voicebot("run", "bot.yaml")

    lines = ran.stderr.splitlines()
    assert (ran.returncode, len(lines)) == (2, 21)
    assert lines[-1] == "only the first 20 problems are shown"


@pytest.mark.slow
def test_the_dot_env_next_to_one_config_is_not_used_for_another(voicebot):
    there = voicebot.directory / "elsewhere"
    there.mkdir()
    (there / ".env").write_text("GREETING=Hello\n")
    for path in (there, voicebot.directory):
        (path / "bot.yaml").write_text(
            (voicebot.directory / "scripted.yaml").read_text() + "greeting: ${GREETING}\n"
        )

    ran = voicebot("check", "elsewhere/bot.yaml", "bot.yaml")

    assert ran.stdout.startswith("elsewhere/bot.yaml: ok\n")
    assert ran.stderr.startswith("bot.yaml:9:11: the variable GREETING is not set")
