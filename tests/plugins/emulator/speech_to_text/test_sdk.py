"""Azure's own SDK understands the emulated speech to text."""

from __future__ import annotations

import json
from typing import Any

import azure.cognitiveservices.speech as sdk

from voicebot_emulator.account import Account
from voicebot_emulator.script import Script
from voicebot_emulator.server import Emulator
from voicebot_emulator.testing import running

from .client import hum, silence


def recognizer(emulator: Emulator, audio: bytes) -> Any:
    config = sdk.SpeechConfig(
        subscription=emulator.account.speech_key, endpoint=emulator.environment["SPEECH_ENDPOINT"]
    )
    config.output_format = sdk.OutputFormat.Detailed
    stream = sdk.audio.PushAudioInputStream()
    stream.write(audio)
    stream.close()
    return sdk.SpeechRecognizer(config, sdk.audio.AudioConfig(stream=stream))


def test_the_sdk_recognises_a_single_utterance_and_another_on_the_same_connection() -> None:
    emulator = Emulator(Script(heard=("One.", "Two.")), account=Account(speech_key="k"))
    with running(emulator):
        recognizes = recognizer(emulator, hum(0.5) + silence(0.7) + hum(0.5) + silence(0.7))
        results = [recognizes.recognize_once_async().get() for _ in range(2)]

        messages = [(result.reason, json.loads(result.json)["NBest"][0]["Display"]) for result in results]
        del results, recognizes
    assert messages == [(sdk.ResultReason.RecognizedSpeech, text) for text in ("One.", "Two.")]
    assert len(emulator.journal.find(service="stt", what="open")) == 1


def test_the_sdk_reports_silence() -> None:
    emulator = Emulator(Script(heard=("One.",)), account=Account(speech_key="k"))
    with running(emulator):
        recognizes = recognizer(emulator, silence(6))
        result = recognizes.recognize_once_async().get()

        assert result.reason == sdk.ResultReason.NoMatch
        assert result.no_match_details.reason == sdk.NoMatchReason.InitialSilenceTimeout
        del result, recognizes
