"""The model stores that plugins register with their providers, and the models that a user names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicebot.cli.output.name_conflicts import warn_of_conflicts
from voicebot.dataclass import dataclass

if TYPE_CHECKING:
    from voicebot.interfaces import ModelStore, StoredModel
    from voicebot.plugin.registration import Registration


@dataclass(frozen=True, slots=True)
class ProviderModel:
    """A model, with the provider that can use it and the store that keeps it."""

    provider: Registration
    store: ModelStore
    model: StoredModel
    listed: bool = True
    """Whether the store lists it; if not, only the store can say whether there is such a model."""

    @property
    def name(self) -> str:
        """Its name on the command line, `PROVIDER/NAME`."""
        return f"{self.provider.name}/{self.model.name}"

    @property
    def place(self) -> str:
        """Where it is, from the home folder if it is in it, and which package brought it; else empty."""
        path = self.model.path
        if path is None:
            return ""
        home = Path.home()
        text = f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
        return text + (f" (from {self.model.bundled_with})" if self.model.bundled_with else "")


@dataclass(frozen=True, slots=True)
class ProviderStore:
    """The store of a provider, with the models that it lists."""

    provider: Registration
    store: ModelStore
    models: tuple[ProviderModel, ...]


def read_stores() -> tuple[list[ProviderStore], list[str]]:
    """Return the stores of all providers, and why some cannot be read, which does not affect the others."""
    from voicebot.errors import VoicebotError
    from voicebot.plugin.manager import installed_plugins

    found: list[ProviderStore] = []
    failures: list[str] = []
    for registration in installed_plugins().registry:
        try:
            make = registration.model_store
            if make is None:
                continue
            warn_of_conflicts(registration.kind, registration.name)
            with errors_of_store(registration):
                store = make()
                models = tuple(ProviderModel(registration, store, model) for model in store.models())
        except (VoicebotError, OSError) as error:
            failures.append(f"{registration.name}: {error}")
        else:
            found.append(ProviderStore(registration, store, models))
    return found, failures


def find(name: str, stores: Sequence[ProviderStore]) -> ProviderModel:
    """Return the model that a user means by `PROVIDER/NAME`, or by `NAME` if that is clear.

    A store may know more models than it lists, so that after `PROVIDER/` every name is accepted.

    Raises:
        click.UsageError: no model has that name, or several have.
    """
    from voicebot.interfaces import StoredModel

    everything = [model for store in stores for model in store.models]
    named = [model for model in everything if name in (model.name, model.model.name)]
    if len(named) > 1:
        named = [model for model in named if model.name == name] or named
    if len(named) > 1:
        owners = ", ".join(dict.fromkeys(f"'{model.name}'" for model in named))
        raise click.UsageError(f"several providers have a model '{name}': {owners}; give one of these names")
    if named:
        return named[0]
    provider, _, rest = name.partition("/")
    for store in stores:
        if rest and store.provider.name == provider:
            return ProviderModel(store.provider, store.store, StoredModel(rest), listed=False)
    raise click.UsageError(f"there is no model '{name}'{suggestion(name, everything)}")


def suggestion(name: str, models: Sequence[ProviderModel]) -> str:
    """Return `; did you mean 'x'?` for a name that no model has, or how to list the names."""
    from voicebot.config.suggestions import nearest

    full = {model.name: model.name for model in models}
    short = {model.model.name: model.name for model in models}
    for names in (full, short):
        if meant := nearest(name, names):
            return f"; did you mean '{names[meant]}'?"
    return "; `voicebot models` lists them" if models else "; no installed provider has any"


@contextmanager
def errors_of_store(provider: Registration) -> Iterator[None]:
    """Turn foreign exceptions into errors that name the store's provider; the log has the details."""
    from voicebot.engine.failures import as_provider_error
    from voicebot.errors import VoicebotError

    try:
        yield
    except (VoicebotError, OSError):
        raise
    except Exception as error:  # a plugin's store may raise anything
        raise as_provider_error(f"the model store of '{provider.name}' broke", error) from error
