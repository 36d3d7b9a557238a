"""A config as it was understood, to keep with a recording: whole, and without secrets."""

from __future__ import annotations

from typing import Any

import yaml

from voicebot import Field, Options, SecretStr, resolved_config, secrets_in
from voicebot.plugin.manager import Plugins

from .conftest import WHOLE


class PortOptions(Options):
    """A harbour."""

    key: SecretStr | None = None
    address: str = ""
    headers: dict[str, str] = Field({})


def test_a_resolved_config_has_defaults_and_no_secrets(load: Any, plugins: Plugins) -> None:
    with plugins.registry._collecting("port-plugin"):
        plugins.registry.add_section("port", PortOptions)
    port = "{key: '${KEY}', address: 'https://anne:pw@sea.example/x', headers: {api-key: abcdef}}"
    config = load(WHOLE + f"port: {port}\n", {"KEY": "s3cret-key"})

    resolved = resolved_config(config)

    assert resolved["name"] == "Bot"
    assert resolved["turns"]["patience"] == "normal"
    assert resolved["chat"]["provider"] == config.chat.name
    assert resolved["port"] == {
        "key": "***",
        "address": "https://***@sea.example/x",
        "headers": {"api-key": "***"},
    }
    assert [each.get_secret_value() for each in secrets_in(config)] == ["s3cret-key"]
    assert yaml.safe_load(yaml.safe_dump(resolved)) == resolved
