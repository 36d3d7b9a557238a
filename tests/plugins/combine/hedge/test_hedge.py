"""`hedge`: a second is asked if the first is slow, one answer is used, and the cost is limited."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from voicebot import ProviderError
from voicebot.testing import Pause, ScriptedChatModel, simulated
from voicebot_combine.hedge.budget import Budget
from voicebot_combine.hedge.providers import (
    HedgeChatModel,
    HedgeChatOptions,
    HedgeSynthesizer,
    HedgeSynthesizerOptions,
)

from ..conftest import Awkward, Chat, Outage, Refusal, Voice, ask, choice, say

NEVER = Pause(float("inf"))


def hedge(chat: Chat, second: Chat | None = None, **options: Any) -> HedgeChatModel:
    other = choice(second, "b") if second is not None else None
    return HedgeChatModel(HedgeChatOptions(of=choice(chat, "a"), second=other, **options))


@simulated
async def test_a_quick_answer_is_requested_once() -> None:
    first, second = Chat(["One."]), Chat(["Two."])
    answer = await ask(hedge(first, second))
    assert (answer.text, answer.began, second.requests) == ("One.", 0.3, [])


@simulated
async def test_after_the_delay_a_second_is_asked_and_the_loser_is_cancelled() -> None:
    first, second = Chat([[Pause(5.0), "One."]]), Chat(["Two."])
    answer = await ask(hedge(first, second, after=1.0))
    assert (answer.text, answer.began) == ("Two.", 1.3)
    assert (first.cancelled, second.cancelled) == (1, 0)


@simulated
async def test_the_first_may_still_win() -> None:
    first, second = Chat([[Pause(0.9), "One."]]), Chat([[Pause(5.0), "Two."]])
    answer = await ask(hedge(first, second, after=1.0))
    assert (answer.text, answer.began) == ("One.", 1.2)
    assert (first.cancelled, second.cancelled) == (0, 1)


@simulated
async def test_without_a_second_the_same_provider_is_asked_again() -> None:
    chat = Chat([[NEVER], "Two."])
    answer = await ask(hedge(chat, after=1.0))
    assert (answer.text, answer.began, chat.cancelled) == ("Two.", 1.3, 1)


@pytest.mark.parametrize("error", [Outage(), Refusal(), ZeroDivisionError("a bug")])
def test_if_the_first_fails_the_second_is_asked_at_once(error: Exception) -> None:
    @simulated
    async def test() -> None:
        answer = await ask(hedge(Chat([error]), Chat(["Two."]), after=5.0, most=0.0))
        assert (answer.text, answer.began) == ("Two.", 0.6)

    test()


@simulated
async def test_if_the_first_fails_late_the_second_is_asked_whatever_is_left_of_the_budget() -> None:
    late = Chat([[Pause(2.0), Outage()]])
    answer = await ask(hedge(late, Chat(["Two."]), after=1.0, most=0.0))
    assert (answer.text, answer.began) == ("Two.", 2.6)


@simulated
async def test_if_both_fail_late_they_are_asked_once_each() -> None:
    first, second = Chat([[Pause(2.0), Outage()]]), Chat([Refusal()])
    answer = await ask(hedge(first, second, after=1.0, most=0.0))
    assert str(answer.error) == "a failed (the service is away); b failed (the key is not accepted)"
    assert (len(first.requests), len(second.requests)) == (1, 1)


@pytest.mark.parametrize("failure", [None, RuntimeError("cannot close"), asyncio.CancelledError()])
@pytest.mark.parametrize("closing", [0.0, 3.0])
def test_a_loser_delays_and_breaks_nothing_however_it_closes(
    closing: float, failure: BaseException | None
) -> None:
    @simulated
    async def test() -> None:
        loser = Awkward([[NEVER]], closing=closing, close_failure=failure)
        hedged = hedge(loser, Chat(["Two."]), after=1.0)
        answer = await ask(hedged)
        assert (answer.text, answer.began, answer.error) == ("Two.", 1.3, None)
        assert answer.ended < 2.0
        await hedged.aclose()
        assert len(asyncio.all_tasks()) == 1

    test()


@simulated
async def test_a_loser_that_never_closes_does_not_keep_the_bot_from_closing() -> None:
    hedged = hedge(Awkward([[NEVER]], closing=float("inf")), Chat(["Two."]), after=1.0)
    await ask(hedged)
    begun = asyncio.get_running_loop().time()
    await hedged.aclose()
    assert asyncio.get_running_loop().time() - begun < 4.0
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@simulated
async def test_if_the_second_fails_the_first_is_awaited() -> None:
    answer = await ask(hedge(Chat([[Pause(5.0), "One."]]), Chat([Outage()]), after=1.0))
    assert (answer.text, answer.began) == ("One.", 5.3)


@simulated
async def test_if_both_fail_the_error_names_both() -> None:
    answer = await ask(hedge(Chat([Refusal()]), Chat([Outage()])))
    assert isinstance(answer.error, ProviderError)
    assert str(answer.error) == "a failed (the key is not accepted); b failed (the service is away)"
    assert answer.error.retryable


@simulated
async def test_a_failure_after_the_first_word_is_raised() -> None:
    first, second = Chat([["One and", Outage()]]), Chat(["Two."])
    answer = await ask(hedge(first, second))
    assert (answer.text, str(answer.error), second.requests) == ("One and", "the service is away", [])


@simulated
async def test_no_more_than_a_share_of_the_requests_is_made_twice() -> None:
    slow = Chat([[Pause(1.0), "One."]])
    hedged = hedge(slow, after=0.1, most=0.2)
    for _ in range(50):
        await ask(hedged)
    assert len(slow.requests) == 50 + 50 * 0.2 + 1


@simulated
async def test_with_a_share_of_zero_no_request_is_made_twice() -> None:
    slow = Chat([[Pause(1.0), "One."]])
    assert (await ask(hedge(slow, after=0.1, most=0.0))).began == 1.3
    assert len(slow.requests) == 1


@pytest.mark.parametrize(("share", "spent"), [(0.0, 0), (0.1, 3), (0.25, 4), (1.0, 5)])
def test_after_a_quiet_time_only_a_few_requests_in_a_row_are_made_twice(share: float, spent: int) -> None:
    budget = Budget(share)
    for _ in range(1000):
        budget.count_request()
    count = 0
    for _ in range(5):
        count += budget.spend()
        budget.count_request()
    assert count == spent


@simulated
async def test_cancellation_cancels_both_at_once() -> None:
    first, second = Chat([[NEVER]]), Chat([[NEVER]])
    task = asyncio.ensure_future(ask(hedge(first, second, after=1.0)))
    await asyncio.sleep(2.0)
    task.cancel()
    await asyncio.wait([task])
    assert (first.cancelled, second.cancelled, asyncio.get_running_loop().time()) == (1, 1, 2.0)


@simulated
async def test_the_winner_is_closed_when_its_consumer_stops() -> None:
    chat = Chat(["One and a lot more."])
    task = asyncio.ensure_future(ask(hedge(chat)))
    await asyncio.sleep(0.31)
    task.cancel()
    await asyncio.wait([task])
    assert chat.cancelled == 1


@simulated
async def test_a_second_synthesizer_is_resampled_to_the_rate_of_the_first() -> None:
    slow, spare = Voice(first_byte=9.0), Voice(rate=48_000)
    options = HedgeSynthesizerOptions(of=choice(slow, "a"), second=choice(spare, "b"), after=0.5)
    hedged = HedgeSynthesizer(options)
    await hedged.start()
    answer = await say(hedged, "Good day.")
    assert hedged.output_format.rate == 24_000
    assert len(answer.sound) == pytest.approx(24_000 * 0.06 * 9, abs=4)
    assert (slow.cancelled, spare.cancelled) == (1, 0)
    await hedged.aclose()
    assert (slow.starts, slow.closes, spare.starts, spare.closes) == (1, 1, 1, 1)


@simulated
async def test_both_must_start_and_the_error_names_the_one_that_does_not() -> None:
    second = Chat()
    second.start_error = Refusal()
    with pytest.raises(ProviderError, match=r"^b: it could not start: the key is not accepted$"):
        await hedge(Chat(), second).start()


@simulated
async def test_a_single_provider_is_started_and_closed_once() -> None:
    chat = Chat()
    hedged = hedge(chat)
    await hedged.start()
    await hedged.aclose()
    assert (chat.starts, chat.closes) == (1, 1)
    assert isinstance(chat, ScriptedChatModel)
