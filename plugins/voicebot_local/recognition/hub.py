"""Downloads from the Hugging Face hub, by its library, into its cache."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from voicebot import ProviderError, install_hint, printable
from voicebot_local.recognition.model_files import EXTRA, MODEL, cache

Progress = Callable[[int, int | None], None]
_WANTED = ("config.json", "preprocessor_config.json", "vocabulary.*", MODEL)
_TIMEOUT = 20.0
_ROOM = 10_000_000
"""Bytes that stay free on the disk."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


def fetch(repository: str, progress: Progress) -> Path:
    """Download the files of a model in a repository, and return the folder that they are in.

    A file appears in the cache when all of it has arrived; the model itself comes last. What `progress`
    raises ends the download, and is passed on.

    Args:
        progress: called with the bytes so far, and all bytes or None if that is not known.

    Raises:
        ProviderError: there is no such repository, no network or no space, or what arrived is damaged.
    """
    try:
        import huggingface_hub
    except ImportError as error:
        hint = install_hint("huggingface_hub", EXTRA)
        raise ProviderError(f"huggingface_hub, which fetches models, is not installed; {hint}") from error
    counter = _Counter(progress)
    endpoint = os.environ.get("HF_ENDPOINT") or None
    try:
        api = huggingface_hub.HfApi(endpoint=endpoint)
        about = api.model_info(repository, files_metadata=True, timeout=_TIMEOUT)
        files = [file for file in about.siblings or [] if any(fnmatch(file.rfilename, w) for w in _WANTED)]
        files.sort(key=lambda file: (file.rfilename == MODEL, file.rfilename))
        if not files or files[-1].rfilename != MODEL:
            raise ProviderError(
                f"{printable(repository)} holds no Whisper model in CTranslate2's form (no {MODEL})"
            )
        counter.total = sum(file.size or 0 for file in files) or None
        _check_space(repository, counter.total or 0)
        for file in files:
            path = Path(
                huggingface_hub.hf_hub_download(
                    repository,
                    file.rfilename,
                    revision="main",
                    cache_dir=cache(),
                    endpoint=endpoint,
                    tqdm_class=counter.bar(),
                )
            )
            counter.check()
            counter.arrived(file.size or 0)
            if file.lfs is not None:
                _check_sum(path, file.lfs.sha256)
    except ProviderError:
        raise
    except Exception as error:
        if error is counter.raised:
            raise
        raise failure(repository, error) from error
    return path.parent


class _Counter:
    """Counts the bytes of all files, for `progress`."""

    def __init__(self, progress: Progress) -> None:
        self.total: int | None = None
        self.raised: BaseException | None = None
        """What `progress` raised; the hub's library may call it from a thread that swallows that."""
        self._progress = progress
        self._before = self._of_file = 0

    def bar(self) -> type[_Bar]:
        """Return the class of the progress bar of the next file."""
        return type("Bar", (_Bar,), {"counter": self})

    def add(self, count: int) -> None:
        """Count some more bytes of a file."""
        self._of_file += count
        self._report()

    def arrived(self, size: int) -> None:
        """Count a file as complete, which may have been in the cache."""
        self._before += size
        self._of_file = 0
        self._report()

    def check(self) -> None:
        """Raise what `progress` raised."""
        if self.raised is not None:
            raise self.raised

    def _report(self) -> None:
        self.check()
        try:
            self._progress(self._before + self._of_file, self.total)
        except BaseException as error:
            self.raised = error
            raise


class _Bar:
    """What the hub's library needs of a progress bar."""

    counter: _Counter

    def __init__(self, *_: Any, total: int | None = None, initial: int = 0, **__: Any) -> None:
        self.total, self.n = total, initial
        if initial:
            self.counter.add(initial)

    def update(self, count: float | None = 1) -> None:
        """Count bytes on the disk."""
        self.counter.add(int(count or 0))

    def update_transfer(self, count: float | None = 1) -> None:
        """Ignore bytes on the network, which come in other numbers."""

    def set_postfix_str(self, *_: Any, **__: Any) -> None:
        """Show nothing."""

    set_transfer_postfix_str = set_description_str = set_description = refresh = set_postfix_str

    def close(self) -> None:
        """End."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _check_space(repository: str, needed: int) -> None:
    place = cache()
    there = next(path for path in (place, *place.parents) if path.exists())
    free = shutil.disk_usage(there).free
    if free < needed + _ROOM:
        raise _no_space(repository, f"it needs {needed / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free")


def _check_sum(path: Path, wanted: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted:
        path.resolve().unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise ProviderError(f"{path.name} arrived damaged (wrong SHA-256) and was deleted; fetch it again")


def _no_space(repository: str, why: str) -> ProviderError:
    return ProviderError(
        f"there is no space for {printable(repository)} in {printable(str(cache()))}: {why}; delete "
        "something, or set HF_HUB_CACHE to a folder on another disk"
    )


def failure(repository: str, error: Exception) -> ProviderError:
    """Return the error of a download, with what to do."""
    from huggingface_hub import errors

    shown = printable(repository)
    reason = printable(str(error).strip().partition("\n")[0][:200]) or type(error).__name__
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _FULL:
            return _no_space(repository, "the disk is full")
    match error:
        case errors.GatedRepoError():
            return ProviderError(
                f"{shown} is for users who accepted its terms: do so at huggingface.co, and set HF_TOKEN"
            )
        case errors.RepositoryNotFoundError() | errors.HFValidationError():
            return ProviderError(f"there is no public repository {shown} on the Hugging Face hub")
        case errors.OfflineModeIsEnabled():
            return ProviderError(f"{shown} cannot be fetched while HF_HUB_OFFLINE is set; unset it")
        case errors.HfHubHTTPError():
            return ProviderError(f"the Hugging Face hub refused {shown}: {reason}", retryable=True)
        case PermissionError():
            return ProviderError(f"{shown} cannot be stored: {reason}; set HF_HUB_CACHE to a folder of yours")
        case OSError(errno=int()) if error.filename is not None:
            return ProviderError(f"{shown} cannot be stored: {reason}")
    return ProviderError(
        f"{shown} cannot be fetched: {reason}; check the network, or copy the model's folder from another "
        "machine and set `model` to it",
        retryable=True,
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
