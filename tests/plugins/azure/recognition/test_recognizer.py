"""The recogniser `azure-stt`: the real Speech SDK, over a real socket, against the emulator."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest

from voicebot import FinalTranscript, Hints, PartialTranscript, Recognition, RecognitionEvent, SpeechStarted
from voicebot.config.schema import Settings, TurnOptions
from voicebot.testing import ScriptedChatModel, converse
from voicebot_azure.recognition.options import AzureRecognizerOptions
from voicebot_azure.recognition.recognizer import AzureRecognizer
from voicebot_emulator.script import Heard, Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import LoudUser
from voicebot_emulator.usp import TICKS

Account = Callable[[Emulator], dict[str, Any]]
Sound = Callable[[float], bytes]
LINES = ("Hello there my friend.", "What is the weather like?", "Tell me a joke.")


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


@asynccontextmanager
async def listening(
    options: dict[str, Any], hints: Hints | None = None
) -> AsyncIterator[tuple[Recognition, AsyncIterator[RecognitionEvent]]]:
    recognizer = AzureRecognizer(AzureRecognizerOptions(**options))
    await recognizer.start()
    try:
        async with recognizer.listen(hints or Hints(languages=("en-US",))) as recognition:
            yield recognition, aiter(recognition)
    finally:
        await recognizer.aclose()


async def final(events: AsyncIterator[RecognitionEvent]) -> FinalTranscript:
    async for event in events:
        if isinstance(event, FinalTranscript):
            return event
    raise AssertionError("there was no final")


def context(emulator: Emulator) -> Any:
    return json.loads(emulator.journal.find(what="speech.context")[-1].body)


def test_each_commit_is_answered_with_one_final_and_partials_come_before(
    account: Account, hum: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            received: list[list[RecognitionEvent]] = []
            for _ in range(2):
                await recognition.write(silence(0.1) + hum(0.8) + silence(0.2))
                await recognition.commit()
                received.append([])
                while not any(isinstance(event, FinalTranscript) for event in received[-1]):
                    received[-1].append(await anext(events))
            await recognition.finish()
            rest = [event async for event in events]

        assert received[0] == [
            SpeechStarted(),
            PartialTranscript("Hello"),
            PartialTranscript("Hello there"),
            PartialTranscript("Hello there my"),
            PartialTranscript("Hello there my friend."),
            FinalTranscript("Hello there my friend."),
        ]
        assert received[1][-1] == FinalTranscript("What is the weather like?")
        assert rest == []

    run(scenario())


def test_it_is_connected_before_anything_is_said(account: Account) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=LINES)) as emulator, listening(account(emulator)):
            assert len(emulator.journal.find(service="stt", what="open")) == 1
            assert emulator.journal.find(what="audio") == []

    run(scenario())


def test_audio_is_sent_in_frames_of_20_ms(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            await recognition.write(hum(0.5))
            await recognition.commit()
            await final(events)
            sizes = {entry.size for entry in emulator.journal.find(what="audio")}

        assert sizes == {44, 640}, "a header, and frames"

    run(scenario())


def test_a_commit_in_silence_is_answered_with_an_empty_final(account: Account, silence: Sound) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            await recognition.write(silence(0.4))
            await recognition.commit()

            assert await final(events) == FinalTranscript("")

    run(scenario())


def test_commits_in_quick_succession_are_answered_one_by_one(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            await recognition.write(hum(0.4))
            for _ in range(3):
                await recognition.commit()

            assert [(await final(events)).text for _ in range(3)] == [LINES[0], "", ""]
            assert len(emulator.journal.find(what="audio.commit")) == 3

    run(scenario())


def test_segments_that_the_service_ends_itself_are_joined_by_the_commit(
    account: Account, hum: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            await recognition.write(hum(0.5) + silence(0.7) + hum(0.5) + silence(0.2))
            await recognition.commit()

            assert await final(events) == FinalTranscript(f"{LINES[0]} {LINES[1]}")
            assert len(emulator.journal.find(what="speech.phrase")) == 2

    run(scenario())


def test_without_support_for_commits_the_silence_after_speech_answers(
    account: Account, hum: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES, commits=False)) as emulator,
            listening({**account(emulator), "segmentation_silence": 0.3}) as (recognition, events),
        ):
            for line in LINES[:2]:
                await recognition.write(hum(0.5) + silence(0.1))
                await recognition.commit()
                await recognition.write(silence(0.4))

                assert await final(events) == FinalTranscript(line)
            assert len(emulator.journal.find(what="audio.commit")) == 2
            confirmed = [
                entry for entry in emulator.journal.find(what="speech.phrase") if "Token" in entry.body
            ]

        assert confirmed == []

    run(scenario())


def test_with_commit_off_the_silence_after_speech_answers(
    account: Account, hum: Sound, silence: Sound
) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening({**account(emulator), "commit": "off", "segmentation_silence": 0.3}) as listened,
        ):
            recognition, events = listened
            for line in LINES[:2]:
                await recognition.write(hum(0.5) + silence(0.1))
                await recognition.commit()
                await recognition.write(silence(0.4))

                assert await final(events) == FinalTranscript(line)
            assert emulator.journal.find(what="audio.commit") == []
            assert "forcecommit" not in emulator.journal.find(what="open")[0].body

    run(scenario())


def test_the_last_words_are_recognised_at_the_end_of_the_audio(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            await recognition.write(hum(0.5))
            await recognition.finish()

            finals = [event async for event in events if isinstance(event, FinalTranscript)]
        assert finals == [FinalTranscript(LINES[0])]

    run(scenario())


def test_an_end_before_any_audio_ends_the_stream(account: Account) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            await recognition.finish()
            await recognition.finish()

            assert [event async for event in events] == []

    run(scenario())


@pytest.mark.parametrize("text", ["word " * 700 + "end", "x" + "ä" * 1_400, "語" * 680])
def test_finals_longer_than_the_sdks_text_are_complete(text: str, account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        heard = Heard(text=text)
        async with (
            Emulator(Script(heard=(heard,))) as emulator,
            listening(account(emulator)) as (recognition, events),
        ):
            await recognition.write(hum(0.4))
            await recognition.commit()

            assert (await final(events)).text == text

    run(scenario())


def test_a_final_names_the_detected_language(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        script = Script(heard=(Heard(text="Guten Tag.", language="de-DE"), Heard(text="Hello.")))
        options = {"languages": ("en-US", "de-DE", "fr-FR")}
        async with (
            Emulator(script) as emulator,
            listening({**account(emulator), **options}) as (recognition, events),
        ):
            received = []
            for _ in range(2):
                await recognition.write(hum(0.4))
                await recognition.commit()
                received.append(await final(events))
            asked = context(emulator)["languageId"]

        assert received == [FinalTranscript("Guten Tag.", "de-DE"), FinalTranscript("Hello.", "en-US")]
        assert asked["languages"] == ["en-US", "de-DE", "fr-FR"]
        assert asked["mode"] == "DetectAtAudioStart"

    run(scenario())


def test_of_a_conversations_languages_as_many_are_expected_as_the_service_can_tell_apart(
    account: Account, hum: Sound
) -> None:
    async def scenario() -> None:
        hints = Hints(languages=("de", "en-GB", "fr", "it", "es"))
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator), hints) as (recognition, events),
        ):
            await recognition.write(hum(0.4))
            await recognition.commit()
            await final(events)
            asked = context(emulator)["languageId"]

        assert asked["languages"] == ["de-DE", "en-GB", "fr-FR", "it-IT"]

    run(scenario())


def test_the_conversations_language_is_used_where_none_is_configured(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        hints = Hints(languages=("de",))
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator), hints) as (recognition, events),
        ):
            await recognition.write(hum(0.4))
            await recognition.commit()
            await final(events)

            asked = context(emulator)["phraseDetection"]
        segmentation = asked["CONVERSATION"]["segmentation"]
        assert asked["language"] == "de-DE"
        assert segmentation["segmentationForcedTimeoutMs"] == 30_000, "no final is too long for the SDK"

    run(scenario())


def test_options_reach_the_service(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        options = {
            "languages": ("en-GB", "de-DE"),
            "language_id": "continuous",
            "phrase_weight": 1.5,
            "profanity": "removed",
            "segmentation_silence": 0.3,
            "segmentation_maximum": 25,
            "start_sensitivity": "high",
            "properties": {
                "SpeechServiceConnection_InitialSilenceTimeoutMs": "4000",
                "Speech_SegmentationSilenceTimeoutMs": "350",
            },
        }
        hints = Hints(("Contoso", " ", "Contoso", "Fabrikam"), ("en-US",))
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening({**account(emulator), **options}, hints) as (recognition, events),
        ):
            await recognition.write(hum(0.4))
            await recognition.commit()
            await final(events)
            asked, address = context(emulator), emulator.journal.find(what="open")[0].body

        detection = asked["phraseDetection"]
        assert "setfeature=forcecommit" in address
        assert asked["languageId"]["mode"] == "DetectContinuous"
        assert asked["dgi"]["Groups"][0]["Items"] == [{"Text": "Contoso"}, {"Text": "Fabrikam"}]
        assert asked["dgi"]["bias"] == 1.5
        assert detection["enrichment"]["profanity"].lower() == "removed"
        assert detection["CONVERSATION"]["segmentation"]["segmentationSilenceTimeoutMs"] == 350
        assert detection["CONVERSATION"]["segmentation"]["segmentationForcedTimeoutMs"] == 25_000
        assert detection["initialSilenceTimeout"] == 4_000
        assert detection["voiceOnsetSensitivity"].lower() == "high"

    run(scenario())


def test_a_custom_model_is_requested_by_its_id(account: Account) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening({**account(emulator), "endpoint_id": "1234-abcd"}),
        ):
            assert "cid=1234-abcd" in emulator.journal.find(what="open")[0].body

    run(scenario())


def test_no_more_phrases_are_sent_than_the_service_accepts(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        hints = Hints(tuple(f"phrase {number}" for number in range(600)), ("en-US",))
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening(account(emulator), hints) as (recognition, events),
        ):
            await recognition.write(hum(0.4))
            await recognition.commit()

            assert await final(events) == FinalTranscript(LINES[0])
            assert len(context(emulator)["dgi"]["Groups"][0]["Items"]) == 500

    run(scenario())


def test_a_container_is_reached_at_its_own_path(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=LINES)) as emulator,
            listening({**account(emulator), "container": True}) as (recognition, events),
        ):
            await recognition.write(hum(0.4))
            await recognition.commit()

            assert await final(events) == FinalTranscript(LINES[0])
            address = emulator.journal.find(what="open")[0].body
            assert address.startswith("/speech/recognition/conversation/cognitiveservices/v1?")

    run(scenario())


def test_a_minute_of_silence_is_not_a_problem(account: Account, hum: Sound, silence: Sound) -> None:
    async def scenario() -> None:
        options = {**account(emulator := Emulator(Script(heard=LINES))), "watchdog": 3.0}
        async with emulator:
            options.update(account(emulator))
            # The SDK sends what is more than five seconds ahead at twice the speed of speech
            options["properties"] = {"SPEECH-TransmitLengthBeforThrottleMs": "60000"}
            async with listening(options) as (recognition, events):
                for _ in range(40):
                    await recognition.write(silence(1))
                while len(emulator.journal.find(what="speech.phrase")) < 2:  # noqa: ASYNC110 - no event tells
                    await asyncio.sleep(0.01)
                await recognition.write(hum(0.5))
                await recognition.commit()

                heard = await final(events)
                while not heard.text:  # the service has sound of many seconds to go through before the words
                    heard = await final(events)
                assert heard == FinalTranscript(LINES[0])
                received = [json.loads(entry.body) for entry in emulator.journal.find(what="speech.phrase")]
        assert [body["RecognitionStatus"] for body in received] == [
            "InitialSilenceTimeout",
            "InitialSilenceTimeout",
            "Success",
        ]
        assert received[1]["Offset"] == 15 * TICKS

    run(scenario())


def test_without_voice_activity_detection_the_conversation_follows_the_service(account: Account) -> None:
    async def scenario() -> None:
        chat = ScriptedChatModel(["Yes."], first_token=0.0)
        settings = Settings(turns=TurnOptions(patience=1.5))
        async with Emulator(Script(heard=LINES)) as emulator:
            options = {**account(emulator), "segmentation_silence": 0.2}
            recognizer = AzureRecognizer(AzureRecognizerOptions(**options))
            async with converse(
                recognizer=recognizer, chat=chat, voice_activity=None, settings=settings, user=LoudUser()
            ) as user:
                await user.says("anything", 0.4)
                await user.waits(0.3)
                await user.says("anything", 0.4)
                await user.is_answered()

        request = chat.requests[-1]  # the first words may have been prepared for, in silence
        assert [message.content for message in request.messages] == [f"{LINES[0]} {LINES[1]}"]

    run(scenario())


def test_two_conversations_listen_at_the_same_time(account: Account, hum: Sound) -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=(LINES[0],))) as emulator:
            recognizer = AzureRecognizer(AzureRecognizerOptions(**account(emulator)))
            await recognizer.start()
            async with (
                recognizer.listen(Hints()) as one,
                recognizer.listen(Hints()) as other,
            ):
                for recognition in (one, other):
                    await recognition.write(hum(0.4))
                    await recognition.commit()
                received = await asyncio.gather(final(aiter(one)), final(aiter(other)))
            await recognizer.aclose()
            await recognizer.aclose()

        assert received == [FinalTranscript(LINES[0])] * 2

    run(scenario())
