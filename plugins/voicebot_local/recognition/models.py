"""The store of Whisper models: the one that the extra brings along, and those in the hub's cache."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from voicebot import ModelStore, ProviderError, StoredModel, printable
from voicebot_local.recognition import hub, model_files
from voicebot_local.recognition.known_models import BUNDLED, BUNDLED_WITH, KNOWN, known, suggestion
from voicebot_local.recognition.text.languages import ENGLISH, tag_of

_PREFIX = "models--"


class WhisperModels(ModelStore):
    """Lists, fetches and removes Whisper models in CTranslate2's form.

    What other programs have fetched into the cache, such as those that use faster-whisper, is found there.
    """

    def models(self) -> Sequence[StoredModel]:
        """Return the models that are here, then those that can be fetched."""
        here = [*_bundled(), *_cached()]
        names = {model.name for model in here}
        absent = [
            StoredModel(one.name, ("en",) if one.english else (), one.size, license=one.license)
            for one in KNOWN.values()
            if one.name not in names
        ]
        return [*here, *absent]

    def fetch(self, name: str, progress: Callable[[int, int | None], None]) -> Path:
        """Download a model into the hub's cache, unless it is here, and return its folder.

        Raises:
            ProviderError: there is no such model, no network or no space, or what arrived is damaged.
        """
        repository = _repository(name)
        with suppress(ProviderError):  # it is not here, or not whole
            folder = model_files.find(name)
            model_files.check(folder)
            return folder
        folder = hub.fetch(repository, progress)
        model_files.check(folder)
        return folder

    def remove(self, name: str) -> None:
        """Delete a model from the hub's cache.

        Raises:
            ProviderError: there is no such model, it comes with a distribution, or it cannot be deleted.
        """
        repository = _repository(name)
        place = model_files.cache() / f"{_PREFIX}{repository.replace('/', '--')}"
        if not place.is_dir():
            one = known(name)
            if one is not None and one.name == BUNDLED and model_files.bundled_folder() is not None:
                raise ProviderError(
                    f"the Whisper model {BUNDLED} comes with {BUNDLED_WITH}; remove it with "
                    f"`pip uninstall {BUNDLED_WITH}`"
                )
            raise ProviderError(f"the Whisper model {printable(name)} is not on this machine")
        try:
            shutil.rmtree(place)
        except OSError as error:
            raise ProviderError(f"{printable(str(place))} cannot be deleted: {error.strerror}") from error


def _repository(name: str) -> str:
    one = known(name)
    if one is not None:
        return one.repository
    if model_files.is_repository(name):
        return name
    raise ProviderError(f"there is no Whisper model called '{printable(name)}'; {suggestion(name)}")


def _bundled() -> Iterable[StoredModel]:
    folder = model_files.bundled_folder()
    if folder is not None and folder.is_dir():
        size = _size(folder)
        yield StoredModel(BUNDLED, ("en",), size, folder, BUNDLED_WITH, KNOWN[BUNDLED].license)


def _cached() -> Iterable[StoredModel]:
    """Yield the whole Whisper models in the hub's cache, in the order of their names."""
    bundled = model_files.bundled_folder() is not None
    try:
        places = sorted(model_files.cache().glob(f"{_PREFIX}*"))
    except OSError as error:
        raise ProviderError(f"the cache of models cannot be read: {error}") from error
    for place in places:
        repository = place.name.removeprefix(_PREFIX).replace("--", "/", 1)
        folder = model_files.cached_folder(repository)
        if folder is None:
            continue
        one = known(repository)
        name = repository if one is None or (one.name == BUNDLED and bundled) else one.name
        try:
            model_files.check(folder)
            spoken = model_files.spoken(name, folder)
        except (ProviderError, OSError, ValueError):  # of another kind, or its download broke off
            continue
        tags = tuple(sorted(tag_of(code, ()) for code in spoken)) if spoken == ENGLISH else ()
        yield StoredModel(name, tags, _size(folder), folder, license=one.license if one else "")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
