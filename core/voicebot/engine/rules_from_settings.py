"""The rules of turn-taking, made from a bot's settings: the state machines do not import the config."""

from __future__ import annotations

from math import isfinite
from typing import Any

from voicebot.config.schema import Settings, bounds
from voicebot.engine.text.questions import asks_for, last_question
from voicebot.engine.turns.goodbye import Goodbye
from voicebot.engine.turns.idle import IdleRules
from voicebot.engine.turns.rules import PatienceBounds, TurnRules
from voicebot.interfaces import ChatModel, TurnDetector


def turn_rules(
    settings: Settings, chat: ChatModel[Any], turn_detector: TurnDetector[Any] | None
) -> TurnRules:
    """Return the rules for turns, which also depend on what the providers do."""
    options = settings.turns
    prepare = "off" if chat.acts else options.prepare
    return TurnRules(
        patience=PatienceBounds(*bounds(options.patience)),
        final_timeout=options.final_timeout,
        stable=options.stable,
        interruptible=options.interruptible,
        interruption=options.interruption,
        prepare=prepare,
        listens=turn_detector is not None and turn_detector.input_format is not None,
        second_look=turn_detector is not None and turn_detector.second_look,
        prepare_budget=options.prepare_budget,
        answer_once=chat.acts,
        languages=settings.spoken_languages,
    )


def idle_rules(settings: Settings) -> IdleRules:
    """Return the rules for silence."""
    idle = settings.idle
    return IdleRules(idle.after, idle.prompts, idle.most, settings.goodbye.after)


def goodbye(settings: Settings) -> Goodbye:
    """Return the detection of goodbye."""
    return Goodbye(settings.goodbye.phrases, settings.goodbye.line, settings.name)


def patience_after(said: str, settings: Settings) -> PatienceBounds:
    """Return how patient to be with the user's answer to what the bot said."""
    options, question = settings.turns, last_question(said)
    rules = (rule for rule in options.asking_rules() if asks_for(question, rule.words))
    rule = next(rules, None)
    return PatienceBounds(*bounds(rule.patience if rule else options.patience))


def wanted_patience(wish: Any) -> PatienceBounds | None:
    """Return the patience that a chat model asks for; None if it is not a valid one."""
    try:
        earliest, latest = map(float, bounds(wish))
    except (KeyError, OverflowError, TypeError, ValueError):
        return None
    return PatienceBounds.corrected(earliest, latest) if isfinite(earliest) and isfinite(latest) else None
