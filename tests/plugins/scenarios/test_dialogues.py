"""What is scripted happens at exact times, and each check fails when what it says does not hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from voicebot import (
    ChatEvent,
    ChatRequest,
    Options,
    TextDelta,
    ToolEnded,
    ToolStarted,
    load_config,
    load_options,
)
from voicebot.plugin.manager import Plugins
from voicebot.testing import ScriptedChatModel, ScriptedSynthesizer
from voicebot_scenarios.checks import checks_of
from voicebot_scenarios.observed import Answer, Observed, ObservedTurn
from voicebot_scenarios.scenario import ScenarioFile, Turn
from voicebot_scenarios.suite import run_file

from .bots import failures, run, written

PAUSED = ["tell me a", {"pause": 0.8}, "joke"]


def test_a_conversation_that_goes_as_expected(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        [
            {"expect": {"contains": "ahoy"}},
            {
                "user": PAUSED,
                "expect": {
                    "patience_kept": True,
                    "within": 2,
                    "contains": ["PIRATES", "arr!"],
                    "matches": r"because they \w+!$",
                    "must_not_say": "pardon",
                    "not_called": ["cannon"],
                },
            },
            {"typed": "who are you", "expect": {"contains": "Flint", "within": 0.5}},
        ],
        greeting="Ahoy!",
    )

    assert failures(result) == {}
    assert len(result.checks) == 10
    assert [turn.answer for turn in result.turns] == [
        "Ahoy!",
        "Why are pirates called pirates? Because they arr!",
        "I am Flint.",
    ]


def test_a_call_that_was_cancelled_has_run_unless_it_was_for_a_prepared_reply() -> None:
    observed = Observed()
    for id, ahead in (("1", False), ("2", True)):
        observed.add(ToolStarted(0.1, id, "fire", "{}", ahead))
        observed.add(ToolEnded(0.2, id, "fire", "cancelled", ""))
    assert [call.id for call in observed.calls] == ["1"]


def test_each_check_of_words_and_times_can_fail(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        [
            {
                "user": "who are you",
                "expect": {
                    "contains": "Rackham",
                    "matches": "^Rack",
                    "must_not_say": "flint",
                    "within": 0.001,
                },
            },
            {"user": "who are you", "expect": {"silent": 5}},
        ],
    )

    found = failures(result)
    late = found.pop("within 0.001 s")
    assert late.startswith("it answered after ")
    assert found == {
        "contains 'Rackham'": "it said 'I am Flint.'",
        "matches '^Rack'": "it said 'I am Flint.'",
        "must not say 'flint'": "it said 'I am Flint.'",
        "silent for 5 s": "it said 'I am Flint.'",
    }


def test_a_cut_off_is_found_and_told_to_the_millisecond(tmp_path: Path) -> None:
    turns = [{"user": ["who are you", {"pause": 2.0}, "my friend"], "expect": {"patience_kept": True}}]
    hasty = {"turn_detector": {"provider": "silence"}, "turns": {"patience": 0.3}}
    patient = {"turn_detector": {"provider": "silence"}, "turns": {"patience": 2.5}}

    assert failures(run(tmp_path, turns, **patient)) == {}
    assert list(failures(run(tmp_path, turns, **hasty))) == ["patience kept"]
    assert failures(run(tmp_path, turns, **hasty))["patience kept"].endswith("s into the pause of 2 s")


class Mouth(ScriptedSynthesizer):
    """A voice that always speaks alike; the sound of espeak depends a little on what it said before."""

    def __init__(self, _: Options) -> None:
        super().__init__()


def test_the_same_conversation_takes_the_same_time_again(tmp_path: Path) -> None:
    plugins = Plugins()
    plugins.registry.add("mouth", Mouth, Options)
    turns = [
        {"user": PAUSED, "expect": {"within": 0.001}},
        {"user": "who are you", "after": 0.1234, "expect": {"within": 0.001}},
    ]
    path = written(tmp_path, {"config": "bot.yaml", "turns": turns}, synthesizer={"provider": "mouth"})
    file = load_options(path, ScenarioFile, name="the scenario")
    config = load_config(tmp_path / "bot.yaml", plugins=plugins)

    first, second = (run_file(path, file, config) for _ in range(2))

    assert first == second
    assert all(check.failure.startswith("it answered after 0.") for check in first[0].checks)


@pytest.mark.parametrize(("words", "is_broken_off"), [("who are you", True), ("okay", False)])
def test_an_interruption_stops_the_bot_and_a_backchannel_does_not(
    tmp_path: Path, words: str, is_broken_off: bool
) -> None:
    expect = {"interrupted": is_broken_off, "silent_within": 0.01}
    result = run(tmp_path, [{"user": "tell me a story"}, {"user": words, "interrupt": 0.7, "expect": expect}])

    (late,) = failures(result).values()
    assert late.startswith("it was silent after 0." if is_broken_off else "it went on")


def test_the_user_interrupts_at_that_second_of_the_answer(tmp_path: Path) -> None:
    expect = {"interrupted": True, "silent_within": 0.05}
    typed = {"typed": "who are you", "interrupt": 0.7, "expect": expect}
    result = run(tmp_path, [{"user": "tell me a story"}, typed])

    assert failures(result) == {}
    assert result.turns[0].answer in ("Once there", "Once there was")  # words that were said to their end


@pytest.mark.parametrize(("was_broken_off", "expected"), [(True, False), (False, True)])
def test_an_interruption_that_is_not_as_expected_is_told(was_broken_off: bool, expected: bool) -> None:
    over = Answer(1.0, "Once", 2.0, interrupted=was_broken_off)
    turn = Turn.model_validate({"user": "a", "interrupt": 0.5, "expect": {"interrupted": expected}})
    (check,) = checks_of(ObservedTurn(turn, 1.5, 2.0, over=over), Observed(answers=[over]))
    assert check.failure == ("it was broken off" if was_broken_off else "it went on")


def test_an_answer_that_is_over_cannot_be_interrupted(tmp_path: Path) -> None:
    result = run(tmp_path, [{"user": "who are you"}, {"user": "okay", "interrupt": 30}])
    (problem,) = failures(result).values()
    assert problem.startswith("the answer was over after ")
    assert problem.endswith(" s, before 30 s")


def test_a_long_answer_is_heard_to_its_end_and_can_be_interrupted_twice(tmp_path: Path) -> None:
    okay = {"user": "okay", "interrupt": 1.0, "expect": {"interrupted": False}}
    question = {"user": "who are you", "interrupt": 3.0, "expect": {"interrupted": True, "contains": "Flint"}}
    path = written(
        tmp_path, {"config": "bot.yaml", "timeout": 2, "turns": [{"user": "tell me a story"}, okay]}
    )
    file = load_options(path, ScenarioFile, name="the scenario")
    (heard,) = run_file(path, file, load_config(tmp_path / "bot.yaml"))
    assert failures(heard) == {}
    assert heard.turns[0].answer.endswith("and a ship,")

    assert failures(run(tmp_path, [{"user": "tell me a story"}, okay, question])) == {}
    late = run(tmp_path, [{"user": "tell me a story"}, okay, question | {"interrupt": 1.1}])
    (problem,) = failures(late).values()
    assert problem.endswith("s, longer than 1.1 s, before")


def test_tools_are_called_once_with_their_arguments(tmp_path: Path) -> None:
    (tmp_path / "deck.py").write_text(
        "from voicebot import tool\n\n\n@tool(effect='reads')\ndef sail(port: str) -> str:\n"
        "    '''Sail somewhere.'''\n    return 'done'\n"
    )
    rules = [{"patterns": ["sail to {port}"], "call": {"name": "sail", "arguments": {"port": "{port}"}}}]
    sections = {
        "tools": [{"provider": "python", "file": "deck.py", "allow": ["sail"]}],
        "chat": {
            "provider": "script",
            "rules": [rules[0] | {"answers": ["Off to {port|sea}, {result}."]}],
            "default": ["Pardon?"],
        },
    }

    def turns(expect: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"user": "sail to Tortuga", "expect": expect}]

    call = {"name": "sail", "args": {"port": "Tortuga"}}
    assert failures(run(tmp_path, turns({"calls": [call], "contains": "tortuga"}), **sections)) == {}
    wrong = {"calls": [{"name": "sail", "args": {"port": "Nassau"}}], "not_called": ["sail"]}
    assert list(failures(run(tmp_path, turns(wrong), **sections))) == [
        """calls sail({"port": "Nassau"}) once""",
        "does not call sail",
    ]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("Yes, matey.", {}),
        ("No, it is dull.", {"judged: it is funny": "it is dull."}),
        ("Arr!", {"judged: it is funny": "the chat model did not answer yes or no, but 'Arr!'"}),
    ],
)
def test_the_chat_model_of_the_config_judges(tmp_path: Path, verdict: str, expected: dict[str, str]) -> None:
    rules = [{"patterns": ["criterion"], "answers": [verdict]}, {"patterns": ["joke"], "answers": ["Arr."]}]
    result = run(
        tmp_path,
        [{"user": "a joke", "expect": {"judged": "it is funny"}}],
        chat={"provider": "script", "rules": rules, "default": ["Pardon?"]},
    )
    assert failures(result) == expected


def test_a_conversation_in_which_nothing_can_happen_any_more_fails(tmp_path: Path) -> None:
    class Stuck(ScriptedChatModel):
        """Answers, but when it judges at length and is stopped, it never ends."""

        def __init__(self, _: Options) -> None:
            super().__init__(["Aye."])

        async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
            if "Criterion" not in request.messages[-1].content:
                async for event in super().reply(request):
                    yield event
                return
            try:
                yield TextDelta("Perhaps. " * 500)
            finally:
                await asyncio.get_running_loop().create_future()

    plugins = Plugins()
    plugins.registry.add("mouth", Mouth, Options)
    plugins.registry.add("stuck", Stuck, Options)
    turns = [{"typed": "hello", "expect": {"judged": "it is polite"}}]
    scenarios = [{"name": name, "turns": turns} for name in ("one", "other")]
    sections = {"synthesizer": {"provider": "mouth"}, "chat": {"provider": "stuck"}}
    path = written(tmp_path, {"config": "bot.yaml", "scenarios": scenarios}, **sections)
    file = load_options(path, ScenarioFile, name="the scenario")
    config = load_config(tmp_path / "bot.yaml", plugins=plugins)

    results = run_file(path, file, config, last_chance=0.0)

    reason = "all of it waits for what never comes, such as a plugin that is stuck; use -vv"
    assert [(result.name, failures(result)) for result in results] == [
        ("one", {"can be carried out": reason}),
        ("other", {"can be carried out": reason}),
    ]


def test_a_goodbye_ends_the_scenario(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        [{"user": "goodbye"}, {"user": "who are you", "expect": {"contains": "Flint"}}],
        goodbye={"phrases": ["goodbye"], "line": "Farewell!"},
    )
    assert failures(result) == {"can be carried out": "the conversation was over before"}
