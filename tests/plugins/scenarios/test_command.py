"""`voicebot test`: lines of 80 columns, exit status, mistakes with their places, and JUnit XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from voicebot.cli.main import cli

from .bots import written

HELD = "config: bot.yaml\nname: who\nturns:\n- user: who are you\n  expect: {contains: Flint}\n"
BROKEN = HELD.replace("Flint", '"Rackham \\x01<&>"').replace("name: who", 'name: "not <&> \\x08who"')


def test(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["test", *map(str, arguments)])


test.__test__ = False  # type: ignore[attr-defined]


def test_a_scenario_that_holds(tmp_path: Path) -> None:
    path = written(tmp_path, HELD)
    ran = test(path)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "scenario.yaml: who",
        "  who are you",
        "    ok      contains 'Flint'",
        "1 conversation, 1 check: all held",
    ]


def test_what_fails_fits_into_a_narrow_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lines = test(written(tmp_path, BROKEN)).stdout.splitlines()
    assert max(map(len, lines)) <= 40
    assert "1 conversation, 1 check: 1 failed, in 1 conversation" in " ".join(lines)


def test_what_fails_is_said_in_80_columns_and_written_as_junit(tmp_path: Path) -> None:
    path, junit = written(tmp_path, BROKEN), tmp_path / "results.xml"
    ran = test(path, "--junit", junit)
    assert ran.exit_code == 1
    assert max(map(len, ran.stdout.splitlines())) <= 80
    assert "\x01" not in ran.stdout
    assert "\x08" not in ran.stdout
    assert "FAILED  contains 'Rackham" in ran.stdout

    assert junit.stat().st_mode & 0o777 == 0o600  # it has what was said
    (suite,) = ElementTree.parse(junit).getroot()
    assert [child.tag for child in suite] == ["properties", "testcase", "system-out", "system-err"]
    assert {key: suite.get(key) for key in ("tests", "failures", "errors")} == {
        "tests": "1",
        "failures": "1",
        "errors": "0",
    }
    case = suite.find("testcase")
    assert case is not None
    assert case.get("classname") == suite.get("name") == "not <&> \ufffdwho"
    seconds = [float(each.get("time", "")) for each in (suite, case)]
    assert 1.0 < seconds[1] <= seconds[0]
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "it said 'I am Flint.'"
    assert suite.findtext("system-out") == "user: who are you\nbot: I am Flint."


def test_all_mistakes_of_all_files_are_reported_at_once_with_their_places(tmp_path: Path) -> None:
    first = written(
        tmp_path,
        "config: bot.yaml\nspeech: {provider: espeek}\nturns:\n"
        "- usr: hello\n- user: hello\n  expect: {within: soon, matches: '('}\n"
        "- user: hello\n  expect: {patience_kept: true}\n",
    )
    second = tmp_path / "second.yaml"
    second.write_text("config: none.yaml\nturns: [{user: hello}]\n")
    ran = test(first, second)
    assert (ran.exit_code, ran.stdout) == (2, "")
    places = [line.partition(" ")[0].removeprefix(f"{tmp_path}/") for line in ran.stderr.splitlines()]
    assert places[:2] == ["scenario.yaml:2:20:", "scenario.yaml:4:3:"]
    missing = f"second.yaml:1:9: {tmp_path}/none.yaml: no such file"
    for words in ("did you mean 'espeak'?", "'usr'", "not 'soon'", missing):
        assert words in " ".join(ran.stderr.split())


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        ("{user: a, typed: b}", "`user` or `typed`, not both"),
        ("{user: [{pause: 1}, a]}", "must begin and end with a text"),
        ("{user: a, interrupt: 1, after: 1}", "`interrupt` or `after`, not both"),
        ("{interrupt: 1}", "need `user` or `typed`"),
        ("{user: a, expect: {interrupted: true}}", "need `interrupt`"),
        ("{user: a, expect: {patience_kept: true}}", "needs a pause"),
        ("{user: a, expect: {matches: '('}}", "no regular expression"),
        ("{user: [a, {pause: 0}, b]}", "must be more than 0"),
        ("{typed: ' '}", "`typed` must have a text"),
    ],
)
def test_a_turn_that_makes_no_sense(tmp_path: Path, turn: str, message: str) -> None:
    path = written(tmp_path, f"config: bot.yaml\nturns:\n- {turn}\n")
    ran = test(path)
    assert ran.exit_code == 2
    (line,) = ran.stderr.splitlines()
    assert line.startswith(f"{path}:3:")
    assert message in line


def test_all_mistakes_of_a_turn_are_told_and_none_that_its_list_does_not_have(tmp_path: Path) -> None:
    turn = "{user: a, typed: b, interrupt: 1, after: 2, expect: {within: -3, silent: 1, matches: '('}}"
    path = written(tmp_path, f"config: bot.yaml\nscenarios:\n- name: one\n  turns:\n  - {turn}\n")
    lines = test(path).stderr.splitlines()
    told = ("`user` or `typed`, not both", "`interrupt` or `after`, not both", "more than 0", "no regular")
    assert len(lines) == len(told)
    assert [words for words, line in zip(told, lines, strict=True) if words not in line] == []

    ran = test(written(tmp_path, "config: bot.yaml\nscenarios:\n- {name: one, turns: []}\n"))
    assert "turns must have at least 1 items" in ran.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("- a\n", "the scenario must be a mapping of 'key: value' lines"),
        ("config: bot.yaml\n", "needs `turns`, or a list of `scenarios`"),
        ("turns: [{user: a}]\n", "the scenario needs the option 'config'"),
        ("config: bot.yaml\nturns: [{user: a\n", "scenario.yaml:2:9: this '{' is never closed"),
    ],
)
def test_a_file_that_is_no_scenario(tmp_path: Path, text: str, message: str) -> None:
    ran = test(written(tmp_path, text))
    assert ran.exit_code == 2
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_scenario_and_a_config_are_not_taken_for_each_other(tmp_path: Path) -> None:
    scenario = written(tmp_path, HELD)
    several = tmp_path / "several.yaml"
    several.write_text("config: bot.yaml\nscenarios: [{name: a, turns: [{user: b}]}]\n")
    for each in (scenario, several):
        ran = CliRunner().invoke(cli, ["check", str(each)])
        assert ran.exit_code == 2
        (line,) = [line for line in ran.stderr.splitlines() if each.name in line]
        assert "this is a scenario" in line
        assert "`voicebot test`" in line

    ran = test(tmp_path / "bot.yaml")
    assert ran.exit_code == 2
    (line,) = ran.stderr.splitlines()
    assert "this is the config of a bot" in line
    assert "`voicebot run`" in line


def test_a_folder_stands_for_its_scenarios_and_needs_one(tmp_path: Path) -> None:
    written(tmp_path, HELD)
    assert test(tmp_path).exit_code == 0

    (tmp_path / "scenario.yaml").unlink()
    ran = test(tmp_path)
    assert ran.exit_code != 0
    assert "there is neither a recording nor a scenario" in ran.stderr


def test_a_name_that_nothing_has(tmp_path: Path) -> None:
    ran = test("treasure")
    assert ran.exit_code != 0
    assert "treasure: no such file; the scenarios that come with voicebot are offline, pirate" in ran.stderr


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "{folder} cannot be written: it is a folder"),
        ("none/results.xml", "{folder}/none/results.xml cannot be written: there is no folder {folder}/none"),
    ],
)
def test_a_file_that_cannot_be_written_is_told_before_anything_runs(
    tmp_path: Path, name: str, reason: str
) -> None:
    ran = test(written(tmp_path, HELD), "--junit", tmp_path / name)
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert reason.format(folder=tmp_path) in " ".join(ran.stderr.split())


def test_the_schema_accepts_what_is_accepted() -> None:
    import json

    import yaml
    from jsonschema import Draft202012Validator

    from voicebot import shipped_configs

    schema = json.loads(test("--schema").stdout)
    folder = shipped_configs()["offline"].parent / "scenarios"
    for path in folder.glob("*.yaml"):
        Draft202012Validator(schema).validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    wrong = {"config": "a", "turns": [{"user": "a", "expect": {"contain": "b"}}]}
    assert list(Draft202012Validator(schema).iter_errors(wrong))
