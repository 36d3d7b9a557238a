"""What can go wrong with Azure Speech, in one table: what it looks like, what to do, and whether to retry.

The Speech SDK tells a code and a text; the text holds addresses, session ids and whole pages of HTML, so
only the code is used. What the code leaves open is found out by `voicebot_azure.diagnosis`.
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
    """What happened, as the end of a sentence that begins with the service's name; and what to do."""

    happened: str
    to_do: str
    retryable: bool = False


_KEYS = 'in the Azure portal, under "Keys and Endpoint" of the resource'
_NETWORK = "check the network, and what stands between this machine and the internet"

REMEDIES: dict[str, Remedy] = {
    # Codes of the Speech SDK (CancellationErrorCode); a service or a way to sign in may have its own.
    "AuthenticationFailure": Remedy(
        "does not accept the key: it is wrong, switched off, or belongs to another region",
        f"copy `key` and `region` together, {_KEYS}",
    ),
    "AuthenticationFailure.entra": Remedy(
        "does not accept the sign-in by Entra ID",
        "give who is signed in the role Cognitive Services Speech User, and check `resource_id`",
    ),
    "expired": Remedy(
        "does not accept the sign-in any longer",
        "if this goes on, check that the key or the role is still there",
        retryable=True,
    ),
    "BadRequest": Remedy("refused the request", "check the options, `properties` above all"),
    "BadRequest.stt": Remedy(
        "refused the request to recognise",
        "check `languages` (full tags, as en-US), `endpoint_id` and `properties`",
    ),
    "BadRequest.tts": Remedy(
        "refuses to speak with the voice {voice}{meant}",
        "check its name, and that the region has it: `voicebot voices CONFIG` lists those there are",
    ),
    "TooManyRequests": Remedy(
        "gets too many requests for the tier of the resource",
        "wait, talk in fewer conversations at a time, or change the tier",
        retryable=True,
    ),
    "TooManyRequests.stt": Remedy(
        "is at its limit: tier F0 recognises 1 conversation at a time, S0 100",
        "close the others, or change the tier or its limit in the Azure portal",
        retryable=True,
    ),
    "TooManyRequests.tts": Remedy(
        "is at its limit: tier F0 speaks 20 times a minute, S0 200 times a second",
        "wait a minute, or change the tier or its limit in the Azure portal",
        retryable=True,
    ),
    "Forbidden": Remedy(
        "has used up what its tier allows (F0: 5 hours of speech to text and 500,000 characters of text to "
        "speech a month)",
        "change the resource to tier S0 in the Azure portal, or wait for the next month",
    ),
    "ConnectionFailure": Remedy(
        "cannot be reached, or closes the connection again and again", _NETWORK, retryable=True
    ),
    "ServiceTimeout": Remedy("did not answer in time", _NETWORK, retryable=True),
    "ServiceError": Remedy(
        "failed, or is not at this address",
        "check `region` and `endpoint`; if they are right, try again in a minute",
        retryable=True,
    ),
    "ServiceUnavailable": Remedy("is not available", "try again in a minute", retryable=True),
    "ServiceRedirectTemporary": Remedy("has moved for a while", "try again in a minute", retryable=True),
    "ServiceRedirectPermanent": Remedy("has moved", f"correct `region` or `endpoint`, {_KEYS}"),
    "RuntimeError": Remedy(
        "was called in a way that failed inside the Speech SDK",
        f"check `properties`, and update it: pip install -U {DISTRIBUTION}",
    ),
    # What we notice by ourselves.
    "silent": Remedy("said nothing for {seconds} s where it should have", _NETWORK, retryable=True),
    "disconnected": Remedy(
        "broke the connection, and {seconds} s were not enough to connect again", _NETWORK, retryable=True
    ),
    "unconnected": Remedy("could not be connected to within {seconds} s", _NETWORK, retryable=True),
    "ended": Remedy("ended the session by itself", "try again in a minute", retryable=True),
    # What the diagnosis finds after a failed connection.
    "name": Remedy(
        "cannot be found: the name {host} leads nowhere",
        "check `region` and `endpoint` for typing errors, and the network",
        retryable=True,
    ),
    "refused": Remedy(
        "does not answer: nobody listens at {host}:{port}",
        "check `endpoint`; start the emulator or the container if it is one",
        retryable=True,
    ),
    "unreachable": Remedy(
        "cannot be reached: {host}:{port} does not answer",
        "check the network, and whether a firewall wants `proxy` to be used",
        retryable=True,
    ),
    "certificate": Remedy(
        "shows a certificate that this machine does not trust",
        "install your organisation's root certificate if it inspects connections, and update the "
        "package ca-certificates",
    ),
    "clock": Remedy(
        "shows a certificate that is out of date by this machine's clock", "set the clock of this machine"
    ),
    "proxy": Remedy("cannot be reached through the proxy", "check `proxy`", retryable=True),
    "proxy-login": Remedy(
        "cannot be reached: the proxy asks for a login", "set or correct `proxy_user` and `proxy_password`"
    ),
}


def failure(account: SpeechAccount, service: Service, trouble: str, **facts: object) -> ProviderError:
    """Return the error to raise: where, what, and what to do, in one line.

    Args:
        trouble: the name of a `CancellationErrorCode`, or of another row of the table.
        facts: what the row wants to have filled in.
    """
    suffixes = ("entra",) if account.entra else ()
    names = [*(f"{trouble}.{suffix}" for suffix in (*suffixes, service)), trouble]
    remedy = next((REMEDIES[name] for name in names if name in REMEDIES), None)
    if remedy is None:  # a code of a later SDK
        remedy = Remedy(f"failed with {trouble}", "try again in a minute", retryable=True)
    facts = {"voice": getattr(account, "voice", ""), "meant": "", **facts}
    message = f"{account.place} {remedy.happened.format(**facts)}; {remedy.to_do}"
    return ProviderError(message, retryable=remedy.retryable)
