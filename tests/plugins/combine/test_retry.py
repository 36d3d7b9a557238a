"""`retry`: again if that may help, after growing waits, within a limit, and never after the first word."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from voicebot import ProviderError
from voicebot.testing import Pause, simulated
from voicebot_combine.retry import RetryChatModel, RetryChatOptions, RetrySynthesizer, RetrySynthesizerOptions

from .conftest import Chat, Outage, Refusal, Voice, ask, choice, say

NEVER = Pause(float("inf"))


def retry(chat: Chat, **options: Any) -> RetryChatModel:
    return RetryChatModel(RetryChatOptions(of=choice(chat, "a"), **options))


@pytest.fixture(autouse=True)
def _no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda least, most: most)


@simulated
async def test_a_retry_waits_twice_as_long_each_time() -> None:
    chat = Chat([Outage(), Outage(), "Three."])
    answer = await ask(retry(chat, wait=0.2))
    assert (answer.text, answer.began) == ("Three.", round(0.3 + 0.2 + 0.3 + 0.4 + 0.3, 6))
    assert answer.notices == []


def test_each_wait_is_shortened_at_random_by_up_to_half(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, float]] = []

    def least(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    monkeypatch.setattr("random.uniform", least)

    @simulated
    async def test() -> None:
        assert (await ask(retry(Chat([Outage(), "Two."]), wait=0.4))).began == round(0.3 + 0.2 + 0.3, 6)

    test()
    assert asked == [(0.5, 1.0)]


@pytest.mark.parametrize("error", [Refusal(), ZeroDivisionError("a bug")])
def test_an_error_that_is_not_retryable_is_raised_at_once(error: Exception) -> None:
    chat = Chat([error, "Two."])

    @simulated
    async def test() -> None:
        with suppress(ZeroDivisionError):
            assert (await ask(retry(chat))).error is error

    test()
    assert len(chat.requests) == 1


@simulated
async def test_there_is_no_retry_after_the_first_word() -> None:
    chat = Chat([["One and", Outage()], "Two."])
    answer = await ask(retry(chat))
    assert (answer.text, str(answer.error), len(chat.requests)) == ("One and", "the service is away", 1)


@simulated
async def test_attempts_are_limited() -> None:
    chat = Chat([Outage()])
    answer = await ask(retry(chat, attempts=4, wait=0.1))
    assert (str(answer.error), len(chat.requests)) == ("the service is away", 4)


@simulated
async def test_all_attempts_together_are_limited_in_time() -> None:
    chat = Chat([Outage(), [NEVER]])
    answer = await ask(retry(chat, wait=0.2, within=3.0))
    assert (str(answer.error), answer.ended) == ("it gave no answer within 3 s", 3.0)
    assert isinstance(answer.error, ProviderError)
    assert (answer.error.retryable, chat.cancelled) == (True, 2)


@simulated
async def test_there_is_no_wait_for_an_attempt_that_would_come_too_late() -> None:
    answer = await ask(retry(Chat([Outage()]), wait=5.0, within=3.0))
    assert (str(answer.error), answer.ended) == ("the service is away", 0.3)


@simulated
async def test_an_answer_that_has_begun_is_not_limited_in_time() -> None:
    answer = await ask(retry(Chat([["One", Pause(60.0), " and two."]]), within=3.0))
    assert answer.text == "One and two."


@simulated
async def test_word_timings_of_a_failed_attempt_are_not_repeated() -> None:
    voice = Voice(Outage(), word_timings=True)
    again = RetrySynthesizer(RetrySynthesizerOptions(of=choice(voice, "a")))
    await again.start()
    answer = await say(again, "Good day.")
    assert [timing.offset for timing in answer.timings] == [0, 5]
    assert voice.utterances == ["Good day.", "Good day."]
    await again.aclose()
    assert (voice.starts, voice.closes) == (1, 1)


@simulated
async def test_cancellation_during_a_wait_ends_the_retries() -> None:
    chat = Chat([Outage(), "Two."])
    task = asyncio.ensure_future(ask(retry(chat, wait=10.0, within=60.0)))
    await asyncio.sleep(1.0)
    task.cancel()
    await asyncio.wait([task])
    assert (len(chat.requests), asyncio.get_running_loop().time()) == (1, 1.0)
