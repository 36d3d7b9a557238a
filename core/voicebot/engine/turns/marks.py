"""What the user says about turns by other means than speech, such as by the button of push-to-talk."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from voicebot.engine.turns.actions import Action
from voicebot.engine.turns.bot_turn import BotTurn
from voicebot.engine.turns.user_turn.user_turn import UserTurn
from voicebot.messages import BotStopped, TurnsMarked, UserDiscarded, UserFinished

TurnMark: TypeAlias = UserFinished | UserDiscarded | BotStopped | TurnsMarked


def follow(mark: TurnMark, now: float, user: UserTurn, bot: BotTurn) -> list[Action]:
    """Change the turns as the user says; return what is to be done at once."""
    match mark:
        case UserFinished():
            return user.finish(now)
        case UserDiscarded():
            return user.discard(now)
        case BotStopped():
            return [bot.stop()] if bot.is_active else []
        case TurnsMarked(by_user):
            user.endpointing.is_by_user = bot.marked_by_user = by_user
            return []
        case _:
            assert_never(mark)
