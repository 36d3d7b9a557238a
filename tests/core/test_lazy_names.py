"""Public names are imported when they are used; a deprecated one works and is told of once."""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Iterator

import pytest

from voicebot import Message, TextDelta
from voicebot.lazy_names import LazyNames

TOLD = "^voicebot.Message is deprecated: use `TextDelta`$"
DEPRECATED = {"Message": "use `TextDelta`", "Forgotten": "do without"}


@pytest.fixture
def package() -> Iterator[types.ModuleType]:
    """Return a package whose names are some of voicebot's, one of them deprecated."""
    names = LazyNames("voicebot", ("errors", "messages"), ("TextDelta", "Nowhere"), DEPRECATED)
    package = types.ModuleType("a_package")

    def find(name: str) -> object:
        value = names.find(name)
        setattr(package, name, value)
        return value

    package.__getattr__ = find  # type: ignore[method-assign]
    package.__path__ = []
    sys.modules["a_package"] = package
    yield package
    del sys.modules["a_package"]


def test_a_name_is_found_in_the_module_that_has_it(package: types.ModuleType) -> None:
    assert package.TextDelta is TextDelta


@pytest.mark.parametrize("name", ["Usage", "Nowhere", "Forgotten"])
def test_a_name_that_is_not_public_or_in_no_module_is_an_attribute_error(
    package: types.ModuleType, name: str
) -> None:
    with pytest.raises(AttributeError, match=f"module 'voicebot' has no attribute '{name}'"):
        getattr(package, name)


def test_a_deprecated_name_works_and_whoever_uses_it_is_told_once_what_to_use(
    package: types.ModuleType,
) -> None:
    with pytest.warns(DeprecationWarning, match=TOLD) as told:
        assert package.Message is Message

    assert [warning.filename for warning in told] == [__file__]
    with warnings.catch_warnings(action="error"):
        assert package.Message is Message


def test_whoever_imports_a_deprecated_name_is_told_where_that_is(package: types.ModuleType) -> None:
    with pytest.warns(DeprecationWarning, match=TOLD) as told:
        exec(compile("from a_package import Message", "a_plugin.py", "exec"), {})  # noqa: S102

    assert [warning.filename for warning in told] == ["a_plugin.py"]
