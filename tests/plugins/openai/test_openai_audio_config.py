"""The shipped `configs/openai-audio.yaml` fits a server of one's own, and openai.com."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from voicebot_openai.recognition.options import OpenAIRecognizerOptions
from voicebot_openai.synthesis.options import OpenAISynthesizerOptions

CONFIG = Path(__file__).parents[3] / "configs" / "openai-audio.yaml"


def options_of(**environ):
    text = CONFIG.read_text(encoding="utf-8")
    filled = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: environ.get(found[1], found[2]), text)
    config = yaml.safe_load(filled)
    recognizer, synthesizer = config["recognizer"], config["synthesizer"]
    assert recognizer.pop("provider") == "openai-stt"
    assert synthesizer.pop("provider") == "openai-tts"
    return (
        OpenAIRecognizerOptions.model_validate(recognizer),
        OpenAISynthesizerOptions.model_validate(synthesizer),
    )


def test_no_variable_is_needed_for_a_server_on_this_machine():
    for options in options_of():
        assert options.is_local
        assert not options.key
    assert not options_of()[0].is_realtime


def test_what_it_says_about_openai_works():
    comment = CONFIG.read_text(encoding="utf-8").partition("extends:")[0]
    values = dict(re.findall(r"#   (OPENAI_\w+)=(\S+)", comment))
    values["OPENAI_AUDIO_KEY"] = "sk-0123456789"

    recognizer, voice = options_of(**values)

    assert recognizer.is_realtime
    messages = [advice.message for options in (recognizer, voice) for advice in options.advice("en-US")]
    assert [message for message in messages if "down on" not in message] == []
