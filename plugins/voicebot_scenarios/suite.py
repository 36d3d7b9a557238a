"""The scenarios of one file, one after the other, with one bot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from voicebot import Bot, BotConfig, ProviderError, Synthesizer
from voicebot_scenarios.checks import checks_of
from voicebot_scenarios.clock import ScenarioLoop, current_loop
from voicebot_scenarios.dialogue import Dialogue
from voicebot_scenarios.user.hearing import LoudnessDetector, ToldRecognizer
from voicebot_scenarios.judge import judge
from voicebot_scenarios.outside import (
    OutsideChatModel,
    OutsideRecognizer,
    OutsideSynthesizer,
    OutsideToolset,
    OutsideTurnDetector,
)
from voicebot_scenarios.results import CheckedTurn, Result
from voicebot_scenarios.scenario import Scenario, ScenarioFile
from voicebot_scenarios.user.speech import SpokenTurn, from_voice, from_words
from voicebot_scenarios.user.stream import UserDevice


def run_file(path: Path, file: ScenarioFile, config: BotConfig) -> list[Result]:
    """Carry out all scenarios of a file."""
    with asyncio.Runner(loop_factory=ScenarioLoop) as runner:
        return runner.run(_run(path, file, config))


async def _run(path: Path, file: ScenarioFile, config: BotConfig) -> list[Result]:
    scenarios = file.all(path.stem)
    try:
        spoken = await _spoken(file, scenarios, config.settings.language)
        recognizer = ToldRecognizer() if file.speech is None else None
        async with _entered(_bot(config, recognizer)) as bot:
            return [
                await _carry_out(path, scenario, file, bot, turns, recognizer)
                for scenario, turns in zip(scenarios, spoken, strict=True)
            ]
    except ProviderError as error:
        return [Result(path, each.name, (), error=str(error)) for each in scenarios]


async def _carry_out(
    path: Path,
    scenario: Scenario,
    file: ScenarioFile,
    bot: Bot,
    spoken: Sequence[SpokenTurn | None],
    recognizer: ToldRecognizer | None,
) -> Result:
    loop = asyncio.get_running_loop()
    began, error = loop.time(), ""
    dialogue = Dialogue(scenario, bot, spoken, recognizer=recognizer, timeout=file.timeout)
    try:
        await dialogue.hold()
    except* ProviderError as errors:
        error = "; ".join(str(each) for each in errors.exceptions)
    seconds = loop.time() - began
    await judge(dialogue.turns, dialogue.observed, bot.chat)
    turns = tuple(
        CheckedTurn(
            turn.turn.text, turn.said(dialogue.observed), tuple(checks_of(turn, dialogue.observed))
        )
        for turn in dialogue.turns
    )
    return Result(path, scenario.name, turns, seconds, error)


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
                [await from_voice(turn.pieces, voice, language) if turn.pieces else None for turn in each.turns]
                for each in scenarios
            ]
        finally:
            await voice.aclose()


def _bot(config: BotConfig, recognizer: ToldRecognizer | None) -> Bot:
    """Return the bot of a config, with a user in front of it, and without what watches or records."""
    bot = Bot.from_config(replace(config, observers=(), sections={}), device=UserDevice())
    bot.chat = OutsideChatModel(bot.chat)
    bot.synthesizer = OutsideSynthesizer(bot.synthesizer)
    bot.toolsets = tuple(OutsideToolset(each) for each in bot.toolsets)
    if bot.turn_detector is not None:
        bot.turn_detector = OutsideTurnDetector(bot.turn_detector, listens=recognizer is None)
    if recognizer is None:
        bot.recognizer = OutsideRecognizer(bot.recognizer)
    else:
        bot.recognizer = recognizer
        given = config.voice_activity.options if config.voice_activity is not None else None
        bot.voice_activity = LoudnessDetector.like(given)
    return bot


@asynccontextmanager
async def _entered(bot: Bot) -> AsyncIterator[Bot]:
    """Start a bot and close it; that takes real time."""
    loop = current_loop()
    with loop.outside():
        await bot.__aenter__()
    try:
        yield bot
    finally:
        with loop.outside():
            await bot.__aexit__(None, None, None)
