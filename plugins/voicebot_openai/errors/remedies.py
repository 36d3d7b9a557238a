"""The one table of what can go wrong with a chat model: what it is called, what to do, whether to retry."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot_openai.errors.causes import Cause

SOON = 0.25


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to say after the server's address; `{o.NAME}` stands for an option, `{said}` for its own words.

    `azure` is said of Azure OpenAI, where that is different. `wait` are the seconds after which the reply
    may be asked for again, None if never; a server that knows better is believed.
    """

    text: str
    azure: str = ""
    retryable: bool = False
    wait: float | None = None


_KEYS = 'copy `api_key` and `endpoint` of one resource, in the Azure portal under "Keys and Endpoint"'
_ROLE = "give the role Cognitive Services OpenAI User on the resource to who is signed in"
_DEPLOYMENTS = 'in ai.azure.com under "Deployments"'

REMEDIES: dict[Cause, Remedy] = {
    Cause.UNREACHABLE: Remedy(
        "cannot be reached within {o.connect_timeout:g} s; check `base_url` and the network",
        "cannot be reached within {o.connect_timeout:g} s; check the network, a firewall above all",
        retryable=True,
    ),
    Cause.SILENT: Remedy(
        "said nothing for {o.timeout:g} s; raise `timeout` if the model needs longer", retryable=True
    ),
    Cause.CUT: Remedy(
        "cut the connection in the middle of a reply",
        "cut the connection; try again, and check the network if it happens often",
        retryable=True,
        wait=0.0,
    ),
    Cause.LOADING: Remedy(
        "is still loading its model; `preload: true` waits for that at start, up to `start_timeout`{said}",
        "is still loading its model; try again{said}",
        retryable=True,
        wait=SOON,
    ),
    Cause.CERTIFICATE: Remedy(
        "has a certificate that this machine does not trust; check the address and the clock, and let "
        "SSL_CERT_FILE name the certificate of its authority if that is your own",
        "shows a certificate that this machine does not trust; check the clock, and let SSL_CERT_FILE name "
        "your organisation's certificates if it inspects connections",
        retryable=True,
        wait=SOON,
    ),
    Cause.PROXY: Remedy(
        "cannot be reached through the proxy; check HTTPS_PROXY and NO_PROXY in the environment",
        retryable=True,
        wait=SOON,
    ),
    Cause.UNKNOWN_HOST: Remedy(
        "does not answer; check `base_url` and the network",
        "cannot be found, nobody has that name; correct `endpoint`, or check the network",
        retryable=True,
        wait=SOON,
    ),
    Cause.NO_OLLAMA: Remedy(
        "does not answer: is Ollama running? Start it with `ollama serve`", retryable=True, wait=SOON
    ),
    Cause.NO_LOCAL_SERVER: Remedy(
        "does not answer: is the server running, and on this port?",
        "does not answer: is it running, and on this port? Start it with `voicebot emulate azure`",
        retryable=True,
        wait=SOON,
    ),
    Cause.NO_ANSWER: Remedy(
        "does not answer; check `base_url` and the network",
        "does not answer; check the network, and `endpoint`",
        retryable=True,
        wait=SOON,
    ),
    Cause.WRONG_KEY: Remedy(
        "does not accept the key; check `api_key`, and `headers` if a gateway asks for its own",
        f"does not accept the key, which is wrong or of another resource; {_KEYS}",
    ),
    Cause.NO_KEY: Remedy("asks for a key; set `api_key`, or `headers` if a gateway asks for its own"),
    Cause.WRONG_CLOCK: Remedy(
        "does not accept the sign-in, as this machine's clock is {minutes:g} minutes {off}; set the clock"
    ),
    Cause.TOKEN_REFUSED: Remedy(
        f"does not accept the sign-in by Entra ID; {_ROLE}, and sign in to the resource's own tenant{{said}}",
    ),
    Cause.NO_RIGHT: Remedy(f"does not allow this identity to chat; {_ROLE}"),
    Cause.WRONG_NETWORK: Remedy(
        'lets nobody in from this network; allow it in the Azure portal, under "Networking" of the resource'
    ),
    Cause.BLOCKED: Remedy("has been blocked by Azure; open a support request in the Azure portal{said}"),
    Cause.FORBIDDEN: Remedy(
        "does not allow this; may the key use `{o.target}`?{said}",
        "does not allow this; look at the resource in the Azure portal, its networks above all{said}",
    ),
    Cause.NO_MODEL: Remedy(
        "has no model `{o.target}`. Correct `model`",
        "has no deployment `{o.target}`; `deployment` is the name that you gave it, not the model's: see it "
        f"{_DEPLOYMENTS}",
    ),
    Cause.NO_SYSTEM_ROLE: Remedy(
        "has a model whose template does not take these messages; set `system_role: user`, which sends "
        "`system` as the beginning of the first question{said}"
    ),
    Cause.NO_API: Remedy(
        "has no chat completions API; `base_url` mostly ends in /v1",
        "has no chat completions at this address; check `endpoint` and `api_version`",
    ),
    Cause.NO_CREDIT: Remedy(
        "has no credit left for this key; look at the account's billing page",
        f"has no quota left for `{{o.target}}`; raise its limit {_DEPLOYMENTS}",
    ),
    Cause.THROTTLED: Remedy(
        "gets too many requests{pause}; wait a little{said}",
        f"gets more for `{{o.target}}` than its quota of tokens a minute{{pause}}; raise it {_DEPLOYMENTS}",
        retryable=True,
        wait=SOON,
    ),
    Cause.TOO_LONG: Remedy("finds the conversation too long; lower `history.budget`{said}"),
    Cause.FILTERED: Remedy(
        "held the question back with its content filter{said}",
        "held the question back with its content filter{findings}; ask in other words, or loosen the filter "
        'in ai.azure.com under "Guardrails"',
    ),
    Cause.UNSUPPORTED: Remedy(
        "", "refused a parameter; name in `model` what is deployed as `{o.target}`{said}"
    ),
    Cause.BROKEN: Remedy("failed with status {status}; try again{said}", retryable=True, wait=SOON),
    Cause.REFUSED: Remedy("refused the request with status {status}; check the options{said}"),
    Cause.BROKEN_OFF: Remedy("broke the reply off{said}", retryable=True, wait=SOON),
    Cause.NOT_JSON: Remedy(
        "sent something that is not JSON; is `base_url` right?",
        "sent something that is not JSON; check `endpoint`",
    ),
    Cause.OTHER: Remedy("failed: {kind}{said}", retryable=True),
}
