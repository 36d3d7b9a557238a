"""What can go wrong with a server, each as an error of one line that says what to do."""

from __future__ import annotations

import socket

from voicebot import ProviderError, printable
from voicebot_wyoming.address import Address

_LONGEST = 200
"""Characters of a server's text that a message shows."""


def shown(text: object) -> str:
    """Return a server's text so that it can be part of a message."""
    line = printable(str(text)).strip()
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def unreachable(address: Address, error: OSError | UnicodeError, timeout: float) -> ProviderError:
    """Return the error for a connection that could not be opened."""
    # of a name with several addresses, asyncio reports all failures in one text, without their types
    refused = isinstance(error, ConnectionRefusedError | FileNotFoundError) or "Connect call failed" in str(
        error
    )
    if isinstance(error, TimeoutError):
        reason = f"{address} did not accept a connection within {timeout:g} s; is `uri` right?"
    elif isinstance(error, socket.gaierror | UnicodeError):
        reason = f"there is no host called {address.host!r}; correct `uri`"
    elif isinstance(error, PermissionError):
        reason = f"this user may not connect to {address}; change the rights of the socket"
    elif refused:
        reason = f"no server listens at {address}; start the Wyoming server, or correct `uri`"
    else:
        reason = f"cannot connect to {address}: {shown(error)}"
    return ProviderError(reason, retryable=True)


def lost(address: Address, error: Exception | None = None) -> ProviderError:
    """Return the error for a connection that ended before the server had answered."""
    reason = f": {shown(error)}" if error is not None and str(error) else ""
    message = (
        f"the Wyoming server at {address} closed the connection before it had answered{reason}; its log "
    )
    return ProviderError(f"{message}may say why", retryable=True)


def silent(address: Address, timeout: float) -> ProviderError:
    """Return the error for a server that does not answer in time."""
    return ProviderError(
        f"{address} gave no answer within {timeout:g} s; is it a Wyoming server, and not too busy? `timeout` "
        "sets how long to wait",
        retryable=True,
    )


def refused(address: Address, text: object, code: object) -> ProviderError:
    """Return the error for a request that the server answers with an error."""
    named = f" ({shown(code)})" if code else ""
    return ProviderError(f"the Wyoming server at {address} reports: {shown(text) or 'an error'}{named}")


def not_wyoming(address: Address, reason: str) -> ProviderError:
    """Return the error for a server that sends something else than the protocol."""
    return ProviderError(f"{address} does not speak the Wyoming protocol: {reason}; correct `uri`")


def not_started(kind: str) -> ProviderError:
    """Return the error for a provider that is not started, or was closed."""
    return ProviderError(f"the {kind} wyoming is not started, or was closed")
