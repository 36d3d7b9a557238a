"""The carriers that plugins bring, ours among them, and those that a config uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from voicebot import ConfigError, Settings
from voicebot_serve.telephony.carrier import Carrier

HOOK = "voicebot_carriers"
"""Hook of a plugin: `@hookimpl(optionalhook=True) def voicebot_carriers(): return {"name": MyCarrier}`."""
