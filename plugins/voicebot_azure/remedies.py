"""The table of everything that can go wrong with Azure Speech: what to say, what to do, whether to retry.

The Speech SDK reports a code and a text. The text contains addresses, session ids and whole HTML pages, so
only the code is used. `voicebot_azure.diagnosis` finds out what the code leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from voicebot import ProviderError
from voicebot_azure.account import SpeechAccount
from voicebot_azure.sdk import DISTRIBUTION

Service = Literal["stt", "tts"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """One row: `problem` continues a sentence that begins with the name of the service."""

    problem: str
    to_do: str
    retryable: bool = False


_KEYS = 'from "Keys and Endpoint" of the resource in the Azure portal'
_NETWORK = "check the network, including any proxy or firewall"

REMEDIES: dict[str, Remedy] = {
    # Codes of the Speech SDK (CancellationErrorCode), some with a row for one service or way to sign in.
    "AuthenticationFailure": Remedy(
        "rejected the key: it is wrong, disabled, or belongs to another region",
        f"copy `key` and `region` together {_KEYS}",
    ),
    "AuthenticationFailure.entra": Remedy(
        "rejected the Entra ID sign-in",
        "give the signed-in identity the role Cognitive Services Speech User, and check `resource_id`",
    ),
    "expired": Remedy(
        "no longer accepts the sign-in",
        "if this persists, check that the key or the role still exists",
        retryable=True,
    ),
    "BadRequest": Remedy("rejected the request", "check the options, especially `properties`"),
    "BadRequest.stt": Remedy(
        "rejected the request to recognise speech",
        "check `languages` (full tags such as en-US), `endpoint_id` and `properties`",
    ),
    "BadRequest.tts": Remedy(
        "refuses to speak with the voice {voice}{suggestion}",
        "check its name and that the region has it; `voicebot voices CONFIG` lists the voices",
    ),
    "TooManyRequests": Remedy(
        "receives too many requests for the tier of the resource",
        "wait, hold fewer conversations at a time, or change the tier",
        retryable=True,
    ),
    "TooManyRequests.stt": Remedy(
        "is at its limit: tier F0 recognises 1 conversation at a time, S0 100",
        "close the others, or change the tier or its limit in the Azure portal",
        retryable=True,
    ),
    "TooManyRequests.tts": Remedy(
        "is at its limit: tier F0 takes 20 requests a minute to speak, S0 200 a second",
        "wait a minute, or change the tier or its limit in the Azure portal",
        retryable=True,
    ),
    "Forbidden": Remedy(
        "has used up the quota of its tier (F0: 5 hours of speech to text and 500,000 characters of text to "
        "speech a month)",
        "change the resource to tier S0 in the Azure portal, or wait until next month",
    ),
    "ConnectionFailure": Remedy(
        "cannot be reached, or keeps closing the connection", _NETWORK, retryable=True
    ),
    "ServiceTimeout": Remedy("did not answer in time", _NETWORK, retryable=True),
    "ServiceError": Remedy(
        "failed, or is not at this address",
        "check `region` and `endpoint`; if they are right, try again in a minute",
        retryable=True,
    ),
    "ServiceUnavailable": Remedy("is unavailable", "try again in a minute", retryable=True),
    "ServiceRedirectTemporary": Remedy("has moved temporarily", "try again in a minute", retryable=True),
    "ServiceRedirectPermanent": Remedy("has moved", f"copy `region` or `endpoint` again {_KEYS}"),
    "RuntimeError": Remedy(
        "cannot be used because the Speech SDK failed internally",
        f"check `properties`, and update the SDK: pip install -U {DISTRIBUTION}",
    ),
    # What the plugin detects itself.
    "silent": Remedy("has not responded for {seconds} s", _NETWORK, retryable=True),
    "disconnected": Remedy(
        "closed the connection and could not be reached again within {seconds} s", _NETWORK, retryable=True
    ),
    "unconnected": Remedy("could not be reached within {seconds} s", _NETWORK, retryable=True),
    "ended": Remedy("ended the session unexpectedly", "try again in a minute", retryable=True),
    # What the diagnosis finds after a failed connection.
    "name": Remedy(
        "cannot be found: there is no host named {host}",
        "check `region` and `endpoint` for typing errors, and check the network",
        retryable=True,
    ),
    "refused": Remedy(
        "refuses the connection: nothing is listening at {host}:{port}",
        "check `endpoint`, and start the emulator or container if that is what it points to",
        retryable=True,
    ),
    "unreachable": Remedy(
        "cannot be reached: {host}:{port} does not answer",
        "check the network, and whether a firewall requires a `proxy`",
        retryable=True,
    ),
    "certificate": Remedy(
        "presents a certificate that this machine does not trust",
        "install your organisation's root certificate if it inspects connections, and update the "
        "package ca-certificates",
    ),
    "clock": Remedy(
        "presents a certificate that is not valid at this machine's date and time",
        "set the clock of this machine",
    ),
    "proxy": Remedy("cannot be reached through the proxy", "check `proxy`", retryable=True),
    "proxy-login": Remedy(
        "cannot be reached: the proxy requires a login", "set or correct `proxy_user` and `proxy_password`"
    ),
}


def failure(account: SpeechAccount, service: Service, code: str, **details: object) -> ProviderError:
    """Return the error to raise: where, what, and what to do, in one line.

    Args:
        code: the name of a `CancellationErrorCode`, or of another row of the table.
        details: the values for the placeholders of the row.
    """
    suffixes = ("entra",) if account.entra else ()
    names = [*(f"{code}.{suffix}" for suffix in (*suffixes, service)), code]
    remedy = next((REMEDIES[name] for name in names if name in REMEDIES), None)
    if remedy is None:  # a code that this version does not know
        remedy = Remedy(f"failed with {code}", "try again in a minute", retryable=True)
    details = {"voice": getattr(account, "voice", ""), "suggestion": "", **details}
    message = f"{account.place} {remedy.problem.format(**details)}; {remedy.to_do}"
    return ProviderError(message, retryable=remedy.retryable)
