"""Tokens and their text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from voicebot_local.recognition.text import vocabulary
from voicebot_local.recognition.text.vocabulary import Encoder, spoken, text_of


@pytest.fixture(scope="module")
def tokens() -> list[str]:
    from voicebot_local.recognition.model_files import bundled_folder

    folder = bundled_folder()
    assert folder is not None
    return vocabulary.read(folder)


@pytest.mark.parametrize(
    "text",
    [
        "turn on the living room lamp",
        "What's $3.50, Dr. Müller?",
        "日本語 and emoji 🙂",
        "a_b  c\n",
        "don't 1999",
    ],
)
def test_the_tokens_of_a_text_are_that_text(tokens: list[str], text: str) -> None:
    assert text_of(Encoder(tokens).tokens(text)) == text.strip()


def test_common_words_are_one_token_each(tokens: list[str]) -> None:
    assert Encoder(tokens).tokens(" turn on the living room") == ("Ġturn", "Ġon", "Ġthe", "Ġliving", "Ġroom")


def test_special_tokens_and_halves_of_characters_have_no_text() -> None:
    whole = ["<|en|>", "Ġcaf", "Ã", "©", "<|endoftext|>"]

    assert text_of(whole) == "café"
    assert text_of(whole[:3]) == "caf"


def test_an_english_model_knows_english_though_it_has_tokens_of_all_languages(tokens: list[str]) -> None:
    assert "<|de|>" in tokens
    assert spoken(tokens) == {"en"}


def test_a_multilingual_model_knows_the_languages_that_have_tokens(toy_vocabulary: list[str]) -> None:
    assert spoken(toy_vocabulary) == {"en", "de", "fr", "no", "zh", "yue"}


@pytest.mark.parametrize("text", ["{}", '["a", "b"]', '["<|startoftranscript|>", 1]', "["])
def test_another_file_is_not_taken_for_a_vocabulary(tmp_path: Path, text: str) -> None:
    (tmp_path / "vocabulary.json").write_text(text)

    with pytest.raises(ValueError, match=r"vocabulary|Expecting"):
        vocabulary.read(tmp_path)


def test_a_vocabulary_is_read_from_either_file(tmp_path: Path) -> None:
    tokens = ["a", "", "<|startoftranscript|>", "b"]
    (tmp_path / "vocabulary.json").write_text(json.dumps(tokens))
    assert vocabulary.read(tmp_path) == tokens
    (tmp_path / "vocabulary.txt").write_text("\n".join(tokens) + "\n")
    assert vocabulary.read(tmp_path) == tokens
    (tmp_path / "vocabulary.txt").unlink()
    (tmp_path / "vocabulary.json").unlink()
    with pytest.raises(FileNotFoundError):
        vocabulary.read(tmp_path)
