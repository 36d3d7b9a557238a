"""The table of everything that can go wrong with a chat model: what to say, what to do, whether to retry."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot_openai.errors.causes import Cause

SOON = 0.25


@dataclass(frozen=True, slots=True)
class Remedy:
    """One row: `text` continues a sentence that begins with the address of the server.

    `{o.NAME}` stands for an option and `{said}` for the server's own message. `azure` replaces `text` for
    Azure OpenAI, where it differs. `retry_after` is the delay in seconds before asking again, None for never;
    the server may ask for another delay.
    """

    text: str
    azure: str = ""
    retryable: bool = False
    retry_after: float | None = None


_KEYS = 'copy `api_key` and `endpoint` of the same resource from "Keys and Endpoint" in the Azure portal'
_ROLE = "give the signed-in identity the role Cognitive Services OpenAI User on the resource"
_DEPLOYMENTS = 'under "Deployments" in ai.azure.com'

REMEDIES: dict[Cause, Remedy] = {
    Cause.UNREACHABLE: Remedy(
        "cannot be reached within {o.connect_timeout:g} s; check `base_url` and the network",
        "cannot be reached within {o.connect_timeout:g} s; check the network, especially firewalls",
        retryable=True,
    ),
    Cause.SILENT: Remedy(
        "sent nothing for {o.timeout:g} s; raise `timeout` if the model needs longer", retryable=True
    ),
    Cause.CONNECTION_LOST: Remedy(
        "closed the connection in the middle of a reply",
        "closed the connection; try again, and check the network if it happens often",
        retryable=True,
        retry_after=0.0,
    ),
    Cause.LOADING: Remedy(
        "is still loading its model; `preload: true` waits for that at start, up to `start_timeout`{said}",
        "is still loading its model; try again{said}",
        retryable=True,
        retry_after=SOON,
    ),
    Cause.CERTIFICATE: Remedy(
        "has a certificate that this machine does not trust; check the address and the clock, and if the "
        "certificate authority is your own, set SSL_CERT_FILE to its certificate",
        "presents a certificate that this machine does not trust; check the clock, and if your organisation "
        "inspects connections, set SSL_CERT_FILE to its certificates",
        retryable=True,
        retry_after=SOON,
    ),
    Cause.PROXY: Remedy(
        "cannot be reached through the proxy; check HTTPS_PROXY and NO_PROXY in the environment",
        retryable=True,
        retry_after=SOON,
    ),
    Cause.UNKNOWN_HOST: Remedy(
        "does not answer; check `base_url` and the network",
        "cannot be found: there is no host of that name; correct `endpoint`, or check the network",
        retryable=True,
        retry_after=SOON,
    ),
    Cause.NO_OLLAMA: Remedy(
        "does not answer: is Ollama running? Start it with `ollama serve`", retryable=True, retry_after=SOON
    ),
    Cause.NO_LOCAL_SERVER: Remedy(
        "does not answer: is the server running, and on this port?",
        "does not answer: is it running, and on this port? Start it with `voicebot emulate azure`",
        retryable=True,
        retry_after=SOON,
    ),
    Cause.NO_ANSWER: Remedy(
        "does not answer; check `base_url` and the network",
        "does not answer; check the network, and `endpoint`",
        retryable=True,
        retry_after=SOON,
    ),
    Cause.WRONG_KEY: Remedy(
        "rejected the key; check `api_key`, and `headers` if a gateway requires its own",
        f"rejected the key, which is wrong or belongs to another resource; {_KEYS}",
    ),
    Cause.NO_KEY: Remedy("requires a key; set `api_key`, or `headers` if a gateway requires its own"),
    Cause.WRONG_CLOCK: Remedy(
        "rejected the sign-in because this machine's clock is {minutes:g} minutes {off}; set the clock"
    ),
    Cause.TOKEN_REFUSED: Remedy(
        f"rejected the Entra ID sign-in; {_ROLE}, and sign in to the tenant of the resource{{said}}",
    ),
    Cause.NO_PERMISSION: Remedy(f"does not allow this identity to chat; {_ROLE}"),
    Cause.WRONG_NETWORK: Remedy(
        'does not allow access from this network; allow it under "Networking" of the resource in the Azure '
        "portal"
    ),
    Cause.BLOCKED: Remedy("has been blocked by Azure; open a support request in the Azure portal{said}"),
    Cause.FORBIDDEN: Remedy(
        "does not allow this; check that the key may use `{o.target}`{said}",
        "does not allow this; check the resource in the Azure portal, especially its networks{said}",
    ),
    Cause.NO_MODEL: Remedy(
        "has no model `{o.target}`. Correct `model`",
        "has no deployment `{o.target}`; `deployment` is the name you gave the deployment, not the name of "
        f"the model: look it up {_DEPLOYMENTS}",
    ),
    Cause.NO_VOICE: Remedy("has no such voice{said}"),
    Cause.NO_SYSTEM_ROLE: Remedy(
        "has a model whose template does not accept these messages; set `system_role: user`, which sends "
        "`system` at the beginning of the first question{said}"
    ),
    Cause.NO_API: Remedy(
        "has no chat completions API; `base_url` usually ends in /v1",
        "has no chat completions API at this address; check `endpoint` and `api_version`",
    ),
    Cause.NO_CREDIT: Remedy(
        "has no credit left for this key; check the account's billing page",
        f"has no quota left for `{{o.target}}`; raise the limit {_DEPLOYMENTS}",
    ),
    Cause.THROTTLED: Remedy(
        "receives too many requests{delay}; wait a little{said}",
        f"receives more tokens a minute for `{{o.target}}` than its quota allows{{delay}}; raise the quota "
        f"{_DEPLOYMENTS}",
        retryable=True,
        retry_after=SOON,
    ),
    Cause.TOO_LONG: Remedy("cannot take a conversation of this length; lower `history.budget`{said}"),
    Cause.FILTERED: Remedy(
        "blocked the question with its content filter{said}",
        "blocked the question with its content filter{findings}; rephrase it, or relax the filter under "
        '"Guardrails" in ai.azure.com',
    ),
    Cause.UNSUPPORTED: Remedy(
        "", "rejected a parameter; set `model` to the name of the model deployed as `{o.target}`{said}"
    ),
    Cause.NO_TOOLS: Remedy(
        "cannot use tools with `{o.target}`; choose a model that can, start the server with its option for "
        "tools if it has one, or remove `tools` from the config{said}",
        "cannot use tools with `{o.target}`; deploy a model that can, or remove `tools` from the config",
    ),
    Cause.WRONG_TOOL: Remedy(
        "rejected a tool; correct it, or remove it from `allow` under `tools` in the config{said}"
    ),
    Cause.SERVER_ERROR: Remedy(
        "failed with status {status}; try again{said}", retryable=True, retry_after=SOON
    ),
    Cause.REFUSED: Remedy("rejected the request with status {status}; check the options{said}"),
    Cause.BROKEN_OFF: Remedy("broke off the reply{said}", retryable=True, retry_after=SOON),
    Cause.NOT_JSON: Remedy(
        "sent something that is not JSON; check that `base_url` is right",
        "sent something that is not JSON; check `endpoint`",
    ),
    Cause.OTHER: Remedy("failed: {kind}{said}", retryable=True),
}
