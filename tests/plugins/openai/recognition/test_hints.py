"""Languages and phrases are sent in the form that the model and the server accept."""

from __future__ import annotations

import pytest

from voicebot import Hints
from voicebot_openai.recognition.hints import hint_fields
from voicebot_openai.recognition.options import OpenAIRecognizerOptions

OPENAI = {"api_key": "sk-0123456789"}
LOCAL = {"base_url": "http://localhost:8000/v1"}


def fields(model, *, phrases=(), languages=(), server=OPENAI, **options):
    given = OpenAIRecognizerOptions.model_validate({"model": model, **server, **options})
    return hint_fields(given, Hints(phrases, languages))


@pytest.mark.parametrize("model", ["gpt-live-transcribe", "gpt-transcribe"])
def test_models_with_a_list_of_languages_get_one_language_as_a_list_too(model):
    assert fields(model, languages=("en-US",)) == {"languages": ["en"]}
    assert fields(model, languages=("en-US", "it-IT", "en-GB")) == {"languages": ["en", "it"]}


def test_other_models_get_one_language_or_none():
    assert fields("gpt-4o-transcribe", languages=("en-US", "en-GB")) == {"language": "en"}
    assert fields("gpt-4o-transcribe", languages=("en-US", "it-IT")) == {}


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        *(("nb-NO", "no"), ("nn-NO", "no"), ("fil-PH", "tl"), ("iw-IL", "he"), ("in-ID", "id")),
        *(("yue-Hant-HK", "zh"), ("cmn-Hans-CN", "zh"), ("PT-br", "pt")),
    ],
)
def test_a_language_is_named_as_the_service_names_it(tag, code):
    assert fields("gpt-4o-transcribe", languages=(tag,)) == {"language": code}
    assert fields("gpt-live-transcribe", languages=(tag,)) == {"languages": [code]}


def test_a_language_that_the_service_does_not_know_is_left_to_it_to_find_out():
    assert fields("gpt-4o-transcribe", languages=("gsw-CH",)) == {}
    assert fields("gpt-4o-transcribe", languages=("gsw-CH", "en-US")) == {}
    assert fields("gpt-live-transcribe", languages=("gsw-CH", "en-US")) == {}


def test_an_upload_to_another_server_may_name_languages_that_openai_does_not_know():
    assert fields("whisper", languages=("bn-BD",), server=LOCAL) == {"language": "bn"}
    assert fields("whisper", languages=("bn-BD",), server=LOCAL, mode="realtime") == {}


def test_keywords_have_no_characters_for_which_they_would_be_refused():
    phrases = ("<b>Captain</b>\r\nSmith", "<>", "aye aye", "aye<aye")
    assert fields("gpt-transcribe", phrases=phrases) == {
        "keywords": ["b Captain /b Smith", "aye aye"],
    }


def test_half_of_a_surrogate_pair_in_a_phrase_is_replaced():
    assert fields("gpt-transcribe", phrases=("aye\ud83d",)) == {"keywords": ["aye?"]}
    assert fields("whisper-1", phrases=("aye\ud83d",)) == {"prompt": "aye?"}
