"""The models of a provider that runs on this machine: which are here, and which can be fetched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path

from voicebot.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model or a voice, by the name that an option of its provider takes.

    `languages` are BCP 47 tags, empty for a model that knows too many to list. `size` is
    in bytes: on disk if the model is here, otherwise of the download; None if that is not known. `path` is
    where the model is, None if it is not here. `bundled_with` is the distribution that brings it, empty for a
    model that was fetched: only such a model can be removed. `license` is a short name, such as `MIT`, or
    empty.
    """

    name: str
    languages: tuple[str, ...] = ()
    size: int | None = None
    path: Path | None = None
    bundled_with: str = ""
    license: str = ""


class ModelStore(ABC):
    """The models that a provider can use, for `voicebot models`.

    A plugin registers the class together with its provider (`registry.add(..., models=...)`). It is made
    without arguments, imports heavy libraries only when it is used, and keeps what it fetches in the usual
    cache of the library that reads it. Its methods block, and are not called while a bot runs.
    """

    @abstractmethod
    def models(self) -> Sequence[StoredModel]:
        """Return the models that are here, then those that can be fetched; without using the network.

        Raises:
            ProviderError: the place where models are kept cannot be read.
        """

    @abstractmethod
    def fetch(self, name: str, progress: Callable[[int, int | None], None]) -> Path:
        """Download a model, unless it is here, and return where it is.

        The store may know more names than it lists. Whatever interrupts the download, such as Ctrl-C or an
        exception that `progress` raises, is passed on; nothing is left that could be taken for a complete
        model.

        Args:
            progress: called with the bytes so far, and all bytes or None if that is not known.

        Raises:
            ProviderError: there is no such model, no network or no space, or what arrived is damaged.
        """

    @abstractmethod
    def remove(self, name: str) -> None:
        """Delete a model that was fetched.

        Raises:
            ProviderError: there is no such model here, it comes with a distribution, or it cannot be deleted.
        """
