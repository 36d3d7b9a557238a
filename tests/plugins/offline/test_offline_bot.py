"""configs/offline.yaml, the bot that shows what this plugin can do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from voicebot import ChatRequest, Message
from voicebot_offline.chat.model import ScriptChat, ScriptOptions
from voicebot_offline.recognition.decoder import pronunciations_of
from voicebot_offline.recognition.recognizer import PocketsphinxOptions
from voicebot_offline.synthesis.synthesizer import EspeakOptions
from voicebot_offline.words import words_of

CONFIG = Path(__file__).parents[3] / "configs" / "offline.yaml"
GENERAL: Any = {"vocabulary": "auto", "acoustic_model": None, "dictionary": None, "language_model": None}


@pytest.fixture(scope="module")
def sections() -> dict[str, Any]:
    content = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return {
        name: {key: value for key, value in section.items() if key != "provider"}
        for name, section in content.items()
        if isinstance(section, dict)
    }


@pytest.fixture(scope="module")
def pirate(sections: dict[str, Any]) -> ScriptChat:
    return ScriptChat(ScriptOptions(**sections["chat"]))


def ask(pirate: ScriptChat, *said: str) -> list[str]:
    messages: list[Message] = []
    answers = []
    for text in said:
        messages.append(Message("user", text))
        answers.append(pirate.answer(ChatRequest(tuple(messages))))
        messages.append(Message("assistant", answers[-1]))
    return answers


def test_every_section_is_valid(sections: dict[str, Any]) -> None:
    PocketsphinxOptions(**sections["recognizer"])
    EspeakOptions(**sections["synthesizer"])
    ScriptOptions(**sections["chat"])


def test_every_phrase_is_answered_by_the_rule_it_comes_from(pirate: ScriptChat) -> None:
    for rule in pirate.options.rules:
        alone = ScriptChat(ScriptOptions(rules=(rule,), default=("Nothing.",)))
        for phrase in alone.phrases:
            [answer] = ask(alone, phrase)
            assert ask(pirate, phrase) == [answer], phrase


def test_every_word_of_its_phrases_can_be_recognised(pirate: ScriptChat) -> None:
    words = {word for phrase in pirate.phrases for word in words_of(phrase)}
    assert words - pronunciations_of(words, GENERAL).keys() == set()


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("what's the weather like", "knee"),
        ("what is the weather in paris", "Paris"),
        ("turn on the living room lamp", "candle"),
        ("go forward ten meters", "Ten meters"),
        ("What is your name?", "Flint"),
        ("where is the treasure", "palm"),
    ],
)
def test_it_knows_what_to_say_to(pirate: ScriptChat, said: str, answered: str) -> None:
    assert answered in ask(pirate, said)[0]


def test_every_joke_is_told_once_before_one_is_repeated(pirate: ScriptChat) -> None:
    told = ask(pirate, *["tell me a joke", "another joke"] * 3)
    assert len(set(told)) == 6


def test_it_remembers_a_name(pirate: ScriptChat) -> None:
    assert "Ferdinand" in ask(pirate, "my name is Ferdinand", "tell me a joke", "what's my name")[2]
