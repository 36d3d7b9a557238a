"""What options tell `voicebot doctor`: what they have found out, and which servers a provider connects to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from voicebot.dataclass import dataclass

if TYPE_CHECKING:
    from pydantic import SecretStr

Verdict: TypeAlias = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of `voicebot doctor` found, and what to do about it.

    `check` says what was looked at, in lower-case words joined by `-`, such as `retirement`. A `problem`
    keeps a bot from working, a `warning` may do so later; `skipped` means that it could not be found out.
    Neither text may contain a secret.
    """

    check: str
    verdict: Verdict
    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A server that a provider connects to; `voicebot doctor` connects too, and sends no key.

    With `tls`, its certificate is checked. With `http`, it answers requests: one tells its clock. The way to
    it is through `proxy` (`http://USER:PASSWORD@HOST:PORT`), or with `environment_proxy` through the one that
    the environment names for it (`HTTPS_PROXY`, `NO_PROXY`, ...); otherwise directly.
    """

    host: str
    port: int
    tls: bool
    http: bool = True
    proxy: SecretStr | None = None
    environment_proxy: bool = False
