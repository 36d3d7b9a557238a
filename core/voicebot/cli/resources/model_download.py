"""Downloading a model, with its progress, so that Ctrl-C can stop it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from voicebot.cli import coroutines
from voicebot.cli.output.download import DownloadProgress
from voicebot.cli.output.printing import echo
from voicebot.cli.output.wrapping import echo_wrapped
from voicebot.cli.resources import model_stores

if TYPE_CHECKING:
    from voicebot.cli.resources.model_stores import ProviderModel

_OPTIONS_FOR_MODELS = ("model", "voice")
"""What providers call the option that selects a model; the first that a provider has is meant."""


def fetch(chosen: ProviderModel) -> None:
    """Download a model unless it is here, and say where it is and how to use it.

    Raises:
        ProviderError: it cannot be fetched, or not be used here.
    """
    from voicebot.errors import ProviderError
    from voicebot.plugin.packages import install_command

    if chosen.model.path is not None:
        echo(f"{chosen.name} is here already: {chosen.place}")
        return
    if reasons := chosen.provider.unavailable:
        raise ProviderError(f"{chosen.provider.name} cannot be used here: {reasons[0]}")
    if packages := chosen.provider.installable:
        raise ProviderError(f"to use {chosen.provider.name}: {install_command(*packages)}")
    try:
        path = coroutines.run(_downloaded(chosen))
    except ProviderError as error:
        _report_failure(chosen, error)
    except KeyboardInterrupt:
        echo(f"{chosen.name} was not fetched", err=True)
        raise
    echo(f"fetched {chosen.name} into {path}")
    options = chosen.provider.options.model_fields
    if option := next((name for name in _OPTIONS_FOR_MODELS if name in options), None):
        section = f"{{provider: {chosen.provider.name}, {option}: {chosen.model.name}}}"
        echo_wrapped(f"To use it, write in a config `{chosen.provider.kind}: {section}`.", err=True)


async def _downloaded(chosen: ProviderModel) -> Path:
    """Fetch in a thread, so that Ctrl-C ends the program even while the store waits for the network."""
    import asyncio
    import threading

    stopped = threading.Event()

    with DownloadProgress(chosen.name, chosen.model.size) as progress:

        def update(done: int, total: int | None) -> None:
            if stopped.is_set():
                raise InterruptedError
            progress.update(done, total)

        def fetch() -> Path:
            with model_stores.errors_of_store(chosen.provider):
                return chosen.store.fetch(chosen.model.name, update)

        try:
            return await asyncio.to_thread(fetch)
        finally:
            stopped.set()


def _report_failure(chosen: ProviderModel, error: Exception) -> NoReturn:
    """Raise a store's error; with a suggestion, if the name may be misspelt and the error has none."""
    from voicebot.errors import ProviderError

    stores, _ = model_stores.read_stores()
    models = [each for store in stores if store.provider is chosen.provider for each in store.models]
    if chosen.listed or any(each.model.name in str(error) for each in models):
        raise error
    raise ProviderError(f"{error}{model_stores.suggestion(chosen.name, models)}") from error
