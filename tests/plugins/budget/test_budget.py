"""A budget warns once, and ends a conversation when nobody speaks."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from voicebot import (
    BotTurnEnded,
    ChatEvent,
    ChatRequest,
    ConfigError,
    ConversationEnded,
    ProviderNoticed,
    ReplyEnded,
    Settings,
    Usage,
    load_config,
    load_prices,
)
from voicebot.config.schema import TurnOptions
from voicebot.testing import ScriptedChatModel, ScriptedUser, converse, simulated
from voicebot_budget.observer import BudgetObserver
from voicebot_budget.options import BudgetOptions

SETTINGS = Settings(turns=TurnOptions(prepare="off"))
PRICES = """prices:
  - {provider: Paid, date: 2026-11-30, input: 1000, output: 1000}
  - {provider: Scripted*, date: 2026-11-30, free: true}
"""


class Paid(ScriptedChatModel):
    """A hundred tokens for each reply."""

    model = "gpt-test"

    async def reply(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        async for event in super().reply(request):
            yield ReplyEnded(usage=Usage(90, 10)) if isinstance(event, ReplyEnded) else event


def notices(user: ScriptedUser) -> list[str]:
    return [
        each.message for each in user.events if isinstance(each, ProviderNoticed) and each.kind == "budget"
    ]


def heard(user: ScriptedUser) -> list[str]:
    return [each.heard for each in user.events if isinstance(each, BotTurnEnded)]


async def talk(questions: int, prices: Path | None = None, **budget: Any) -> ScriptedUser:
    """Ask a number of questions, as long as the bot answers."""
    own = load_prices(prices) if prices is not None else None
    observer = BudgetObserver(BudgetOptions(**{"line": "The till is empty.", **budget}), own)
    async with converse(
        chat=Paid(["That is a long answer, which nobody cuts off."]),
        settings=SETTINGS,
        observers=[observer],
    ) as user:
        for _ in range(questions):
            await user.says("and what then")
            await user.waits(8)
    return user


@simulated
async def test_at_the_limit_the_answer_is_finished_and_the_line_said() -> None:
    user = await talk(5, tokens=300, warn_at=0.6)
    assert heard(user) == ["That is a long answer, which nobody cuts off."] * 3 + ["The till is empty."]
    assert not any(each.interrupted for each in user.events if isinstance(each, BotTurnEnded))
    assert notices(user) == [
        "the budget is nearly used up: 200 of 300 tokens",
        "the budget is used up (300 of 300 tokens), so the conversation ends",
    ]
    assert [each.by for each in user.events if isinstance(each, ConversationEnded)] == ["program"]


@simulated
async def test_within_the_budget_nothing_happens() -> None:
    user = await talk(2, tokens=1000, minutes=5, characters=5000)
    assert (len(heard(user)), notices(user)) == (2, [])


@simulated
async def test_without_a_line_it_ends_without_a_word() -> None:
    user = await talk(4, characters=50, line="")
    assert heard(user) == ["That is a long answer, which nobody cuts off."] * 2


@simulated
async def test_minutes_pass_while_nobody_speaks() -> None:
    observer = BudgetObserver(BudgetOptions(minutes=1, warn_at=0.5, line="Time is up."))
    async with converse(settings=SETTINGS, observers=[observer]) as user:
        await user.waits(90)
    assert heard(user) == ["Time is up."]
    assert notices(user)[0] == "the budget is nearly used up: 0.5 of 1 minutes"
    ended = user.events[-1]
    assert isinstance(ended, ConversationEnded)
    assert ended.at == pytest.approx(60, abs=5)


@simulated
async def test_money_is_counted_with_the_prices_of_the_user(tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text(PRICES, encoding="utf-8")
    user = await talk(5, prices, money=0.2)
    assert len(heard(user)) == 3
    assert notices(user)[-1] == ("the budget is used up (about $0.2000 of $0.2000), so the conversation ends")


@simulated
async def test_a_budget_goes_on_with_prices_that_are_edited(tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text(PRICES, encoding="utf-8")
    observer = BudgetObserver(BudgetOptions(money=5, line="The till is empty."), load_prices(prices))
    async with converse(chat=Paid(["Yes."]), settings=SETTINGS, observers=[observer]) as user:
        await user.says("and what then")
        await user.waits(5)
        assert heard(user) == ["Yes."]
        prices.write_text(PRICES.replace("1000", "50000"), encoding="utf-8")
        observer.renewed(BudgetObserver(observer.options, load_prices(prices)))
        await user.says("and what then")
        await user.waits(8)
    assert heard(user)[-1] == "The till is empty."
    assert notices(user) == ["the budget is used up (about $5.00 of $5.00), so the conversation ends"]


@simulated
async def test_what_has_no_price_is_said_once() -> None:
    user = await talk(2, money=1)
    assert sorted(notices(user)) == [
        f"no price is known for {name}, which counts as nothing; see `prices`"
        for name in ("Paid gpt-test", "ScriptedRecognizer", "ScriptedSynthesizer")
    ]


@pytest.mark.parametrize(
    ("budget", "problem"),
    [
        ("{money: 0}", "2:17: money must be more than 0"),
        ("{tokens: -5}", "2:18: tokens must be more than 0"),
        ("{tokens: 1.5}", "2:18: "),
        ("{warn_at: 80, money: 1}", "2:19: warn_at must be at most 1"),
        ("{line: Bye.}", "2:9: budget: needs a limit: one of money, minutes, tokens, characters"),
        ("{dollars: 3}", "2:10: "),
        ("5", "2:1: budget must be a mapping of options"),
    ],
)
def test_mistakes_are_reported_with_their_place(tmp_path: Path, budget: str, problem: str) -> None:
    config = tmp_path / "bot.yaml"
    config.write_text(f"extends: offline.yaml\nbudget: {budget}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(config)
    assert str(caught.value).splitlines()[0].startswith(f"{config}:{problem}")
