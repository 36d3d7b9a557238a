"""The emulated speech to text serves turns as the service does."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from voicebot_emulator.latency import Latency
from voicebot_emulator.script import Heard, Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.usp import TICKS

from .client import ADDRESS, COMMITTING, CONTEXT, connected, hum, run, silence


def test_a_turn_has_the_messages_of_the_service() -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("Hello you.",))) as emulator, connected(emulator) as client:
            await client.begin()
            await client.sound(silence(0.2) + hum(0.4) + silence(0.6))
            await client.sound(b"")
            told = await client.hear("turn.end")

        assert [path for path, _ in told] == [
            "turn.start",
            "speech.startdetected",
            "speech.hypothesis",
            "speech.hypothesis",
            "speech.phrase",
            "speech.enddetected",
            "speech.phrase",
            "turn.end",
        ]
        assert told[0][1]["context"]["serviceTag"]
        assert told[1][1] == {"Offset": 0.2 * TICKS}
        assert [told[at][1]["Text"] for at in (2, 3)] == ["Hello", "Hello you."]
        assert (
            told[4][1].items()
            >= {
                "RecognitionStatus": "Success",
                "DisplayText": "Hello you.",
                "Offset": 0.2 * TICKS,
                "Duration": 0.4 * TICKS,
                "Channel": 0,
            }.items()
        )
        assert told[6][1]["RecognitionStatus"] == "EndOfDictation"

    run(scenario())


def test_a_commit_ends_the_open_segment_and_its_final_names_the_token() -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("One.", "Two."))) as emulator, connected(emulator) as client:
            await client.begin()
            await client.sound(hum(0.3))
            await client.commit(7)
            first = await client.phrase()
            await client.commit(8)
            nothing = await client.phrase()
            await client.sound(hum(0.3))
            await client.commit(9)
            second = await client.phrase()

        assert (first["DisplayText"], second["DisplayText"]) == ("One.", "Two.")
        assert (nothing["RecognitionStatus"], nothing["Duration"]) == ("NoMatch", 0)
        tokens = [body["clientAudioMetadata"]["X-Client-Commit-Token"] for body in (first, nothing, second)]
        assert tokens == ["7", "8", "9"]

    run(scenario())


@pytest.mark.parametrize(
    ("address", "known"),
    [(ADDRESS, True), (f"{ADDRESS}?setfeature=multichannel2", True), (COMMITTING, False)],
    ids=["not asked for", "another feature", "not there"],
)
def test_a_commit_is_ignored_without_its_feature_and_silence_ends_the_segment(
    address: str, *, known: bool
) -> None:
    async def scenario() -> None:
        async with (
            Emulator(Script(heard=("One.",), commits=known)) as emulator,
            connected(emulator, address) as client,
        ):
            await client.begin()
            await client.sound(hum(0.3))
            await client.commit(7)
            await client.sound(silence(0.5))
            phrase = await client.phrase()

        assert phrase["DisplayText"] == "One."
        assert phrase["Offset"] + phrase["Duration"] == 0.3 * TICKS
        assert "clientAudioMetadata" not in phrase

    run(scenario())


def test_a_line_whose_transcript_was_never_sent_is_used_again() -> None:
    async def scenario() -> None:
        async with Emulator(Script(heard=("One.", "Two."))) as emulator:
            async with connected(emulator) as client:
                await client.begin()
                await client.sound(hum(0.3))
                await client.hear("speech.hypothesis")
            told = []
            async with connected(emulator) as client:
                await client.begin({**CONTEXT, "continuation": {"previousServiceTag": "x"}})
                for token in (1, 2):
                    await client.sound(hum(0.3))
                    await client.commit(token)
                    told.append((await client.phrase())["DisplayText"])
        assert told == ["One.", "Two."]

    run(scenario())


def test_a_final_is_delayed_by_script_latency_and_faults() -> None:
    async def scenario() -> None:
        script = Script(heard=(Heard(text="Hello.", final_after=0.1),))
        latency = Latency("published", seed=1)
        drawn = Latency("published", seed=1).draw("stt.final")
        async with (
            Emulator(script, latency=latency, faults=["late-final=0.2"]) as emulator,
            connected(emulator) as client,
        ):
            await client.begin()
            await client.sound(hum(0.3))
            await client.commit(1)
            await client.phrase()
            journal = emulator.journal

            asked = journal.find(what="audio.commit")[0].at
            told = journal.find(what="speech.phrase")[0].at
        assert told - asked >= 0.3 + drawn - 0.01

    run(scenario())


def test_detailed_results_have_their_words_with_times() -> None:
    async def scenario() -> None:
        context = {
            **CONTEXT,
            "phraseOutput": {"format": "Detailed", "detailed": {"options": ["WordTimings"]}},
        }
        async with Emulator(Script(heard=("Hello you.",))) as emulator, connected(emulator) as client:
            await client.begin(context)
            await client.sound(hum(0.4))
            await client.commit(1)
            (best,) = (await client.phrase())["NBest"]

        assert (best["Display"], best["Lexical"]) == ("Hello you.", "hello you")
        assert [(word["Word"], word["Offset"] / TICKS) for word in best["Words"]] == [
            ("hello", 0.0),
            ("you", 0.2),
        ]

    run(scenario())


@pytest.mark.parametrize(
    ("path", "language"),
    [("conversation", "en-US"), ("dictation", "de-DE")],
)
def test_clients_of_a_container_put_their_request_into_the_address(path: str, language: str) -> None:
    async def scenario() -> None:
        query = f"language={language}&format=detailed&setfeature=forcecommit"
        address = f"/speech/recognition/{path}/cognitiveservices/v1?{query}"
        async with Emulator(Script(heard=("Hello.",))) as emulator, connected(emulator, address) as client:
            await client.begin({})
            await client.sound(hum(0.3))
            await client.commit(1)
            assert (await client.phrase())["NBest"][0]["Display"] == "Hello."

    run(scenario())


def test_a_request_without_an_upgrade_gets_an_error_that_mentions_websockets() -> None:
    async def scenario() -> None:
        async with Emulator() as emulator, ClientSession() as session:
            headers = {"Ocp-Apim-Subscription-Key": emulator.account.speech_key}
            address = f"http://127.0.0.1:{emulator.port}/stt/speech/universal/v2"
            async with session.get(address, headers=headers) as response:
                assert response.status == 400

    run(scenario())
