"""The section `serve` of a config: who may talk to the bot, and how much."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from pydantic import field_validator

from voicebot import Field, Options, SecretStr

Allowed: TypeAlias = Literal["instructions", "voice", "turns", "tools"]


class LimitOptions(Options):
    """What one client may do."""

    per_key: int | None = Field(None, ge=1, le=100_000)
    """Conversations at a time with one key or user; for all users together where the bot is `open`. By
    default, as many as the server may have, since a key is that of a website or a program with many users."""
    per_address: int = Field(20, ge=1, le=100_000)
    """Conversations at a time from one IP address, telephone calls aside: a carrier has few addresses."""
    length: float = Field(3600.0, gt=0, le=86_400)
    """Seconds after which a conversation is ended with `farewell`."""
    idle: float = Field(300.0, gt=0, le=3600)
    """Seconds without any message after which a client is given up."""
    message: int = Field(1_000_000, ge=1_000, le=50_000_000)
    """Bytes of the longest message that a client may send."""
    junk: int = Field(10, ge=0, le=10_000)
    """Messages without meaning that are tolerated in a conversation."""


class ServeOptions(Options):
    """How `voicebot serve` offers the bot; ignored by other commands."""

    open: bool = False
    """Whether anybody who reaches the server may talk, without a key. Needed to listen on an address that
    other machines reach where there are no `keys` and no `login_header`."""
    keys: Mapping[str, SecretStr] = Field({})
    """Keys that let clients in, each by the name of its owner, such as `{shop: "${SHOP_KEY}"}`."""
    login_header: str = Field("", pattern=r"^[A-Za-z0-9-]*$")
    """Header with the name of the user, set by a proxy that has signed the user in, such as
    `X-Forwarded-User`. Believed only from `trusted_proxies`."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """IP addresses or networks of proxies whose `login_header` and `X-Forwarded-` headers are believed."""
    origins: tuple[str, ...] = ()
    """Origins of other pages that may connect from a browser, such as `https://shop.example`; the server's
    own always may."""
    allow: tuple[Allowed, ...] = ("turns", "tools")
    """What a client may change for its own conversation: `turns` (when a turn is over, push-to-talk), `tools`
    (add its own, which it runs itself), `voice`, `instructions` (replace the persona)."""
    farewell: str = "I have to end our conversation now. Goodbye."
    """What the bot says before the server ends a conversation; if empty, nothing."""
    resume: float = Field(600.0, ge=0, le=86_400)
    """Seconds for which a client that was lost may come back and go on where it was; 0 keeps nothing."""
    limits: LimitOptions = LimitOptions()
    telephony: Mapping[str, Mapping[str, Any]] = Field({})
    """Options of telephone carriers, each by the name of the carrier."""

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for each in proxies:
            try:
                ipaddress.ip_network(each, strict=False)
            except ValueError:
                raise ValueError(f"{each!r} is neither an IP address nor a network") from None
        return proxies
