"""Public names are imported on use; a deprecated one works and brings one warning."""

from __future__ import annotations

import sys
import types
import warnings
from collections.abc import Iterator

import pytest

from voicebot import Message, TextDelta
from voicebot.lazy_names import LazyNames

WARNING = "^voicebot.Message is deprecated: use `TextDelta`$"
DEPRECATED = {"Message": "use `TextDelta`", "Forgotten": "do without"}


@pytest.fixture
def package() -> Iterator[types.ModuleType]:
    """Return a package that exports some names of voicebot, one of them deprecated."""
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


def test_a_name_is_found_in_the_module_that_defines_it(package: types.ModuleType) -> None:
    assert package.TextDelta is TextDelta


@pytest.mark.parametrize("name", ["Usage", "Nowhere", "Forgotten"])
def test_a_private_or_unknown_name_is_an_attribute_error(package: types.ModuleType, name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'voicebot' has no attribute '{name}'"):
        getattr(package, name)


def test_a_deprecated_name_works_with_one_warning_that_names_the_replacement(
    package: types.ModuleType,
) -> None:
    with pytest.warns(DeprecationWarning, match=WARNING) as caught:
        assert package.Message is Message

    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings(action="error"):
        assert package.Message is Message


def test_the_warning_points_to_the_import_of_the_deprecated_name(package: types.ModuleType) -> None:
    with pytest.warns(DeprecationWarning, match=WARNING) as caught:
        exec(compile("from a_package import Message", "a_plugin.py", "exec"), {})  # noqa: S102

    assert [warning.filename for warning in caught] == ["a_plugin.py"]
