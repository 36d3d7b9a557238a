"""The rules of turn-taking, made from settings and from what the providers do."""

from __future__ import annotations

from voicebot import Settings
from voicebot.engine.rules_from_settings import turn_rules
from voicebot.testing import ScriptedChatModel


class Clerk(ScriptedChatModel):
    """Books something with each reply."""

    acts = True


def test_replies_are_prepared_early_unless_the_chat_model_acts() -> None:
    assert turn_rules(Settings(), ScriptedChatModel(), None).prepare_early
    rules = turn_rules(Settings(), Clerk(), None)
    assert (rules.prepare, rules.prepare_early) == ("off", False)
