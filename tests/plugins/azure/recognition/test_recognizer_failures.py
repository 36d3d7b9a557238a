"""Failures of Azure speech to text, as the real SDK reports them against the emulator."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicebot import FinalTranscript, Hints, ProviderError, Recognition, RecognitionEvent
from voicebot.config.schema import Settings, TurnOptions
from voicebot.events import ProviderFailed
from voicebot.testing import ScriptedChatModel, converse
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import LoudUser

Account = Callable[[Emulator], dict[str, Any]]
Sound = Callable[[float], bytes]
LINES = ("Hello there my friend.", "What is the weather like?", "Tell me a joke.")
RETRY = {"properties": {"SPEECH-Error-RetryDurationMS": "20"}}
QUICK = {"watchdog": 0.6, "connect_timeout": 0.3, **RETRY}
PATIENT = 30.0
"""Seconds for what fails by itself, however busy the machine is."""


def times(expected: str) -> dict[str, Any]:
    """Return quick timeouts where the message names one."""
    watchdog = QUICK["watchdog"] if "0.6 s" in expected else PATIENT
    connect_timeout = QUICK["connect_timeout"] if "0.3 s" in expected else PATIENT
    return {"watchdog": watchdog, "connect_timeout": connect_timeout, **RETRY}


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


@asynccontextmanager
async def listening(
    options: dict[str, Any],
) -> AsyncIterator[tuple[Recognition, AsyncIterator[RecognitionEvent]]]:
    recognizer = AzureRecognizer(AzureRecognizerOptions(**options))
    await recognizer.start()
    try:
        async with recognizer.listen(Hints(languages=("en-US",))) as recognition:
            yield recognition, aiter(recognition)
    finally:
        await recognizer.aclose()


async def finals(options: dict[str, Any], audio: bytes, count: int = 1) -> list[str]:
    """Send speech, commit it, and return the final."""
    outcomes: list[str] = []
    async with listening(options) as (recognition, events):
        for _ in range(count):
            await recognition.write(audio)
            await recognition.commit()
            async for event in events:
                if isinstance(event, FinalTranscript):
                    outcomes.append(event.text)
                    break
    return outcomes


def check_line(error: ProviderError, emulator: Emulator) -> None:
    text = str(error)
    assert text.startswith(f"Azure Speech at 127.0.0.1:{emulator.port} ")
    assert "; " in text, "what happened, then what to do"
    assert "\n" not in text
    assert len(text) < 260
    assert emulator.account.speech_key not in text
    assert "://" not in text
    assert not re.search(r"[0-9a-f]{16}", text), "no id of a session"
    assert "Exception" not in text


ROWS = [
    ("status=400", False, "rejected the request to recognise speech; check `languages`"),
    ("wrong-key", False, "rejected the key: it is wrong, disabled, or belongs to another region"),
    ("wrong-region", False, "copy `key` and `region` together"),
    ("status=403", False, "rejected the key"),
    ("status=404", True, "is not at this address; check `region` and `endpoint`"),
    ("status=408", True, "did not answer in time"),
    ("throttled", True, "F0 recognises 1 conversation at a time, S0 100"),
    ("status=500", True, "failed"),
    ("status=502", True, "failed"),
    ("status=503", True, "is unavailable; try again"),
    ("stt:drop@connect", True, "cannot be reached, or keeps closing the connection"),
    ("stt:hang@connect", True, "could not be reached within 0.3 s"),
    ("stt:drop@start", True, "cannot be reached, or keeps closing the connection"),
    ("stt:drop@middle", True, "cannot be reached, or keeps closing the connection"),
    ("stt:drop@end", True, "cannot be reached, or keeps closing the connection"),
    ("stt:close=1001@start", True, "keeps closing the connection"),
    ("stt:close=1002@middle", True, "keeps closing the connection"),
    ("stt:close=1003@middle", True, "keeps closing the connection"),
    ("stt:close=1006@middle", True, "keeps closing the connection"),
    ("stt:close=1007@start", False, "rejected the request to recognise speech"),
    ("stt:close=1008@end", True, "keeps closing the connection"),
    ("stt:close=1011@middle", True, "failed"),
    ("stt:close=1013@end", True, "failed"),
    ("stt:close=4000@start", True, "keeps closing the connection"),
    ("stt:close=4429@middle", True, "F0 recognises 1 conversation at a time"),
    ("stt:close=1000@middle", True, "0.6 s"),
    ("stt:hang@start", True, "has not responded for 0.6 s"),
    ("stt:hang@middle", True, "has not responded for 0.6 s"),
    ("stt:hang@end", True, "has not responded for 0.6 s"),
]


@pytest.mark.parametrize(("fault", "retryable", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_every_failure_is_one_line_with_a_remedy(
    fault: str, retryable: bool, expected: str, account: Account, hum: Sound
) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=LINES), faults=[fault]) as emulator:
            with pytest.raises(ProviderError) as caught:
                await finals({**account(emulator), **times(expected)}, hum(0.6))

            assert expected in str(caught.value)
            assert caught.value.retryable is retryable
            check_line(caught.value, emulator)

            emulator.faults.clear()
            assert await finals(account(emulator), hum(0.6)) == [LINES[0]], "the words are not lost"

    run(scenario())


@pytest.mark.parametrize(
    "fault",
    [
        "stt:drop@startx1",
        "stt:drop@middlex1",
        "stt:drop@endx1",
        "stt:close=1001@middlex1",
        "stt:close=1000@endx1",
        "stt:close=1011@middlex1",
    ],
)
def test_a_connection_that_is_lost_once_is_replaced_without_a_trace(
    fault: str, account: Account, hum: Sound
) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=LINES), faults=[fault]) as emulator:
            options = {**account(emulator), **RETRY}
            assert await finals(options, hum(0.6), 2) == list(LINES[:2])
            assert len(emulator.journal.find(service="stt", what="open")) == 2

    run(scenario())


def test_a_server_that_does_not_exist_is_named(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator() as emulator:
            options = account(emulator)
        with pytest.raises(ProviderError, match=r"nothing is listening at 127\.0\.0\.1:") as caught:
            await finals(options, hum(0.1))
        assert caught.value.retryable
        check_line(caught.value, emulator)

    run(scenario())


def test_a_server_that_accepts_but_never_answers_is_given_up_in_time(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            emulator = Emulator(port=mute.getsockname()[1])
            options = {**account(emulator), **QUICK}
            with pytest.raises(ProviderError, match=r"could not be reached within 0\.3 s"):
                await finals(options, hum(0.1))

    run(scenario())


def test_a_language_that_the_service_does_not_support_is_fatal(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=LINES)) as emulator:
            with pytest.raises(
                ProviderError, match=r"check `languages` \(full tags such as en-US\)"
            ) as caught:
                await finals({**account(emulator), "languages": ("mi-NZ",)}, hum(0.4))
            assert not caught.value.retryable

    run(scenario())


def test_a_property_that_the_service_rejects_is_fatal(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=LINES)) as emulator:
            properties = {"Speech_SegmentationMaximumTimeMs": "5000"}
            with pytest.raises(ProviderError, match="`properties`") as caught:
                await finals({**account(emulator), "properties": properties}, hum(0.4))
            assert not caught.value.retryable

    run(scenario())


def test_a_late_final_is_awaited(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=LINES), faults=["late-final=0.8x1"]) as emulator:
            assert await finals(account(emulator), hum(0.6), 2) == list(LINES[:2])

    run(scenario())


def test_a_service_that_is_always_too_late_gets_more_time(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=LINES), faults=["late-final=0.9"]) as emulator:
            recognizer = AzureRecognizer(AzureRecognizerOptions(**account(emulator), watchdog=0.7))
            await recognizer.start()
            outcomes = []
            for _ in range(2):
                try:
                    async with recognizer.listen(Hints()) as recognition:
                        await recognition.write(hum(0.6))
                        await recognition.commit()
                        outcomes += [e.text async for e in _until_final(recognition)]
                except ProviderError as error:
                    outcomes.append(f"{error.retryable}")
            await recognizer.aclose()

        assert outcomes == ["True", LINES[0]]

    run(scenario())


async def _until_final(recognition: Recognition) -> AsyncIterator[FinalTranscript]:
    async for event in recognition:
        if isinstance(event, FinalTranscript):
            yield event
            return


def test_closing_a_stream_does_not_wait_for_a_service_that_hangs(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES), faults=["stt:hang@start"]) as emulator,
            asyncio.timeout(PATIENT),
            listening({**account(emulator), "watchdog": 2 * PATIENT}) as (recognition, _),
        ):
            await recognition.write(hum(0.5))
            await recognition.commit()

    run(scenario())


@pytest.mark.parametrize("fault", ["stt:hang@startx1", "throttledx1", "stt:close=4429@endx1"])
def test_a_conversation_loses_no_word_when_recognition_breaks(fault: str, account: Account) -> None:
    async def scenario() -> None:
        chat = ScriptedChatModel(["Yes."], first_token=0.0)
        settings = Settings(turns=TurnOptions(patience=0.2))
        async with Emulator(Script(heard=LINES), faults=[fault]) as emulator:
            recognizer = AzureRecognizer(AzureRecognizerOptions(**{**account(emulator), **QUICK}))
            async with converse(recognizer=recognizer, chat=chat, settings=settings, user=LoudUser()) as user:
                for _ in range(2):
                    await user.says("anything", 0.6)
                    await user.is_answered()
                asked = [message.content for message in chat.requests[-1].messages if message.role == "user"]

            assert asked == list(LINES[:2])
            assert [type(event) for event in user.events].count(ProviderFailed) <= 2

    run(scenario())
