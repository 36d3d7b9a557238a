"""Files of options that are no configs are read like configs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from voicebot import Choice, ConfigError, Options, Synthesizer, load_options


class Recipe(Options):
    """What a file may hold."""

    title: str
    book: Path = Path("none")
    servings: int = 2
    voice: Choice[Synthesizer[Any]] | None = None


def load(path: Path) -> Recipe:
    return load_options(path, Recipe, name="the recipe")


def test_options_are_read_with_variables_paths_and_providers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISH", "soup")
    path = tmp_path / "recipe.yaml"
    path.write_text("title: fish ${DISH}\nbook: more/book.txt\nvoice: {provider: espeak, rate: 140}\n")

    found = load(path)

    assert (found.title, found.servings) == ("fish soup", 2)
    assert found.book == tmp_path / "more" / "book.txt"
    assert found.voice is not None
    assert found.voice.name == "espeak"


def test_all_mistakes_are_reported_with_their_places(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("titel: a\nservings: many\nvoice: {provider: espeek}\nbook: ${NOBODY_HAS_THIS}\n")

    with pytest.raises(ConfigError) as error:
        load(path)

    assert [str(problem).removeprefix(f"{path}:") for problem in error.value.problems] == [
        "1:1: unknown option 'titel' of the recipe; did you mean 'title'?",
        "2:11: servings must be a whole number, not 'many'",
        "3:19: " + next(p.message for p in error.value.problems if p.line == 3),
        "4:7: the variable NOBODY_HAS_THIS is not set; set it in the environment or in a .env file",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: the file is empty"),
        ("- a\n", "1:1: the recipe must be a mapping of 'key: value' lines"),
        (None, " no such file"),
    ],
)
def test_a_file_without_options(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "recipe.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ConfigError) as error:
        load(path)
    (problem,) = error.value.problems
    assert str(problem).startswith(f"{path}:{message}")


def test_what_is_only_a_warning_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("title: soup\nvoice: {provider: azure-tts, key: abcdef0123, region: westeurope}\n")
    assert load(path).title == "soup"
    assert [record.getMessage() for record in caplog.records] == [
        f"{path}:2:35: key is a secret in plain text; put it in the environment or a .env file, and write "
        "${NAME} here"
    ]
