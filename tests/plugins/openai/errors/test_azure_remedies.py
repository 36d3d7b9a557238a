"""Remedies for errors that the emulator cannot cause: those of the real service and of this machine."""

from __future__ import annotations

import datetime
import email.utils

import httpx2
import openai
import pytest

from voicebot_openai.errors.causes import Cause
from voicebot_openai.errors.failures import explain
from voicebot_openai.errors.remedies import REMEDIES

URL = "https://pirates.openai.azure.com/openai/v1/chat/completions"


def refusal(status, message="", code=None, **headers):
    request = httpx2.Request("POST", URL)
    body = {"message": message, "code": code}
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, request=request, headers=headers, json={"error": body})
    kinds = {400: openai.BadRequestError, 401: openai.AuthenticationError, 403: openai.PermissionDeniedError}
    kinds |= {404: openai.NotFoundError, 429: openai.RateLimitError}
    return kinds[status](message, response=response, body=body)


def unconnected(cause):
    error = openai.APIConnectionError(request=httpx2.Request("POST", URL))
    error.__cause__ = cause
    return error


REFUSALS = {
    "network": (
        refusal(403, "Access denied due to Virtual Network/Firewall rules."),
        r"does not allow access from this network; allow it under .Networking",
    ),
    "private": (
        refusal(403, "Public access is disabled. Use private endpoint"),
        "does not allow access from this",
    ),
    "suspended": (
        refusal(403, "Your resource has been temporarily blocked because of unusual behavior."),
        "has been blocked by Azure; open a support request in the Azure portal: Your resource",
    ),
    "deployment": (refusal(404, "does not exist", "DeploymentNotFound"), "has no deployment `chat`"),
    "parameter": (
        refusal(400, "'top_k' is not supported", "unsupported_parameter"),
        r"set `model` to the name of the model deployed as `chat`: 'top_k' is not",
    ),
    "too long": (refusal(400, "x", "context_length_exceeded"), r"lower `history.budget`"),
    "quota": (refusal(429, "x", "insufficient_quota"), r"no quota left for `chat`; raise the limit"),
    "retry after milliseconds": (
        refusal(429, "x", retry_after_ms="1500", retry_after="2"),
        r"a delay of 1\.5 s",
    ),
    "unknown host": (
        unconnected(httpx2.ConnectError("[Errno -2] Name or service not known")),
        "cannot be found: there is no host of that name; correct `endpoint`",
    ),
    "certificate": (
        unconnected(httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")),
        "certificate that this machine does not trust; check the clock, and if your organisation",
    ),
    "proxy": (unconnected(httpx2.ProxyError("407")), "through the proxy; check HTTPS_PROXY and NO_PROXY"),
    "nobody": (
        unconnected(httpx2.ConnectError("refused")),
        "does not answer; check the network, and `endpoint`",
    ),
    "slow to connect": (
        openai.APITimeoutError(httpx2.Request("POST", URL)),
        r"sent nothing for 10 s; raise `timeout`",
    ),
}


@pytest.mark.parametrize(("error", "message"), REFUSALS.values(), ids=REFUSALS)
def test_every_rejection_has_its_remedy(options_of, error, message):
    failure = explain(error, options_of())
    assert str(failure).startswith("Azure OpenAI at pirates.openai.azure.com ")
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(str(failure))


def test_a_connection_that_fails_through_a_proxy_blames_the_proxy(options_of, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    failure = explain(unconnected(httpx2.ConnectError("refused")), options_of())
    assert "through the proxy" in str(failure)


def test_a_connection_that_takes_too_long_differs_from_silence(options_of):
    error = openai.APITimeoutError(httpx2.Request("POST", URL))
    error.__cause__ = httpx2.ConnectTimeout("")
    assert "cannot be reached within 3 s; check the network" in str(explain(error, options_of()))


@pytest.mark.parametrize(("minutes", "words"), [(20, "20 minutes slow"), (-20, "20 minutes fast")])
def test_a_wrong_clock_is_blamed_for_a_rejected_token(options_of, minutes, words):
    there = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    error = refusal(401, "Token expired", date=email.utils.format_datetime(there, usegmt=True))
    failure = explain(error, options_of(entra=True, api_key=None))
    assert f"this machine's clock is {words}; set the clock" in str(failure)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            refusal(401, "audience is incorrect"),
            "sign in to the tenant of the resource: audience is incorrect",
        ),
        (
            refusal(401, "The principal `me` lacks the required data action", "PermissionDenied"),
            "give the signed-in identity the role",
        ),
        (
            refusal(401, "Principal does not have access to API/Operation."),
            "the role Cognitive Services",
        ),
    ],
)
def test_a_rejected_sign_in_names_the_required_role(options_of, error, message):
    assert message in str(explain(error, options_of(entra=True, api_key=None)))


def test_a_token_that_the_service_repeats_is_not_shown(options_of):
    error = refusal(401, "Bad token eyJhbGciOi.eyJhdWQiOi.c2lnbmF0dXJl given")
    assert "Bad token *** given" in str(explain(error, options_of(entra=True, api_key=None)))


def test_every_cause_has_a_remedy_without_a_full_stop():
    assert set(REMEDIES) == set(Cause)
    texts = [text for remedy in REMEDIES.values() for text in (remedy.text, remedy.azure) if text]
    assert [text for text in texts if text.endswith(".") or "\n" in text] == []


def test_an_ordinary_word_as_the_key_is_not_removed_from_the_message(options_of):
    message = str(explain(refusal(401), options_of(api_key="wrong")))

    assert "rejected the key, which is wrong or belongs to another" in message
