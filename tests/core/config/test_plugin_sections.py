"""Sections that plugins add to configs: checked like all others, and left to the plugin."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from jsonschema import Draft7Validator

from voicebot import Advice, Field, Options, PluginError, Registry, SecretStr, hookimpl
from voicebot.config.json_schema.config_schema import config_schema
from voicebot.plugin.manager import Plugins

from .conftest import WHOLE


class ShopOptions(Options):
    """How the shop is open."""

    hours: int = Field(8, ge=1, le=24)
    """Hours a day."""
    key: SecretStr | None = None
    """Opens the door."""

    def advice(self, language: str) -> Iterable[Advice]:
        """Advise against long days."""
        if self.hours > 12:
            yield Advice("hours", "that is a long day")


@pytest.fixture
def plugins(plugins: Plugins) -> Plugins:
    with plugins.registry._collecting("shop-plugin"):
        plugins.registry.add_section("shop", ShopOptions)
    return plugins


def test_a_config_can_have_the_section_of_a_plugin(load: Any) -> None:
    config = load(WHOLE + "shop: {hours: 10}\n")
    assert config.sections == {"shop": ShopOptions(hours=10)}


@pytest.mark.parametrize("written", ["", "shop:\n", "shop: null\n"])
def test_a_config_need_not_have_it(load: Any, written: str) -> None:
    assert load(WHOLE + written).sections == {}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("shop: {hours: 30}", "4:15: hours must be at most 24, not 30"),
        ("shop: {hour: 8}", "4:8: unknown option 'hour' of shop; did you mean 'hours'?"),
        ("shop: open", "4:1: shop must be a mapping of options, not 'open'"),
        ("shopp: {}", "4:1: unknown section 'shopp'; did you mean 'shop'?"),
    ],
)
def test_what_is_wrong_with_it_is_reported_with_its_place(problems: Any, written: str, problem: str) -> None:
    found = problems(f"{WHOLE}{written}\n")
    assert any(problem in each for each in found), found


@pytest.mark.parametrize(
    ("written", "warning"),
    [("shop: {hours: 20}", "shop: that is a long day"), ("shop: {key: sesame}", "a secret in plain text")],
)
def test_advice_about_it_and_its_secrets_are_warnings(load: Any, written: str, warning: str) -> None:
    assert any(warning in str(each) for each in load(f"{WHOLE}{written}\n").warnings)


def test_an_editor_knows_the_section(plugins: Plugins) -> None:
    schema = config_schema(plugins.registry, plugins.registry.sections)
    Draft7Validator.check_schema(schema)
    assert not Draft7Validator(schema).is_valid({"extends": "offline.yaml", "shop": {"hours": "many"}})
    assert Draft7Validator(schema).is_valid({"extends": "offline.yaml", "shop": {"hours": 3}})


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("Shop", ShopOptions, "lower case"),
        ("chat", ShopOptions, "voicebot itself"),
        ("other", int, "must be a subclass"),
        ("other", "nowhere", "'module:name'"),
    ],
)
def test_an_unsuitable_section_is_refused(name: str, options: Any, reason: str) -> None:
    with pytest.raises(PluginError, match=reason):
        Registry().add_section(name, options)


def test_a_plugin_that_fails_leaves_no_section() -> None:
    @hookimpl
    def voicebot_register(registry: Registry) -> None:
        registry.add_section("shop", ShopOptions)
        raise RuntimeError("no")

    from voicebot.plugin.discovery import FoundPlugin

    found = FoundPlugin("shop", "shop-plugin", "1.0", SimpleNamespace(voicebot_register=voicebot_register))
    assert list(Plugins(found=[found]).registry.sections) == []
