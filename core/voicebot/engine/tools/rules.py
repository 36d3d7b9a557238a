"""Whose call runs when, by what the tool does and by whose turn it is. No I/O.

A reply may be prepared before the user's turn is over, so a call that changes something cannot run when the
chat model asks for it: it runs once the reply is released, and is then finished whatever the user does.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from voicebot.messages import Tool

Kind: TypeAlias = Literal["reads", "writes", "asks"]
"""What a call does: nothing but read, change something, or ask the user first."""
WhenCalled: TypeAlias = Literal["run", "wait", "ask", "repeat"]
"""Run at once, wait for the release of the reply, ask the user, or give the result that there is."""
Situation: TypeAlias = Literal["prepared", "released", "called before"]
Stop: TypeAlias = Literal["withdrawn", "interrupted", "ended"]
"""A reply was withdrawn before anything of it was heard, the user interrupted it, or it is over.

What only reads is cancelled then, and a call that changes something is finished. A question to the user is
forgotten if the reply is withdrawn, and else stays open.
"""

LateCall: TypeAlias = Literal["running", "done", "told"]
"""A call that changes something, when its reply stops: running, ended, or ended and told."""

_WHEN_CALLED: dict[Situation, dict[Kind, WhenCalled]] = {
    "prepared": {"reads": "run", "writes": "wait", "asks": "ask"},  # a question is made ready, like all text
    "released": {"reads": "run", "writes": "run", "asks": "ask"},
    "called before": {"reads": "repeat", "writes": "repeat", "asks": "repeat"},
}

_IS_TOLD_LATER: dict[Stop, dict[LateCall, bool]] = {
    "withdrawn": {"running": False, "done": False, "told": False},  # it never began
    "interrupted": {"running": True, "done": True, "told": False},
    "ended": {"running": True, "done": False, "told": False},  # the bot had nothing to say of it
}


def kind_of(tool: Tool) -> Kind:
    """Return what a call of this tool does first."""
    return "asks" if tool.confirm else tool.effect


def when_called(kind: Kind, *, released: bool, called_before: bool = False) -> WhenCalled:
    """Return what to do with a call.

    Args:
        released: whether it is the bot's turn, and the reply may be heard.
        called_before: whether the same call was made before in this turn, or still runs.
    """
    if called_before:
        return _WHEN_CALLED["called before"][kind]
    return _WHEN_CALLED["released" if released else "prepared"][kind]


def is_told_later(stop: Stop, *, has_ended: bool, is_told: bool) -> bool:
    """Return whether the user has still to hear of a call that changes something, when its reply stops.

    Args:
        has_ended: whether there is a result.
        is_told: whether the user has heard something that was written after the call.
    """
    call: LateCall = "told" if is_told else "done" if has_ended else "running"
    return _IS_TOLD_LATER[stop][call]
