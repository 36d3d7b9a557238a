"""Failures of the synthesizer: the message, whether it is retried, and that it recovers.

Every fault goes through the real SDK, which has its own ideas of each.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from voicebot import AudioChunk, ProviderError, Utterance
from voicebot_azure.synthesis.options import AzureSynthesizerOptions
from voicebot_azure.synthesis.synthesizer import AzureSynthesizer
from voicebot_emulator.account import Account
from voicebot_emulator.server import Emulator

KEY = "0123456789abcdef0123456789abcdef"
_BROKEN = "keeps closing the connection"
TEXT = "Ahoy there, matey, how are you?"
QUICK = {"first_sound_timeout": 2.0, "sound_timeout": 2.0}
"""Where a service hangs; what fails by itself gets all the time it needs on a busy machine."""


def times(fault: str) -> dict[str, float]:
    return QUICK if "hang" in fault else {}


def synthesizer_for(emulator: Emulator, **options: Any) -> AzureSynthesizer:
    environment = emulator.environment
    account = {
        "key": KEY,
        "region": environment["SERVICE_REGION"],
        "endpoint": environment["SPEECH_ENDPOINT"],
        "pool": 1,
        "first_sound_timeout": 30.0,
        "sound_timeout": 30.0,
    }
    return AzureSynthesizer(AzureSynthesizerOptions(**{**account, **options}))


@asynccontextmanager
async def voice(**options: Any) -> AsyncIterator[tuple[AzureSynthesizer, Emulator]]:
    async with Emulator(account=Account(speech_key=KEY)) as emulator:
        synthesizer = synthesizer_for(emulator, **options)
        await synthesizer.start()
        try:
            yield synthesizer, emulator
        finally:
            await synthesizer.aclose()


async def speech(synthesizer: AzureSynthesizer) -> tuple[int, ProviderError | None]:
    """Return how many bytes of audio arrived, and the error that ended it."""
    heard = 0
    try:
        async with aclosing(synthesizer.synthesize(Utterance(TEXT, "en-US"))) as stream:
            async for event in stream:
                if isinstance(event, AudioChunk):
                    heard += len(event.audio)
    except ProviderError as error:
        return heard, error
    return heard, None


def spoken(*faults: str, **options: Any) -> tuple[int, ProviderError | None, int]:
    """Return the bytes of audio, the error and the number of requests; then check that speech works again."""

    async def scenario() -> tuple[int, ProviderError | None, int]:
        async with voice(**options) as (synthesizer, emulator):
            emulator.set_faults(faults)
            heard, error = await speech(synthesizer)
            asked = len(emulator.journal.find(what="ssml"))
            emulator.set_faults([])
            again, failure = await speech(synthesizer)
            assert failure is None, "the next utterance does not work"
            assert again > 48_000
            return heard, error, asked

    return asyncio.run(scenario())


def is_fit_to_read(error: ProviderError) -> bool:
    text = str(error)
    return (
        "\n" not in text
        and KEY not in text
        and "ws://" not in text
        and re.search(r"[0-9a-fA-F]{16}", text) is None
        and len(text) < 320
        and "; " in text
    )


@pytest.mark.parametrize(
    ("fault", "expected", "retryable"),
    [
        ("status=400", "check its name and that the region has it", False),
        ("status=403", "rejected the key", False),
        ("wrong-key", "copy `key` and `region` together", False),
        ("wrong-region", "belongs to another region", False),
        ("status=404", "check `region` and `endpoint`", True),
        ("status=500", "failed", True),
        ("status=502", "failed", True),
        ("status=429", "at its limit: tier F0 takes 20 requests a minute to speak", True),
        ("throttled=30", "at its limit", True),
        ("status=503", "is unavailable", True),
        ("drop@connect", "cannot be reached", True),
        ("hang@connect", "did not answer in time", True),
    ],
)
def test_a_connection_that_cannot_be_made_is_explained(fault: str, expected: str, retryable: bool) -> None:
    # The first connection is there already: it breaks, and the second is the one that cannot be made.
    heard, error, _ = spoken("tts:drop@startx1", f"tts:{fault}", **times(fault))
    assert error is not None
    assert expected in str(error)
    assert error.retryable is retryable
    assert is_fit_to_read(error)
    assert not heard


@pytest.mark.parametrize(
    ("fault", "expected", "retryable"),
    [
        ("drop@start", _BROKEN, True),
        ("drop@middle", _BROKEN, True),
        ("drop@end", _BROKEN, True),
        ("hang@start", "did not answer in time", True),
        ("hang@middle", "did not answer in time", True),
        ("hang@end", "did not answer in time", True),
        ("close=1000@start", _BROKEN, True),
        ("close=1000@middle", _BROKEN, True),
        ("close=1001@start", _BROKEN, True),
        ("close=1002@start", _BROKEN, True),
        ("close=1003@start", _BROKEN, True),
        ("close=1006@middle", _BROKEN, True),
        ("close=1007@start", "check its name and that the region has it", False),
        ("close=1007@middle", "check its name and that the region has it", False),
        ("close=1008@start", _BROKEN, True),
        ("close=1011@start", "failed", True),
        ("close=1011@middle", "failed", True),
        ("close=1013@start", "failed", True),
        ("close=4000@start", _BROKEN, True),
        ("close=4429@start", "at its limit", True),
        ("close=4429@middle", "at its limit", True),
    ],
)
def test_a_connection_that_breaks_is_explained(fault: str, expected: str, retryable: bool) -> None:
    heard, error, asked = spoken(f"tts:{fault}", **times(fault))
    before_any_sound = fault.endswith("@start")
    assert error is not None
    assert expected in str(error)
    assert error.retryable is retryable
    assert is_fit_to_read(error)
    assert (heard == 0) is before_any_sound
    # Nothing is said twice: what was heard in part is not asked for again.
    assert asked == (2 if retryable and before_any_sound else 1)


@pytest.mark.parametrize("fault", ["drop", "close=1000", "close=1011", "close=4429", "hang"])
def test_one_failure_before_the_first_sound_is_retried(fault: str) -> None:
    heard, error, asked = spoken(f"tts:{fault}@startx1", **times(fault))
    assert error is None
    assert heard > 48_000
    assert asked == 2


@pytest.mark.parametrize("fault", ["voice-not-here", "bad-ssml"])
def test_a_rejected_request_is_not_repeated(fault: str) -> None:
    heard, error, asked = spoken(fault)
    assert error is not None
    assert "check its name and that the region has it" in str(error)
    assert not error.retryable
    assert (heard, asked) == (0, 1)


@pytest.mark.parametrize("name", ["en-US-NobodyNeural", "en-US-Jasper:MAI-Voice-1"])
def test_a_voice_that_the_region_does_not_have_is_explained(name: str) -> None:
    async def scenario() -> None:
        async with voice(voice=name) as (synthesizer, emulator):
            _, error = await speech(synthesizer)
            assert error is not None
            assert "check its name and that the region has it" in str(error)
            (closed,) = emulator.journal.find(what="websocket close")
            assert closed.body == f"1007 Unsupported voice {name}."

    asyncio.run(scenario())


def test_a_mistyped_voice_that_the_service_rejects_gets_a_suggestion() -> None:
    async def scenario() -> None:
        async with voice(voice="en-US-AvaMultilingualNeurl") as (synthesizer, _):
            _, error = await speech(synthesizer)
            assert error is not None
            assert "en-US-AvaMultilingualNeurl (did you mean en-US-AvaMultilingualNeural" in str(error)

    asyncio.run(scenario())


def test_audio_that_arrives_in_bursts_is_complete() -> None:
    heard, error, _ = spoken("burst")
    assert error is None
    assert heard > 48_000


def test_a_service_that_goes_away_is_explained_until_it_returns() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, emulator):
            emulator.set_faults(["refused=0.5"])
            while (outcome := await speech(synthesizer))[1] is None:
                pass  # it is on its way out
            error = outcome[1]
            assert error is not None
            assert error.retryable
            assert is_fit_to_read(error)
            while (await speech(synthesizer))[1] is not None:
                pass

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("fault", "expected", "retryable"),
    [
        ("wrong-key", "rejected the key", False),
        ("status=503", "is unavailable", True),
        ("drop@connect", "cannot be reached", True),
        ("hang@connect", "did not answer in time", True),
    ],
)
def test_a_bot_whose_voice_cannot_connect_does_not_start(fault: str, expected: str, retryable: bool) -> None:
    async def scenario() -> ProviderError:
        async with Emulator(account=Account(speech_key=KEY), faults=[f"tts:{fault}"]) as emulator:
            with pytest.raises(ProviderError, match=expected) as caught:
                await synthesizer_for(emulator, **times(fault)).start()
            return caught.value

    error = asyncio.run(scenario())
    assert error.retryable is retryable
    assert is_fit_to_read(error)


def test_an_endpoint_that_nothing_listens_on_fails_at_start() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator:
            synthesizer = synthesizer_for(emulator)
        with pytest.raises(ProviderError, match="nothing is listening at") as caught:
            await synthesizer.start()
        assert caught.value.retryable

    asyncio.run(scenario())


def test_a_key_that_may_not_list_voices_is_explained() -> None:
    async def scenario() -> None:
        async with voice() as (synthesizer, emulator):
            emulator.set_faults(["tts:wrong-key"])
            with pytest.raises(ProviderError, match="rejected the key"):
                await synthesizer.voices()

    asyncio.run(scenario())
