"""`fallback`: in order, one provider per conversation, with notices, and never a word twice."""

from __future__ import annotations

import asyncio

import pytest

from voicebot import ProviderError
from voicebot.config.schema import Settings, TurnOptions
from voicebot.events import ProviderFailed, ProviderNoticed
from voicebot.testing import Pause, converse, simulated
from voicebot_combine.fallback.chat_and_voice import (
    FallbackChatModel,
    FallbackChatOptions,
    FallbackSynthesizer,
    FallbackSynthesizerOptions,
)
from voicebot_combine.fallback.current_provider import CurrentProviders

from ..conftest import Awkward, Chat, Outage, Refusal, Voice, ask, choice, say

NEVER = Pause(float("inf"))


def chats(*models: Chat, **options: float) -> FallbackChatModel:
    of = tuple(choice(model, name) for model, name in zip(models, "abcdef", strict=False))
    return FallbackChatModel(FallbackChatOptions(of=of, **options))


def voices(*models: Voice, **options: float) -> FallbackSynthesizer:
    of = tuple(choice(model, name) for model, name in zip(models, "abcdef", strict=False))
    return FallbackSynthesizer(FallbackSynthesizerOptions(of=of, **options))


@simulated
async def test_while_the_first_works_only_the_first_is_asked() -> None:
    first, second = Chat(["One."]), Chat(["Two."])
    fallback = chats(first, second)
    await fallback.start()
    answer = await ask(fallback)
    assert (answer.text, answer.notices, answer.began) == ("One.", [], 0.3)
    assert second.requests == []


@pytest.mark.parametrize("error", [Outage(), Refusal(), ZeroDivisionError("very-secret")])
def test_if_one_fails_before_its_answer_begins_the_next_is_asked_and_observers_get_a_notice(error) -> None:
    @simulated
    async def test() -> None:
        fallback = chats(Chat([[error]]), Chat(["Two."]))
        await fallback.start()
        answer = await ask(fallback)
        why = "ZeroDivisionError (-v shows where)" if isinstance(error, ZeroDivisionError) else str(error)
        assert (answer.text, answer.began) == ("Two.", 0.6)
        assert answer.notices == [f"a failed ({why}); b answers from now on"]

    test()


@simulated
async def test_a_conversation_stays_with_the_one_that_answered_and_another_begins_with_the_first() -> None:
    first, second = Chat([Outage(), "One."]), Chat(["Two."])
    fallback = chats(first, second)
    await fallback.start()
    assert (await ask(fallback)).text == "Two."
    later = await ask(fallback)
    assert (later.text, later.notices) == ("Two.", [])
    assert (await ask(fallback, "other")).text == "One."
    assert (await ask(fallback)).text == "Two."


@simulated
async def test_a_failure_in_mid_reply_is_raised_and_the_next_reply_comes_from_the_next() -> None:
    fallback = chats(Chat([["One and", Outage()]]), Chat(["Two."]))
    await fallback.start()
    broken = await ask(fallback)
    assert broken.text == "One and"
    assert str(broken.error) == "the service is away"
    assert broken.notices == ["a failed (the service is away); b answers from now on"]
    after = await ask(fallback)
    assert (after.text, after.notices) == ("Two.", [])


@simulated
async def test_a_silent_provider_is_given_up_after_the_timeout() -> None:
    first = Chat([[NEVER]])
    fallback = chats(first, Chat(["Two."]), timeout=2.0)
    await fallback.start()
    answer = await ask(fallback)
    assert (answer.text, answer.began) == ("Two.", 2.3)
    assert answer.notices == ["a failed (it gave no answer for 2 s); b answers from now on"]
    assert first.cancelled == 1


@simulated
async def test_an_empty_reply_is_a_failure() -> None:
    fallback = chats(Chat([[]]), Chat(["Two."]))
    await fallback.start()
    answer = await ask(fallback)
    assert (answer.text, answer.notices) == ("Two.", ["a failed (it gave no answer); b answers from now on"])


@simulated
async def test_if_all_fail_each_is_asked_once_and_the_error_names_all() -> None:
    first, second = Chat([Outage()]), Chat([Refusal()])
    fallback = chats(first, second)
    await fallback.start()
    answer = await ask(fallback)
    assert isinstance(answer.error, ProviderError)
    assert str(answer.error) == "a failed (the service is away); b failed (the key is not accepted)"
    assert answer.error.retryable
    assert (len(first.requests), len(second.requests)) == (1, 1)


@simulated
async def test_after_the_last_comes_the_first_again() -> None:
    fallback = chats(Chat([Outage(), "One."]), Chat(["Two.", Outage()]))
    await fallback.start()
    assert (await ask(fallback)).text == "Two."
    answer = await ask(fallback)
    assert (answer.text, answer.notices) == (
        "One.",
        ["b failed (the service is away); a answers from now on"],
    )


@simulated
async def test_one_provider_that_starts_is_enough_and_a_notice_names_the_others() -> None:
    first, second = Chat(["One."]), Chat(["Two."])
    first.start_error = Refusal()
    fallback = chats(first, second)
    await fallback.start()
    for conversation in ("one", "other"):
        answer = await ask(fallback, conversation)
        assert answer.text == "Two."
        assert answer.notices == [
            "a failed (it could not start: the key is not accepted); b answers from now on"
        ]
    assert (first.starts, first.requests) == (1, [])


@simulated
async def test_a_provider_that_could_not_start_tries_again_after_a_minute_for_a_new_conversation() -> None:
    first = Chat(["One."])
    first.start_error = Outage()
    fallback = chats(first, Chat(["Two."]))
    await fallback.start()
    await asyncio.sleep(50)
    assert (await ask(fallback)).text == "Two."
    first.start_error = None
    await asyncio.sleep(20)
    assert (await ask(fallback)).text == "Two."
    assert (await ask(fallback, "other")).text == "One."
    assert first.starts == 2


@simulated
async def test_a_provider_that_hangs_at_start_does_not_delay_the_others() -> None:
    first = Chat()
    first.start_seconds = float("inf")
    fallback = chats(first, Chat(["Two."]), start_timeout=3.0)
    await fallback.start()
    assert asyncio.get_running_loop().time() == 3.0
    assert (await ask(fallback)).notices == ["a failed (it did not start within 3 s); b answers from now on"]


@simulated
async def test_if_none_starts_the_error_names_every_reason() -> None:
    first, second = Chat(), Chat()
    first.start_error, second.start_error = Outage(), ZeroDivisionError("very-secret")
    with pytest.raises(ProviderError) as caught:
        await chats(first, second).start()
    assert str(caught.value) == (
        "a: it could not start: the service is away; "
        "b: it could not start: ZeroDivisionError (-v shows where)"
    )


@simulated
async def test_each_is_closed_even_if_others_fail() -> None:
    first, second = Chat(), Chat()
    first.close_error = ZeroDivisionError("very-secret")
    fallback = chats(first, second)
    await fallback.start()
    with pytest.raises(ProviderError, match=r"^a: ZeroDivisionError \(-v shows where\)$"):
        await fallback.aclose()
    assert (first.closes, second.closes) == (1, 1)


@simulated
async def test_the_phrases_of_all_are_offered() -> None:
    first, second = Chat(), Chat()
    first.phrases, second.phrases = ("ahoy", "arr"), ("ahoy", "aye")
    assert chats(first, second).phrases == ("ahoy", "arr", "aye")


@simulated
async def test_providers_of_the_same_name_are_numbered() -> None:
    of = (choice(Chat([Outage()]), "openai"), choice(Chat(["Two."]), "openai"))
    fallback = FallbackChatModel(FallbackChatOptions(of=of))
    await fallback.start()
    assert (await ask(fallback)).notices == [
        "openai #1 failed (the service is away); openai #2 answers from now on"
    ]


@simulated
async def test_cancellation_stops_at_once_and_does_not_move_the_conversation() -> None:
    first = Chat([[NEVER], "One."])
    fallback = chats(first, Chat())
    await fallback.start()
    task = asyncio.ensure_future(ask(fallback))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    assert (first.cancelled, asyncio.get_running_loop().time()) == (1, 1)
    assert (await ask(fallback)).text == "One."


@simulated
async def test_word_timings_of_a_synthesizer_that_fails_before_its_sound_are_dropped() -> None:
    fallback = voices(Voice(Outage(), word_timings=True), Voice(word_timings=True))
    await fallback.start()
    answer = await say(fallback, "Good day.")
    assert [timing.offset for timing in answer.timings] == [0, 5]
    assert answer.notices == ["a failed (the service is away); b speaks from now on"]


@simulated
async def test_two_sentences_that_fail_together_are_announced_once() -> None:
    fallback = voices(Voice(Outage(), Outage()), Voice())
    await fallback.start()
    both = await asyncio.gather(say(fallback), say(fallback))
    assert [bool(answer.sound) for answer in both] == [True, True]
    assert sum(len(answer.notices) for answer in both) == 1


@simulated
async def test_a_sentence_begun_earlier_does_not_bring_back_a_failed_synthesizer() -> None:
    first, second = Voice(faults={1: Outage()}), Voice()
    fallback = voices(first, second)
    await fallback.start()
    long = asyncio.ensure_future(say(fallback, "A long sentence, begun before the other one broke."))
    await asyncio.sleep(0.16)
    assert (await say(fallback)).error is not None
    assert (await long).error is None
    await say(fallback)
    assert len(second.utterances) == 1


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 48_000])
def test_audio_always_has_the_sample_rate_of_the_first(rate) -> None:
    @simulated
    async def test() -> None:
        spare = Voice(rate=rate, chunk=b"\x01\x02" * 241, seconds_per_character=0.1)
        fallback = voices(Voice(Outage()), spare)
        await fallback.start()
        answer = await say(fallback, "Good day.")
        assert fallback.output_format.rate == 24_000
        spoken = 2 * round(0.9 * 24_000)  # its script makes so many bytes, whatever the rate
        assert abs(len(answer.sound) - spoken * 24_000 / rate) <= 4

    test()


@simulated
async def test_samples_split_between_chunks_survive_another_rate() -> None:
    spare = Voice(rate=48_000, chunk=b"\x00" * 333)
    fallback = voices(Voice(Outage()), spare)
    await fallback.start()
    assert len((await say(fallback)).sound) == pytest.approx(24_000 * 0.06 * 9, abs=4)


@simulated
async def test_audio_has_the_sample_rate_of_the_first_that_started() -> None:
    first = Voice(rate=48_000)
    first.start_error = Outage()
    fallback = voices(first, Voice(rate=16_000))
    await fallback.start()
    assert fallback.output_format.rate == 16_000


def test_the_least_recent_conversations_are_forgotten() -> None:
    providers = CurrentProviders(limit=2)
    providers.of("one").index = 1
    providers.of("two").index = 1
    providers.of("one")
    providers.of("three")
    assert [providers.of(name).index for name in ("one", "two")] == [1, 0]


def test_a_fallback_of_one_is_rejected() -> None:
    with pytest.raises(ValueError, match="at least 2 items"):
        FallbackChatOptions(of=(choice(Chat(), "a"),))


@simulated
async def test_a_conversation_continues_in_another_voice_without_an_error_line() -> None:
    second = Voice()
    fallback = voices(Voice(Outage()), second)
    settings = Settings(on_error="", turns=TurnOptions(prepare="off"))
    async with converse(synthesizer=fallback, chat=Chat(["Good day."]), settings=settings) as user:
        await user.says("hello")
        answered = await user.is_answered()
        await user.says("and again")
        await user.is_answered()
    assert answered.heard == "Good day."
    noticed = [event for event in user.events if isinstance(event, ProviderNoticed)]
    assert [(event.kind, event.message) for event in noticed] == [
        ("synthesizer", "a failed (the service is away); b speaks from now on")
    ]
    assert not [event for event in user.events if isinstance(event, ProviderFailed)]
    assert second.utterances == ["Good day.", "Good day."]


@simulated
async def test_a_provider_that_is_slow_to_end_does_not_delay_the_next() -> None:
    slow = Awkward([[NEVER]], closing=3.0)
    answer = await ask(chats(slow, Chat(["Two."]), timeout=2.0))
    assert answer.text == "Two."
    assert answer.began is not None
    assert answer.began < 2.5
