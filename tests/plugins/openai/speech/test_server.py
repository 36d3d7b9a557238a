"""The options of the voice and the recogniser: which server, and advice about it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions

LOCAL = {"base_url": "http://localhost:8000/v1", "model": "kokoro"}
OPENAI = {"model": "gpt-4o-mini-tts", "api_key": "sk-0123456789"}
AZURE = {"endpoint": "https://pirates.openai.azure.com/", "deployment": "tts", "api_key": "0123456789"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "`model` is missing"),
        ({"model": "tts-1"}, "needs a key: add `api_key: ${OPENAI_API_KEY}`, or set another `base_url`"),
        ({**LOCAL, "base_url": "localhost:8000"}, "must be an address such as http://localhost:8000/v1"),
        ({**LOCAL, "deployment": "x"}, "`deployment` is for Azure OpenAI, which needs an `endpoint`"),
        ({**LOCAL, "entra": True}, "`entra` is for Azure OpenAI, which needs an `endpoint`"),
        ({**LOCAL, "api_version": "2025-04-01-preview"}, "`api_version` is for Azure OpenAI"),
        ({**LOCAL, **AZURE}, "`endpoint` is for Azure OpenAI and `base_url` for others; leave one out"),
        ({**AZURE, "deployment": None}, "`deployment` is missing"),
        ({**AZURE, "api_key": None}, "Azure OpenAI needs an `api_key`, or `entra: true`"),
        ({**AZURE, "entra": True}, "`entra: true` needs no `api_key`"),
        ({**AZURE, "endpoint": "pirates"}, "must be an address such as https://NAME.openai.azure.com/"),
        ({**AZURE, "api_version": "2025-13-01"}, "is not a date such as 2024-10-21"),
        ({**LOCAL, "api_key": "schlüssel"}, "contains characters that a key cannot have"),
    ],
)
@pytest.mark.parametrize("kind", [OpenAISynthesizerOptions, OpenAIRecognizerOptions])
def test_a_server_that_is_not_complete_is_one_clear_error(kind, options, message):
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(options)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (OpenAISynthesizerOptions, {**OPENAI, "sample_rate": 22_050}, "speaks at 24000 Hz only"),
        (OpenAISynthesizerOptions, {**LOCAL, "speed": 5}, "less than or equal to 4"),
        (OpenAISynthesizerOptions, {**LOCAL, "voice": ""}, "at least 1 character"),
        (OpenAIRecognizerOptions, {**LOCAL, "mode": "live"}, "'auto', 'realtime' or 'upload'"),
        (
            OpenAIRecognizerOptions,
            {**OPENAI, "model": "gpt-live-transcribe", "mode": "upload"},
            "gpt-live-transcribe transcribes in real time only; write `mode: realtime`",
        ),
        *(
            (
                OpenAIRecognizerOptions,
                {**AZURE, "model": model, "mode": mode, "api_version": "2025-04-01-preview"},
                "Azure transcribes in real time over its v1 API only; leave `api_version` out",
            )
            for model, mode in (("gpt-live-transcribe", "auto"), ("gpt-4o-transcribe", "realtime"))
        ),
    ],
)
def test_values_that_cannot_work_are_refused(kind, options, message):
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(options)
    assert message in str(caught.value)


ADVICE = [
    (OpenAISynthesizerOptions, {**OPENAI, "model": "gpt-4o-mini"}, "gpt-4o-mini does not speak"),
    (OpenAISynthesizerOptions, {**OPENAI, "voice": "Aloy"}, "did you mean 'alloy'?"),
    (
        OpenAISynthesizerOptions,
        {**OPENAI, "model": "tts-1", "voice": "marin"},
        "'marin' is not a voice of tts-1",
    ),
    (OpenAISynthesizerOptions, {**OPENAI, "model": "tts-1", "instructions": "Arr"}, "ignores `instructions`"),
    (OpenAISynthesizerOptions, {**OPENAI, "api_key": "0123456789"}, "does not look like a key of OpenAI"),
    (OpenAISynthesizerOptions, {**AZURE, "deployment": "my tts"}, "`deployment` is not a valid name"),
    (
        OpenAISynthesizerOptions,
        {**AZURE, "endpoint": "https://api.openai.com/v1"},
        "use `base_url` and `model` instead of `endpoint`",
    ),
    (OpenAIRecognizerOptions, {**OPENAI, "model": "gpt-5.4-mini"}, "gpt-5.4-mini does not transcribe"),
    (
        OpenAIRecognizerOptions,
        {**AZURE, "deployment": "ears"},
        "set `model` to the name of the model deployed as ears",
    ),
    (OpenAIRecognizerOptions, {**OPENAI, "model": "whisper-1", "delay": "low"}, "`delay` has no effect"),
    (OpenAIRecognizerOptions, {**LOCAL, "noise_reduction": "near_field"}, "has no effect on uploads"),
]


@pytest.mark.parametrize(("kind", "options", "words"), ADVICE)
def test_advice_is_given_about_what_may_be_a_mistake(kind, options, words):
    found = [advice.message for advice in kind.model_validate(options).advice("en")]
    assert any(words in message for message in found), found


@pytest.mark.parametrize(
    ("options", "realtime"),
    [
        ({**OPENAI, "model": "gpt-live-transcribe"}, True),
        ({**OPENAI, "model": "gpt-4o-transcribe"}, True),
        ({**OPENAI, "model": "gpt-4o-transcribe", "mode": "upload"}, False),
        (AZURE, True),
        ({**AZURE, "deployment": "my-whisper"}, False),
        ({**AZURE, "model": "gpt-realtime-whisper"}, True),
        (LOCAL, False),
        ({**LOCAL, "mode": "realtime"}, True),
        ({**LOCAL, "model": "gpt-live-transcribe"}, True),
    ],
)
def test_sound_is_sent_in_real_time_where_that_is_usual(options, realtime):
    assert OpenAIRecognizerOptions.model_validate(options).is_realtime is realtime


def test_a_password_in_the_address_is_not_shown():
    options = OpenAISynthesizerOptions(model="x", base_url="http://me:hunter22@localhost:8000/v1")

    assert "hunter22" not in repr(options)
    assert options.address == "http://localhost:8000/v1"


def test_azure_with_a_version_transcribes_files():
    model = {**AZURE, "model": "gpt-4o-transcribe"}
    assert OpenAIRecognizerOptions.model_validate(model).is_realtime
    versioned = {**model, "api_version": "2025-04-01-preview"}
    assert not OpenAIRecognizerOptions.model_validate(versioned).is_realtime
