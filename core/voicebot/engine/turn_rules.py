"""What the settings of a bot mean to those who decide, who know no config."""

from __future__ import annotations

from math import isfinite
from typing import Any

from voicebot.config.schema import Settings, bounds
from voicebot.engine.text.questions import asks_for, last_question
from voicebot.engine.turns.actions import Patience, TurnRules
from voicebot.engine.turns.idle import IdleRules


def turn_rules(settings: Settings, *, acts: bool = False) -> TurnRules:
    """Return the rules for whose turn it is; `acts` is `ChatModel.acts`."""
    options = settings.turns
    return TurnRules(
        patience=Patience(*bounds(options.patience)),
        final_timeout=options.final_timeout,
        stable=options.stable,
        interruptible=options.interruptible,
        interruption=options.interruption,
        prepare="off" if acts else options.prepare,
        budget=options.prepare_budget,
        asked_once=acts,
    )


def idle_rules(settings: Settings) -> IdleRules:
    """Return the rules for what to do while nobody says anything."""
    idle = settings.idle
    return IdleRules(idle.after, idle.prompts, idle.most, settings.goodbye.after)


def patience_after(said: str, settings: Settings) -> Patience:
    """Return how patient to be with the answer to what the bot has said."""
    options, asked = settings.turns, last_question(said)
    rules = (rule for rule in options.after_asking if asks_for(asked, rule.words))
    rule = next(rules, None)
    return Patience(*bounds(rule.patience if rule else options.patience))


def wanted_patience(wish: Any) -> Patience | None:
    """Return the patience that a chat model wants, None if it wants what is not known."""
    try:
        earliest, latest = map(float, bounds(wish))
    except (KeyError, OverflowError, TypeError, ValueError):
        return None
    return Patience.checked(earliest, latest) if isfinite(earliest) and isfinite(latest) else None
