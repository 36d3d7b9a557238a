"""The scenarios of one file, one after the other, with one bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from voicebot import Bot, BotConfig, ProviderError, Synthesizer
from voicebot.testing import Deadlock
from voicebot_recording.options import RecordOptions
from voicebot_replay.providers.loudness import LoudnessDetector
from voicebot_scenarios.checks import checks_of
from voicebot_scenarios.clock import LAST_CHANCE, ScenarioLoop, current_loop
from voicebot_scenarios.dialogue import Dialogue
from voicebot_scenarios.judge import judge
from voicebot_scenarios.observed import Observed, ObservedTurn
from voicebot_scenarios.outside import (
    OutsideChatModel,
    OutsideRecognizer,
    OutsideSynthesizer,
    OutsideToolset,
    OutsideTurnDetector,
)
from voicebot_scenarios.results import CheckedTurn, Result
from voicebot_scenarios.scenario import Scenario, ScenarioFile
from voicebot_scenarios.user.hearing import ToldRecognizer
from voicebot_scenarios.user.speech import SpokenTurn, from_voice, from_words
from voicebot_scenarios.user.stream import UserDevice

_RECORD = "record"
"""The section that records conversations; scripted ones are kept out of its folder."""


def run_file(
    path: Path,
    file: ScenarioFile,
    config: BotConfig,
    *,
    recordings: Path | None = None,
    done: Callable[[Result], None] = lambda _: None,
    last_chance: float = LAST_CHANCE,
) -> list[Result]:
    """Carry out all scenarios of a file.

    One in which everything waits for what never comes fails, and so do those after it.

    Args:
        recordings: the folder in which each conversation is recorded, if at all.
        done: called with each result as soon as there is one.
        last_chance: as for `ScenarioLoop`.
    """
    results: list[Result] = []

    def add(result: Result) -> None:
        results.append(result)
        done(result)

    sections = {name: options for name, options in config.sections.items() if name != _RECORD}
    if recordings is not None:
        sections[_RECORD] = RecordOptions(folder=recordings)
    used, error = replace(config, observers=(), sections=sections), ""
    try:
        with asyncio.Runner(loop_factory=partial(ScenarioLoop, last_chance)) as runner:
            runner.run(_run(path, file, used, add))
    except ProviderError as failure:
        error = str(failure)
    except Deadlock:
        error = "all of it waits for what never comes, such as a plugin that is stuck; use -vv"
    for scenario in file.all(path.stem)[len(results) :]:
        add(Result(path, scenario.name, (), error=error))
    return results


async def _run(path: Path, file: ScenarioFile, config: BotConfig, add: Callable[[Result], None]) -> None:
    """Carry out the scenarios; `ProviderError` if one cannot be.

    Args:
        add: called with each result.
    """
    scenarios = file.all(path.stem)
    spoken = await _spoken(file, scenarios, config.settings.language)
    is_told = file.speech is None or file.understood
    recognizer = ToldRecognizer() if is_told else None
    bot = _bot(config, recognizer, has_voice=file.speech is not None)
    async with _entered(bot):
        for scenario, turns in zip(scenarios, spoken, strict=True):
            add(await _carry_out(path, scenario, file, bot, turns, recognizer))


async def _carry_out(
    path: Path,
    scenario: Scenario,
    file: ScenarioFile,
    bot: Bot,
    spoken: Sequence[SpokenTurn | None],
    recognizer: ToldRecognizer | None,
) -> Result:
    loop = current_loop()
    loop.begin()
    began, error = loop.time(), ""
    dialogue = Dialogue(scenario, bot, spoken, recognizer=recognizer, timeout=file.timeout)
    try:
        await dialogue.hold()
    except* ProviderError as errors:
        error = "; ".join(str(each) for each in errors.exceptions)
    seconds = loop.time() - began
    await judge(dialogue.turns, dialogue.observed, bot.chat)
    turns = tuple(_checked(turn, dialogue.observed, seconds) for turn in dialogue.turns)
    return Result(path, scenario.name, turns, seconds, error)


def _checked(turn: ObservedTurn, observed: Observed, end: float) -> CheckedTurn:
    seconds = max(0.0, min(turn.until, end) - turn.began)
    return CheckedTurn(turn.turn.text, turn.said(observed), tuple(checks_of(turn, observed)), seconds)


async def _spoken(
    file: ScenarioFile, scenarios: Sequence[Scenario], language: str
) -> list[list[SpokenTurn | None]]:
    """Return what the user says in each turn of each scenario; None where nothing is said."""
    if file.speech is None:
        speed = file.words_per_second
        return [
            [from_words(turn.pieces, speed) if turn.pieces else None for turn in scenario.turns]
            for scenario in scenarios
        ]
    voice: Synthesizer[Any] = file.speech.make()
    with current_loop().outside():
        try:
            await voice.start()
            return [
                [
                    await from_voice(turn.pieces, voice, language, understood=file.understood)
                    if turn.pieces
                    else None
                    for turn in each.turns
                ]
                for each in scenarios
            ]
        finally:
            await voice.aclose()


def _bot(config: BotConfig, recognizer: ToldRecognizer | None, *, has_voice: bool) -> Bot:
    """Return the bot of a config, with a user in front of it."""
    bot = Bot.from_config(config, device=UserDevice())
    bot.chat = OutsideChatModel(bot.chat)
    bot.synthesizer = OutsideSynthesizer(bot.synthesizer)
    bot.toolsets = tuple(OutsideToolset(each) for each in bot.toolsets)
    if bot.turn_detector is not None:
        bot.turn_detector = OutsideTurnDetector(bot.turn_detector, listens=has_voice)
    bot.recognizer = recognizer or OutsideRecognizer(bot.recognizer)
    if not has_voice:
        given = config.voice_activity.options if config.voice_activity is not None else None
        bot.voice_activity = LoudnessDetector.like(given)
        bot.names = bot.names | {"voice_activity": LoudnessDetector.__name__}  # for recordings
    return bot


@asynccontextmanager
async def _entered(bot: Bot) -> AsyncIterator[None]:
    """Start a bot and close it; that takes real time."""
    loop = current_loop()
    with loop.outside():
        await bot.__aenter__()
    try:
        yield
    finally:
        with loop.outside():
            await bot.__aexit__(None, None, None)
