"""A relay between a provider and its service, which can cut the network."""

from __future__ import annotations

from voicebot.testing.contract.relay.relay import Relay, relayed

__all__ = ["Relay", "relayed"]
