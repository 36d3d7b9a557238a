"""A plugin registers, with a provider, the store of the models that run on this machine."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from voicebot import (
    ModelStore,
    Options,
    PluginError,
    Registry,
    StoredModel,
    SynthesisEvent,
    Synthesizer,
    Utterance,
)


class Voice(Synthesizer[Options]):
    def synthesize(self, utterance: Utterance) -> AsyncGenerator[SynthesisEvent, None]:
        raise NotImplementedError


class Shelf(ModelStore):
    def models(self) -> Sequence[StoredModel]:
        return (StoredModel("joe", ("en-US",), 63_000_000, license="CC0"),)

    def fetch(self, name: str, progress: Callable[[int, int | None], None]) -> Path:
        raise NotImplementedError

    def remove(self, name: str) -> None:
        raise NotImplementedError


class Unfinished(ModelStore):
    def models(self) -> Sequence[StoredModel]:
        return ()


def test_a_registration_without_models_has_no_store() -> None:
    registry = Registry()
    registry.add("voice", Voice, Options)

    (registration,) = registry
    assert registration.model_store is None


def test_a_store_may_be_registered_as_a_class() -> None:
    registry = Registry()
    registry.add("voice", Voice, Options, models=Shelf)

    (registration,) = registry
    assert registration.model_store is Shelf


def test_a_store_may_be_registered_by_location_and_is_imported_on_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = """\
        from voicebot import ModelStore

        class Empty(ModelStore):
            def models(self):
                return ()

            def fetch(self, name, progress):
                raise NotImplementedError

            def remove(self, name):
                raise NotImplementedError
        """
    (tmp_path / "shelf_by_location.py").write_text(dedent(module))
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry()
    registry.add("voice", Voice, Options, models="shelf_by_location:Empty")

    (registration,) = registry
    assert "shelf_by_location" not in sys.modules
    assert registration.model_store is not None
    assert registration.model_store.__name__ == "Empty"
    assert registration.model_store().models() == ()


@pytest.mark.parametrize(
    ("models", "reason"),
    [
        (object, "models of 'voice' must be a subclass of voicebot.ModelStore"),
        (Shelf(), "models of 'voice' must be a subclass of voicebot.ModelStore"),
        (Unfinished, "models of 'voice' do not implement fetch, remove"),
        ("no_location", "provider 'voice' must be a class or at 'module:name', not 'no_location'"),
    ],
)
def test_an_unusable_store_is_rejected_at_registration(models: type[ModelStore], reason: str) -> None:
    with pytest.raises(PluginError, match=reason):
        Registry().add("voice", Voice, Options, models=models)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("no_such_module:Shelf", "the synthesizer 'voice' of .* cannot be loaded: ModuleNotFoundError"),
        ("voicebot:Options", "models of 'voice' must be a subclass of voicebot.ModelStore"),
    ],
)
def test_a_store_that_cannot_be_imported_is_reported_on_use(location: str, reason: str) -> None:
    registry = Registry()
    registry.add("voice", Voice, Options, models=location)

    (registration,) = registry
    with pytest.raises(PluginError, match=reason):
        _ = registration.model_store
