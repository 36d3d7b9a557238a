"""The section `observers`: a list whose items are checked like other sections that select providers."""

from __future__ import annotations

import pytest

from voicebot import load_config

INSTALLED = "installed: counter, diary"


def test_a_config_without_the_section_has_no_observers(load):
    assert load("WHOLE\n").observers == ()


@pytest.mark.parametrize("empty", ["", "null", "[]"])
def test_an_empty_list_means_no_observers(load, empty):
    assert load(f"WHOLE\nobservers: {empty}\n").observers == ()


def test_each_item_selects_an_observer_with_its_options(load, tmp_path):
    config = load(
        """\
        WHOLE
        observers:
          - provider: diary
            file: today.md
          - provider: diary
            file: again.md
            format: fancy
          - {provider: counter}
        """
    )

    assert [choice.registration.name for choice in config.observers] == ["diary", "diary", "counter"]
    first, second, _ = (choice.options for choice in config.observers)
    assert (first.file, first.format) == (tmp_path / "today.md", "plain")
    assert (second.file, second.format) == (tmp_path / "again.md", "fancy")


@pytest.mark.parametrize(
    ("section", "problem"),
    [
        ("observer: {provider: diary}", "4:1: unknown section 'observer'; did you mean 'observers'?"),
        (
            "observers: {provider: counter}",
            "4:1: observers must be a list of mappings such as '- provider: NAME', not a mapping; "
            f"{INSTALLED}",
        ),
        (
            "observers: counter",
            "4:1: observers must be a list of mappings such as '- provider: NAME', not 'counter'; "
            "write `- {provider: counter}`",
        ),
        (
            "observers: [counter]",
            "4:13: observer must be a mapping with a 'provider', not 'counter'; write `{provider: counter}`",
        ),
        ("observers: [{file: x}]", f"4:13: observer has no 'provider'; add one; {INSTALLED}"),
        (
            "observers: [{provider: dairy}]",
            f"4:24: no observer called 'dairy' is installed; {INSTALLED}; did you mean 'diary'?",
        ),
        (
            "observers: [{provider: parrot}]",
            "4:24: no observer called 'parrot' is installed; 'parrot' is a provider for chat; " + INSTALLED,
        ),
        ("observers: [{provider: diary}]", "4:24: diary needs the option 'file'"),
        (
            "observers: [{provider: counter}, {provider: diary, file: x, formt: fancy}]",
            "4:61: unknown option 'formt' of diary; did you mean 'format'?",
        ),
    ],
)
def test_a_problem_is_reported_with_its_location(problems, section, problem):
    assert problems(f"WHOLE\n{section}\n") == [f"bot.yaml:{problem}"]


def test_a_variable_without_a_value_is_reported_once(problems):
    for section in ("observers: ${NOBODY}", "observers: [{provider: '${NOBODY}'}]"):
        (problem,) = problems(f"WHOLE\n{section}\n")
        assert "the variable NOBODY is not set" in problem


def test_a_list_replaces_that_of_the_base_config(write, plugins):
    write("base.yaml", "WHOLE\nobservers: [{provider: counter}, {provider: diary, file: a.md}]\n")

    def names(text: str) -> list[str]:
        config = load_config(write("bot.yaml", f"extends: base.yaml\n{text}"), plugins=plugins, environ={})
        return [choice.registration.name for choice in config.observers]

    assert names("") == ["counter", "diary"]
    assert names("observers: [{provider: diary, file: b.md}]\n") == ["diary"]
    assert names("observers: []\n") == []
