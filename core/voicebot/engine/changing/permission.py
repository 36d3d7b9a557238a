"""Which tools may still be called while a conversation is about to go on with other toolsets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from voicebot.interfaces import Toolset

if TYPE_CHECKING:
    from voicebot.engine.tools.catalogue import OfferedTool


def permitted(before: Sequence[Toolset[Any]], after: Sequence[Toolset[Any]]) -> Callable[[OfferedTool], bool]:
    """Return a check whether a tool of the toolsets `before` is allowed by those that replace them."""
    allowed = {id(each): set(_replacement(each, before, after)) for each in before}
    return lambda offered: offered.own_name in allowed.get(id(offered.toolset), set())


def _replacement(
    toolset: Toolset[Any], before: Sequence[Toolset[Any]], after: Sequence[Toolset[Any]]
) -> tuple[str, ...]:
    """Return what is allowed of the toolset that replaces another: the same, or else one like it.

    Of several of one type, the first replaces the first, unless their number has changed.
    """
    if any(toolset is each for each in after):
        return tuple(toolset.options.allow)
    olds, news = ([each for each in those if type(each) is type(toolset)] for those in (before, after))
    if len(olds) != len(news):
        news = [each for each in news if _is_like(each, toolset)]
        return tuple(news[0].options.allow) if news else ()
    number = next(index for index, each in enumerate(olds) if each is toolset)
    return tuple(news[number].options.allow)


def _is_like(one: Toolset[Any], other: Toolset[Any]) -> bool:
    """Return whether toolsets differ only in which of their tools they offer, and how."""
    changed: dict[str, Any] = {"allow": (), "overrides": {}}
    return bool(one.options.model_copy(update=changed) == other.options.model_copy(update=changed))
