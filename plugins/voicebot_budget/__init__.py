"""The section `budget`: what a conversation may cost; it warns, and then ends the conversation politely.

::

    observer   watches what a conversation uses
    limits     how much of the budget that is
    options    the section `budget`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from voicebot import hookimpl

if TYPE_CHECKING:
    from voicebot import BotConfig, Observer, Registry

voicebot_api = (1, 0)


@hookimpl
def voicebot_register(registry: Registry) -> None:
    """Register the section."""
    registry.add_section("budget", "voicebot_budget.options:BudgetOptions")


@hookimpl
def voicebot_observe(config: BotConfig) -> Observer[Any] | None:
    """Watch each conversation of a bot whose config says so."""
    options = config.sections.get("budget")
    if options is None:
        return None
    from voicebot_budget.observer import BudgetObserver
    from voicebot_budget.options import BudgetOptions

    assert isinstance(options, BudgetOptions)
    return BudgetObserver(options, config.prices)
